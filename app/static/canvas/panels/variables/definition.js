/** Variables whose value is made of parts: a definition of what can be chosen or which columns there are, or an object. */
import { BLANK, PlainField } from "../inspector/parts.js";
import { definitionOf, partsOf } from "../../tree/variables.js";
import { html } from "../parts.js";
import { t } from "../../words.js";
import { choicesOf, columnsOf, listOf, listed, written } from "./defined.js";
import { typeOf } from "./sources.js";

/** @typedef {import("../../diagram/catalogue.js").Field} Field */
/** @typedef {{ field: Field, definition: any, put: (value: any) => void }} Props */

const CELLS = [["input", () => t("Text")], ["textarea", () => t("Long text")], ["int", () => t("Whole number")], ["select", () => t("Choice")], ["datetime", () => t("Date and time")]];

/** @param {import("./form.js").PartProps} props */
export function Definition({ editor, constant, change }) {
  const type = /** @type {import("../../tree/variables.js").VariableType} */ (typeOf(editor, constant)), definition = type.is_meta ? definitionOf(constant) : partsOf(constant, type);
  const put = (/** @type {string} */ key, /** @type {any} */ value) => change({ value: { ...definition, [key]: value }, ...(type.is_meta ? { meta: undefined } : {}) });
  return type.fields.map((/** @type {Field} */ field) => html`<${Part} key=${`${field.key} ${definition.datasource}`} field=${field} definition=${definition} put=${(/** @type {any} */ value) => put(field.key, value)} />`);
}

/** @param {Props} props */
function Part(props) {
  const { field, definition, put } = props, value = definition[field.key], isFetched = String(definition.datasource ?? "0") === "1";
  if (field.key === "items_text") return html`<${Options} ...${props} isFetched=${isFetched} />`;
  if (field.key === "columns") return html`<${Columns} ...${props} />`;
  if (field.key === "default" && definition.columns !== undefined) return html`<${DefaultRows} ...${props} />`;
  if (field.key === "default" && !isFetched && choicesOf(definition).length) return html`<${DefaultChoice} key=${String(definition.type)} ...${props} />`;
  return html`<${PlainField} label=${field.name} widget=${field.widget} value=${value ?? field.default ?? ""} save=${put} spec=${{ ...field, key: "", required: false }} help=${field.help} ...${field.key === "time_zone" ? zonesFor(value) : {}} />`;
}

/** Lists that are written as JSON are shown as rows, as long as they can be. @param {Props & { isFetched: boolean }} props */
function Options({ field, definition, put, isFetched }) {
  const rows = isFetched ? null : listed(definition.items_text, (item) => ({ text: String(item.text ?? ""), value: String(item.value ?? "") }));
  if (rows) return html`<${Rows} label=${field.name} columns=${[{ ...BLANK, key: "text", name: t("Shown") }, { ...BLANK, key: "value", name: t("Value") }]} value=${rows} save=${(/** @type {any[]} */ now) => put(JSON.stringify(now))} />`;
  return html`<${AsText} field=${field} definition=${definition} put=${put} widget=${isFetched ? "text" : field.widget} help=${isFetched ? t("The address that returns the choices") : field.help} />`;
}

/** @param {Props} props */
function Columns({ field, definition, put }) {
  const before = listOf(definition.columns) ?? [], rows = listed(definition.columns, (column) => ({ tag_code: String(column.tag_code ?? ""), name: String(column.attrs?.name ?? ""), type: String(column.type ?? "input") }));
  const asColumn = (/** @type {any} */ row, /** @type {number} */ i) => ({ ...before[i], tag_code: row.tag_code, type: row.type, attrs: { ...before[i]?.attrs, name: row.name } });
  const columns = [
    { ...BLANK, key: "tag_code", name: t("Key") }, { ...BLANK, key: "name", name: t("Heading") },
    { ...BLANK, key: "type", name: t("Cells"), widget: "choice", default: "input", choices: CELLS.map(([value, label]) => ({ value, label: /** @type {() => string} */ (label)() })) },
  ];
  if (rows) return html`<${Rows} label=${field.name} columns=${columns} value=${rows} save=${(/** @type {any[]} */ now) => put(JSON.stringify(now.map(asColumn)))} />`;
  return html`<${AsText} field=${field} definition=${definition} put=${put} />`;
}

/** The rows that a table begins with, in its own columns. @param {Props} props */
function DefaultRows({ field, definition, put }) {
  const columns = columnsOf(definition), rows = listOf(definition.default);
  if (!columns.length || !rows) return html`<${AsText} field=${field} definition=${definition} put=${put} />`;
  return html`<${Rows} label=${field.name} columns=${columns} value=${rows} save=${(/** @type {any[]} */ now) => put(written(now, definition.default))} />`;
}

/** Which of the choices counts at first, or which of them. @param {Props} props */
function DefaultChoice({ field, definition, put }) {
  const several = String(definition.type) === "1", choices = choicesOf(definition), value = definition.default ?? "";
  if (several) return html`<${PlainField} label=${field.name} widget="choice" value=${String(value).split(",").filter(Boolean)} save=${(/** @type {any[]} */ now) => put(now.join(","))} spec=${{ type: "array", choices }} />`;
  return html`<${PlainField} label=${field.name} widget="choice" value=${String(value)} save=${put} spec=${{ type: "any", choices: [{ value: "", label: t("None") }, ...choices] }} />`;
}

/** @param {Props & { widget?: string, help?: string }} props */
function AsText({ field, definition, put, widget = field.widget, help = field.help }) {
  return html`<${PlainField} label=${field.name} widget=${widget} value=${definition[field.key] ?? field.default ?? ""} save=${put} spec=${{ ...field, key: "", widget, required: false }} help=${help} />`;
}

/** @param {{ label: string, columns: Field[], value: any[], save: (rows: any[]) => void }} props */
function Rows({ label, columns, value, save }) {
  return html`<${PlainField} label=${label} widget="table" value=${value} save=${save} spec=${{ type: "any", columns }} />`;
}

/** The time zones that the browser knows, and whether one is among them. @param {any} value */
function zonesFor(value) {
  const zones = Intl.supportedValuesOf("timeZone");
  return { suggestions: zones, problem: value && !isZone(String(value)) ? t("There is no such time zone") : "" };
}

/** @param {string} name */
function isZone(name) {
  try {
    return Boolean(new Intl.DateTimeFormat("en", { timeZone: name })) || name.includes("${");
  } catch {
    return name.includes("${");
  }
}
