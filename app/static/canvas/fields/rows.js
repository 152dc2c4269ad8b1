/** Widgets of rows: a list, a table, keys with values. */
import { useState } from "preact/hooks";
import { html } from "htm/preact";
import { t } from "../words.js";
import { whyWrong } from "./checking.js";
import { isOn } from "./choice.js";
import { same } from "./drafts.js";
import { IconButton, Glyph } from "./glyphs.js";
import { TextBox } from "./text_box.js";
import { asObject, asTyped, brief, doubled, pairsOf } from "./values.js";

/**
 * @import { WidgetProps } from "./form.js"
 * @import { Field } from "../diagram/catalogue.js"
 */

/** A list of texts. @param {WidgetProps} props */
export function ListField({ id, field, value, type, commit, done, disabled, describedBy }) {
  const items = Array.isArray(value) ? value : value === undefined || value === null || value === "" ? [] : [value];
  const put = (/** @type {number} */ i, /** @type {string} */ text) => items.map((v, j) => (i === j ? text : v));
  return html`<div id=${id} class="f-rows" role="group" aria-label=${field.name} aria-describedby=${describedBy}>
    ${items.map((item, i) => html`<div class="f-row" key=${i}>
      <${TextBox} value=${brief(item)} label=${t("{name}, row {row}", { name: field.name, row: i + 1 })} disabled=${disabled} type=${(/** @type {string} */ v) => type(put(i, v))} commit=${(/** @type {string} */ v) => commit(put(i, v))} done=${done} />
      <${RemoveRow} row=${i + 1} disabled=${disabled} onClick=${() => commit(items.filter((_, j) => j !== i))} /></div>`)}
    <${AddRow} disabled=${disabled} onClick=${(/** @type {any} */ e) => addedRow(e, () => commit([...items, ""]))} words=${t("Add a row")} />
  </div>`;
}

/** Rows with the columns that the field has. @param {WidgetProps} props */
export function TableField({ id, field, value, type, commit, done, disabled, describedBy }) {
  const rows = Array.isArray(value) ? value : [], { columns } = field;
  const put = (/** @type {number} */ i, /** @type {string} */ key, /** @type {any} */ cell) => rows.map((row, j) => (i === j ? { ...row, [key]: cell } : row));
  const fresh = () => Object.fromEntries(columns.map((c) => [c.key, c.default ?? (c.widget === "switch" ? false : "")]));
  const grid = { gridTemplateColumns: `${columns.map((c) => (c.widget === "switch" ? "34px" : "minmax(72px, 1fr)")).join(" ")} 22px` };
  return html`<div id=${id} class="f-table" role="group" aria-label=${field.name} aria-describedby=${describedBy}>
    ${rows.length > 0 && html`<div class="f-scroll"><div class="f-grid f-heads" style=${grid} aria-hidden="true">${columns.map((c) => html`<span title=${c.help}>${c.name}${c.required && html`<b class="f-star">*</b>`}</span>`)}<span></span></div>
    ${rows.map((row, i) => html`<div class="f-grid" key=${i} style=${grid}>
      ${columns.map((c) => html`<${Cell} key=${c.key} column=${c} value=${row[c.key]} row=${i + 1} disabled=${disabled} done=${done} type=${(/** @type {any} */ v) => type(put(i, c.key, v))} commit=${(/** @type {any} */ v) => commit(put(i, c.key, v))} />`)}
      <${RemoveRow} row=${i + 1} disabled=${disabled} onClick=${() => commit(rows.filter((_, j) => j !== i))} /></div>`)}</div>`}
    <${AddRow} disabled=${disabled} onClick=${(/** @type {any} */ e) => addedRow(e, () => commit([...rows, fresh()]))} words=${t("Add a row")} />
  </div>`;
}

