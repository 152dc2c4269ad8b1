/** What the definition of a variable says: its choices, its columns; lists may be written as JSON in a text. */
/** @typedef {import("../../diagram/catalogue.js").Field} Field */

/** The widgets of the cells of a table, as `app/engine/core/asking.py` has them. @type {Record<string, string>} */
const CELLS = { int: "number", select: "choice", radio: "choice", datetime: "datetime", password: "password" };

/** A list, also one that is written as JSON; null for anything else. @param {any} value @returns {any[] | null} */
export function listOf(value) {
  if (Array.isArray(value)) return value;
  try {
    const read = JSON.parse(value || "[]");
    return Array.isArray(read) ? read : null;
  } catch {
    return null;
  }
}

/** The items of a list, each as a row; null where they are no objects. @param {any} value @param {(item: any) => any} row */
export function listed(value, row) {
  const items = listOf(value);
  return items?.every((item) => item && typeof item === "object") ? items.map(row) : null;
}

/** A list in the form in which it stood before: text, unless it was a list. @param {any[]} list @param {any} before */
export function written(list, before) {
  return Array.isArray(before) ? list : JSON.stringify(list);
}

/** What can be chosen. @param {{ items_text?: any }} definition @returns {{ value: any, label: string }[]} */
export function choicesOf(definition) {
  return (listOf(definition.items_text) ?? []).map(choiceOf);
}

/** The columns of a table. @param {{ columns?: any }} definition @returns {Field[]} */
export function columnsOf(definition) {
  const columns = listOf(definition.columns) ?? [];
  return columns.filter((c) => c && typeof c === "object" && c.tag_code).map(({ tag_code, type, attrs = {} }) => {
    const choices = (Array.isArray(attrs.items) ? attrs.items : []).map(choiceOf), widget = CELLS[type] ?? "text";
    return {
      key: String(tag_code), name: String(attrs.name || tag_code), type: type === "int" ? "integer" : "any", widget: widget === "choice" && !choices.length ? "text" : widget, choices,
      required: false, default: null, help: "", secret: false, render: true, minimum: null, maximum: null, columns: [],
    };
  });
}

/** @param {any} item */
function choiceOf(item) {
  if (!item || typeof item !== "object") return { value: item, label: String(item) };
  const value = item.value ?? item.text;
  return { value, label: String(item.text ?? item.name ?? value) };
}
