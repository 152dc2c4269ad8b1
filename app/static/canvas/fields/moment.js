/** Date and time, date, time of day; written as bk-sops writes them. */
import { html } from "htm/preact";
import { TextBox } from "./text_box.js";
import { boxOf } from "./text.js";
import { momentOf, pickable } from "./values.js";

/** @typedef {import("./form.js").WidgetProps} WidgetProps */

/** What the browser cannot show, as an expression, is text. @param {WidgetProps & { asText?: boolean }} props */
export function MomentField({ asText = false, ...props }) {
  const { id, field, value, commit, disabled, describedBy, invalid } = props;
  const own = /** @type {"datetime" | "date" | "time"} */ (field.widget), picked = pickable(own, value);
  if (asText || (value && !picked)) return html`<${TextBox} ...${boxOf(props)} />`;
  return html`<input id=${id} class="f-text" type=${own === "datetime" ? "datetime-local" : own} step=${own === "date" ? undefined : 1} value=${picked} disabled=${disabled} aria-describedby=${describedBy} aria-invalid=${invalid || undefined}
    onChange=${(/** @type {any} */ e) => commit(momentOf(own, e.target.value))} />`;
}