/** @param {{ column: Field, value: any, row: number, disabled: boolean, type: (v: any) => void, commit: (v: any) => void, done: () => void }} props */
function Cell({ column, value, row, disabled, type, commit, done }) {
  const label = t("{name}, row {row}", { name: column.name, row }), wrong = whyWrong(column, value);
  if (column.widget === "switch") return html`<label class="f-cell-switch"><input type="checkbox" aria-label=${label} checked=${isOn(value)} disabled=${disabled} onChange=${(/** @type {any} */ e) => commit(e.target.checked)} /></label>`;
  if (column.widget === "choice") {
    return html`<select class="f-select" aria-label=${label} disabled=${disabled} value=${String(value ?? "")} onChange=${(/** @type {any} */ e) => commit(column.choices.find((c) => String(c.value) === e.target.value)?.value ?? "")}>
      ${!column.choices.some((c) => String(c.value) === String(value ?? "")) && html`<option value=${String(value ?? "")}>${brief(value) || t("Choose…")}</option>`}${column.choices.map((c) => html`<option value=${String(c.value)}>${c.label}</option>`)}</select>`;
  }
  const read = (/** @type {string} */ v) => (column.widget === "number" ? asTyped(v, value) : v);
  return html`<div class="f-cell" title=${wrong}><${TextBox} value=${brief(value)} label=${label} disabled=${disabled} invalid=${Boolean(wrong)} inputMode=${column.widget === "number" ? "decimal" : undefined}
    type=${(/** @type {string} */ v) => type(read(v))} commit=${(/** @type {string} */ v) => commit(read(v))} done=${done} /></div>`;
}

/** Keys with values. Rows whose keys are not yet told apart stay here until they are. @param {WidgetProps} props */
export function KeyValueField({ id, field, value, type, commit, done, disabled, describedBy }) {
  const [pairs, setPairs] = useState(() => pairsOf(value));
  const shown = same(asObject(pairs), value ?? {}) ? pairs : pairsOf(value), twice = doubled(shown);
  const change = (/** @type {any[]} */ now, /** @type {(v: any) => void} */ tell) => {
    setPairs(now);
    tell(asObject(now));
  };
  const put = (/** @type {number} */ i, /** @type {any} */ patch) => shown.map((p, j) => (i === j ? { ...p, ...patch } : p));
  const cell = (/** @type {number} */ i, /** @type {"key" | "value"} */ part, /** @type {string} */ label, /** @type {boolean} */ invalid) => html`<${TextBox} value=${brief(shown[i][part])} label=${label} placeholder=${label} disabled=${disabled} invalid=${invalid} completes=${part === "value"}
    type=${(/** @type {string} */ v) => change(put(i, { [part]: v }), type)} commit=${(/** @type {string} */ v) => change(put(i, { [part]: v }), commit)} done=${done} />`;
  return html`<div id=${id} class="f-rows" role="group" aria-label=${field.name} aria-describedby=${describedBy}>
    ${shown.map((pair, i) => html`<div class="f-row f-pair" key=${i}>${cell(i, "key", t("Key"), twice.has(pair.key))}${cell(i, "value", t("Value"), false)}
      <${RemoveRow} row=${i + 1} disabled=${disabled} onClick=${() => change(shown.filter((_, j) => j !== i), commit)} /></div>`)}
    ${twice.size > 0 && html`<p class="f-wrong">${t("The key {key} stands here twice; the last one counts", { key: [...twice][0] })}</p>`}
    <${AddRow} disabled=${disabled} onClick=${(/** @type {any} */ e) => addedRow(e, () => setPairs([...shown, { key: "", value: "" }]))} words=${t("Add a key")} />
  </div>`;
}

/** Add a row, and go to it. @param {any} e @param {() => void} add */
function addedRow(e, add) {
  const group = e.currentTarget.closest("[role=group]");
  add();
  setTimeout(() => {
    const rows = group.querySelectorAll(".f-row, .f-grid:not(.f-heads)");
    rows[rows.length - 1]?.querySelector("input, select")?.focus();
  });
}

/** @param {{ row: number, disabled: boolean, onClick: () => void }} props */
const RemoveRow = ({ row, disabled, onClick }) => html`<${IconButton} glyph="x" label=${t("Remove row {row}", { row })} disabled=${disabled} onClick=${onClick} class="quiet" />`;

/** @param {{ words: string, disabled: boolean, onClick: (e: any) => void }} props */
const AddRow = ({ words, disabled, onClick }) => html`<button type="button" class="f-add" disabled=${disabled} onClick=${onClick}><${Glyph} name="plus" size=${14} />${words}</button>`;
