/** Changing what is there, and taking it back. @import { Action } from "./actions.js" */
import { t } from "../../words.js";

/** @param {any} injector @returns {Record<string, Action>} */
export function editing(injector) {
  const get = (/** @type {string} */ name) => injector.get(name);
  const group = t("Edit"), selected = () => get("selection").get(), mayEdit = () => get("mode").mayEdit;
  const some = (on = selected()) => on.length > 0, editable = (on = selected()) => mayEdit() && some(on);
  return {
    undo: { label: t("Undo"), group, keys: ["Mod+Z"], icon: "undo", enabled: () => mayEdit() && get("history").canUndo, run: () => get("history").undo() },
    redo: { label: t("Redo"), group, keys: ["Mod+Shift+Z", "Mod+Y"], icon: "redo", enabled: () => mayEdit() && get("history").canRedo, run: () => get("history").redo() },
    copy: { label: t("Copy"), group, keys: ["Mod+C"], icon: "copy", isNative: true, enabled: some, run: () => get("copying").copy() },
    cut: { label: t("Cut"), group, keys: ["Mod+X"], icon: "cut", isNative: true, enabled: editable, run: () => get("copying").cut() },
    paste: { label: t("Paste"), group, keys: ["Mod+V"], icon: "paste", isNative: true, enabled: mayEdit, run: () => get("copying").paste() },
    duplicate: { label: t("Duplicate"), group, keys: ["Mod+D"], icon: "duplicate", enabled: editable, run: () => get("copying").duplicate() },
    duplicateInto: { label: t("Copy and insert"), group, keys: [], icon: "duplicate-into", enabled: (on) => mayEdit() && get("copying").mayInsertCopy(on), run: () => get("copying").duplicateInto() },
    delete: { label: t("Delete"), group, keys: ["Delete", "Backspace"], icon: "trash", enabled: editable, run: () => remove(injector, selected()) },
  };
}

/** @param {any} injector @param {any[]} selected */
function remove(injector, selected) {
  const allowed = injector.get("rules").allowed("elements.delete", { elements: selected });
  if (allowed.length < selected.length) injector.get("eventBus").fire("hint", { words: t("Every flow has one start and one end, so they stay") });
  if (allowed.length) injector.get("modeling").removeElements(allowed);
}
