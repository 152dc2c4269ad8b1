/** Building the flow: adding nodes, connecting them, what they are. @import { Action } from "./actions.js" */
import { t } from "../../words.js";

/** @param {any} injector @returns {Record<string, Action>} */
export function building(injector) {
  const get = (/** @type {string} */ name) => injector.get(name);
  const group = t("Build"), selected = () => get("selection").get(), only = (on = selected()) => soleSelected(injector, on);
  const node = (on = selected()) => (only(on)?.businessObject.node ? only(on) : null);
  const mayEdit = () => get("mode").mayEdit;
  return {
    addNext: { label: t("Add what comes next"), group, keys: ["N"], icon: "circle-plus", enabled: mayEdit, run: () => get("quickAdd").open({ element: only() }) },
    addGateway: { label: t("Add a gateway"), group, keys: ["G"], icon: "ExclusiveGateway", enabled: () => mayEdit() && get("choices").gateways.length > 0, run: () => get("quickAdd").openGateways({ element: only() }) },
    connect: { label: t("Connect to another node"), group, keys: ["C"], icon: "arrow-right", enabled: () => mayEdit() && Boolean(node()), run: () => get("connectingByKey").open(node()) },
    disconnect: {
      label: t("Remove its lines"), group, keys: [], icon: "unlink", enabled: (on) => mayEdit() && linesOf(node(on)).length > 0,
      run: () => get("history").as(t("Remove lines"), () => get("modeling").removeElements(linesOf(node()))),
    },
    changeKind: { label: t("Change to another gateway"), group, keys: [], icon: "replace", enabled: (on) => mayEdit() && isGateway(only(on)), run: () => get("changingKind").open(only()) },
    editText: { label: t("Edit the text"), group, keys: [], icon: "pencil", enabled: (on) => mayEdit() && only(on)?.businessObject.kind === "Note", run: () => get("noteEditing").open(only()) },
    dryRun: { label: t("Try this node by itself"), group, keys: [], icon: "player-play", enabled: () => mayEdit() && Boolean(get("page").may_run) && canRun(only()), run: () => get("eventBus").fire("section.asked", { name: "dry-run" }) },
    layout: { label: t("Lay out the whole flow"), group, keys: ["L"], icon: "layout", enabled: mayEdit, run: () => get("autoLayout").run() },
    tidy: { label: t("Tidy up"), group, keys: ["Shift+L"], icon: "layout", enabled: mayEdit, run: () => get("tidying").run() },
  };
}

/** The one thing that is selected, or that is asked about. @param {any} injector @param {any[]} [selected] */
export function soleSelected(injector, selected = injector.get("selection").get()) {
  return selected.length === 1 ? selected[0] : null;
}

/** Whether a node is a task with a plugin, or a subprocess with a flow. @param {any} element */
function canRun(element) {
  const { kind, node } = element?.businessObject ?? {};
  return (kind === "ServiceActivity" && Boolean(node.component?.code)) || (kind === "SubProcess" && Boolean(node.template_id));
}

/** @param {any} node @returns {any[]} */
const linesOf = (node) => (node ? [...node.incoming, ...node.outgoing] : []);

/** @param {any} element */
const isGateway = (element) => Boolean(element?.businessObject.kind.endsWith("Gateway"));
