/** Date and time, date, time of day; written as bk-sops writes them. */
import { html } from "htm/preact";
import { TextBox } from "./text_box.js";
import { boxOf } from "./text.js";
import { momentOf, pickable } from "./values.js";

/** @typedef {import("./form.js").WidgetProps} WidgetProps */

/** @param {WidgetProps & { kind?: "datetime" | "date" | "time" }} props */
export function MomentField({ kind, ...props }) {
  const { id, field, value, commit, disabled, describedBy, invalid } = props;
  const own = kind ?? /** @type {"datetime" | "date" | "time"} */ (field.widget), picked = pickable(own, value);
  if (value && !picked) return html`<${TextBox} ...${boxOf(props)} />`;
  return html`<input id=${id} class="f-text" type=${own === "datetime" ? "datetime-local" : own} step=${own === "date" ? undefined : 1} value=${picked} disabled=${disabled} aria-describedby=${describedBy} aria-invalid=${invalid || undefined}
    onChange=${(/** @type {any} */ e) => commit(momentOf(own, e.target.value))} />`;
}
