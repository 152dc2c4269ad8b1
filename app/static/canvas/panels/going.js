/** From a panel to a place in the flow, and what such a place is called. */
import { kindName } from "../gestures/naming.js";
import { t } from "../words.js";

/**
 * Select a node, line or note and bring it into view; nothing happens when there is none.
 * @param {any} editor
 * @param {string} id
 */
export function goTo(editor, id) {
  const element = editor.get("elementRegistry").get(id);
  if (!element || element === editor.get("canvas").getRootElement()) return;
  editor.get("selection").select(element);
  editor.get("view").reveal(element);
}

/**
 * What people call an element.
 * @param {any} element
 * @returns {string}
 */
export function nameOfElement(element) {
  const { kind, node, note, condition } = element.businessObject;
  if (kind === "Flow") {
    const from = nameOfElement(element.source), to = nameOfElement(element.target);
    return condition?.name ? t("{from} → {to} ({condition})", { from, to, condition: condition.name }) : t("{from} → {to}", { from, to });
  }
  if (kind === "Note") return note.text || t("Note");
  return node.name || (kind === "ServiceActivity" ? t("Unnamed") : kindName(kind));
}
