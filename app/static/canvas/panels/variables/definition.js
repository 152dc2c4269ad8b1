/** Variables whose value is a definition: what can be chosen, or which columns a table has. */
import { BLANK, PlainField } from "../inspector/parts.js";
import { definitionOf } from "../../tree/variables.js";
import { html } from "../parts.js";
import { t } from "../../words.js";
import { typeOf } from "./sources.js";

/** @typedef {import("../../diagram/catalogue.js").Field} Field */

const CELLS = [["input", () => t("Text")], ["textarea", () => t("Long text")], ["int", () => t("Whole number")], ["select", () => t("Choice")], ["datetime", () => t("Date and time")]];

/** @param {import("./form.js").PartProps} props */
export function Definition({ editor, constant, change }) {
  const definition = definitionOf(constant), fields = /** @type {Field[]} */ (typeOf(editor, constant)?.fields ?? []);
  const put = (/** @type {string} */ key, /** @type {any} */ value) => change({ value: { ...definition, [key]: value }, meta: undefined });
  return fields.map((field) => html`<${Part} key=${`${field.key} ${definition.datasource}`} field=${field} definition=${definition} put=${(/** @type {any} */ value) => put(field.key, value)} />`);
}

/** Lists that are written as JSON are shown as rows, as long as they can be. @param {{ field: Field, definition: any, put: (value: any) => void }} props */
function Part({ field, definition, put }) {
  const value = definition[field.key], isFetched = String(definition.datasource ?? "0") === "1";
  if (field.key === "items_text" && !isFetched) {
    const rows = rowsOf(value, (item) => ({ text: String(item.text ?? ""), value: String(item.value ?? "") }));
    if (rows) return html`<${Rows} label=${field.name} columns=${optionColumns()} value=${rows} save=${(/** @type {any[]} */ now) => put(JSON.stringify(now))} />`;
  }
  if (field.key === "columns") {
    const written = listOf(value) ?? [], rows = rowsOf(value, (column) => ({ tag_code: String(column.tag_code ?? ""), name: String(column.attrs?.name ?? ""), type: String(column.type ?? "input") }));
    const asColumn = (/** @type {any} */ row, /** @type {number} */ i) => ({ ...written[i], tag_code: row.tag_code, type: row.type, attrs: { ...written[i]?.attrs, name: row.name } });
    if (rows) return html`<${Rows} label=${field.name} columns=${tableColumns()} value=${rows} save=${(/** @type {any[]} */ now) => put(JSON.stringify(now.map(asColumn)))} />`;
  }
  const help = field.key === "items_text" && isFetched ? t("The address that returns the choices") : field.help;
  return html`<${PlainField} label=${field.name} widget=${field.widget} value=${value ?? field.default ?? ""} save=${put} spec=${{ ...field, key: "", widget: field.key === "items_text" && isFetched ? "text" : field.widget, required: false }} help=${help} />`;
}

/** @param {{ label: string, columns: Field[], value: any[], save: (rows: any[]) => void }} props */
function Rows({ label, columns, value, save }) {
  return html`<${PlainField} label=${label} widget="table" value=${value} save=${save} spec=${{ type: "any", columns }} />`;
}

const optionColumns = () => [{ ...BLANK, key: "text", name: t("Shown") }, { ...BLANK, key: "value", name: t("Value") }];
const tableColumns = () => [
  { ...BLANK, key: "tag_code", name: t("Key") }, { ...BLANK, key: "name", name: t("Heading") },
  { ...BLANK, key: "type", name: t("Cells"), widget: "choice", default: "input", choices: CELLS.map(([value, label]) => ({ value, label: /** @type {() => string} */ (label)() })) },
];

/** @param {any} value @returns {any[] | null} */
function listOf(value) {
  if (Array.isArray(value)) return value;
  try {
    const read = JSON.parse(value || "[]");
    return Array.isArray(read) ? read : null;
  } catch {
    return null;
  }
}

/** @param {any} value @param {(item: any) => any} row */
function rowsOf(value, row) {
  const items = listOf(value);
  return items?.every((item) => item && typeof item === "object") ? items.map(row) : null;
}
