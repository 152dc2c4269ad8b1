/** One of several, some of several, yes or no. */
import { html } from "htm/preact";
import { t } from "../words.js";

/** @typedef {import("./form.js").WidgetProps} WidgetProps */

const FEW = 4, SHORT = 30;

/** Few short choices lie side by side, more are a list to open. @param {WidgetProps} props */
export function ChoiceField(props) {
  const { choices } = props.field;
  if (props.field.type === "array" || Array.isArray(props.value)) return html`<${Ticks} ...${props} />`;
  const isFew = choices.length > 1 && choices.length <= FEW && choices.reduce((n, c) => n + c.label.length + 2, 0) <= SHORT && choices.some((c) => same(c.value, props.value ?? props.field.default));
  return isFew ? html`<${Segments} ...${props} />` : html`<${Select} ...${props} />`;
}

/** @param {WidgetProps} props */
function Select({ id, field, value, commit, disabled, describedBy, invalid }) {
  const shown = value ?? field.default ?? "", known = field.choices.some((c) => same(c.value, shown));
  return html`<select id=${id} class="f-select" aria-label=${field.name} disabled=${disabled} aria-describedby=${describedBy} aria-invalid=${invalid || undefined} value=${String(shown)}
    onChange=${(/** @type {any} */ e) => commit(field.choices.find((c) => String(c.value) === e.target.value)?.value ?? e.target.value)}>
    ${!known && html`<option value=${String(shown)}>${shown === "" ? t("Choose…") : String(shown)}</option>`}
    ${field.choices.map((c) => html`<option value=${String(c.value)}>${c.label}</option>`)}
  </select>`;
}

/** @param {WidgetProps} props */
function Segments({ id, field, value, commit, disabled, describedBy }) {
  const shown = value ?? field.default;
  return html`<div id=${id} class="f-segments" role="radiogroup" aria-label=${field.name} aria-describedby=${describedBy}>
    ${field.choices.map((c) => html`<label class=${same(c.value, shown) ? "on" : ""}><input type="radio" name=${id} checked=${same(c.value, shown)} disabled=${disabled} onChange=${() => commit(c.value)} /><span>${c.label}</span></label>`)}
  </div>`;
}

/** @param {WidgetProps} props */
function Ticks({ id, field, value, commit, disabled, describedBy }) {
  const given = Array.isArray(value) ? value : [value].filter((v) => v !== undefined && v !== null && v !== "");
  const toggle = (/** @type {any} */ choice) => commit(given.some((v) => same(v, choice)) ? given.filter((v) => !same(v, choice)) : [...given, choice]);
  return html`<div id=${id} class="f-ticks" role="group" aria-label=${field.name} aria-describedby=${describedBy}>
    ${field.choices.map((c) => html`<label><input type="checkbox" checked=${given.some((v) => same(v, c.value))} disabled=${disabled} onChange=${() => toggle(c.value)} /><span>${c.label}</span></label>`)}
  </div>`;
}

/** @param {WidgetProps} props */
export function SwitchField({ id, field, value, commit, disabled, describedBy }) {
  const on = isOn(value ?? field.default);
  return html`<${Switch} id=${id} on=${on} label=${on ? t("Yes") : t("No")} name=${field.name} disabled=${disabled} describedBy=${describedBy} onChange=${(/** @type {boolean} */ now) => commit(now)} />`;
}

/** @param {{ id?: string, on: boolean | null, label: any, name?: string, disabled?: boolean, describedBy?: string, onChange: (on: boolean) => void }} props on is null where it is mixed */
export function Switch({ id, on, label, name, disabled, describedBy, onChange }) {
  const mark = (/** @type {any} */ input) => {
    if (input) input.indeterminate = on === null;
  };
  return html`<label class="f-switch"><input ref=${mark} id=${id} type="checkbox" role="switch" aria-label=${name} aria-checked=${on === null ? "mixed" : String(on)} aria-describedby=${describedBy} checked=${Boolean(on)} disabled=${disabled}
    onChange=${(/** @type {any} */ e) => onChange(e.target.checked)} /><span class="track"></span><span class="words">${label}</span></label>`;
}

/** Truth, also written as text. @param {any} value */
export function isOn(value) {
  return value === true || (typeof value === "string" && ["true", "1", "yes", "on"].includes(value.trim().toLowerCase())) || value === 1;
}

/** Old trees write numbers and truth values as text. @param {any} a @param {any} b */
const same = (a, b) => a === b || String(a) === String(b);
