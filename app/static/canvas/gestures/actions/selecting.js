/** Choosing what to work on. @import { Action } from "./actions.js" */
import { sourceOf } from "../../panels/inspector/subprocess_values.js";
import { t } from "../../words.js";
import { soleSelected } from "./building.js";

/** @param {any} injector @returns {Record<string, Action>} */
export function selecting(injector) {
  const get = (/** @type {string} */ name) => injector.get(name);
  const group = t("Select"), always = () => true, selected = () => get("selection").get(), only = (on = selected()) => soleSelected(injector, on);
  const isSubprocess = (on = selected()) => only(on)?.businessObject.kind === "SubProcess" && Boolean(only(on).businessObject.node.template_id);
  const isOfProject = (on = selected()) => isSubprocess(on) && sourceOf(only(on).businessObject.node) === "project";
  return {
    next: { label: t("Next node along the flow"), group, keys: ["Tab"], enabled: always, run: () => get("walking").go(1) },
    previous: { label: t("Node before along the flow"), group, keys: ["Shift+Tab"], enabled: always, run: () => get("walking").go(-1) },
    nextLine: { label: t("Next line of the node"), group, keys: ["O"], icon: "arrow-right", enabled: () => Boolean(nextLine(only())), run: () => get("selection").select(nextLine(only())) },
    inspect: { label: t("Go to its settings"), group, keys: ["Enter"], icon: "settings", enabled: () => Boolean(only()), run: () => get("eventBus").fire("inspector.focus", { element: only() }) },
    selectAll: { label: t("Select everything"), group, keys: ["Mod+A"], enabled: always, run: () => get("selection").select([...get("treeStore").root.children]) },
    clear: { label: t("Select nothing"), group, keys: ["Escape"], enabled: () => get("selection").get().length > 0, run: () => get("selection").select(null) },
    openInside: { label: t("Look into the subprocess"), group, keys: [], icon: "eye", enabled: isSubprocess, run: () => get("insides").toggle(only()) },
    openSubprocess: { label: t("Open the subprocess in a new tab"), group, keys: [], icon: "external", enabled: isOfProject, run: () => get("insides").openInTab(only()) },
    toBar: { label: t("Go to its quick actions"), group, keys: ["Q"], enabled: () => get("contextPad").isShown(), run: () => get("contextPad").focus() },
    contextMenu: { label: t("What can be done here"), group, keys: ["Shift+F10", "ContextMenu"], enabled: always, run: () => get("contextMenu").openAtSelection() },
  };
}

/** The first line out of a node; from a line, the next one out of its node. @param {any} element */
function nextLine(element) {
  const lines = element?.waypoints ? element.source.outgoing : (element?.outgoing ?? []);
  return lines[(lines.indexOf(element) + 1) % lines.length];
}
