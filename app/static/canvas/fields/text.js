/** Text in one line and in several. */
import { html } from "htm/preact";
import { isExpression } from "./checking.js";
import { TextBox } from "./text_box.js";
import { asTyped, brief } from "./values.js";

/** @typedef {import("./form.js").WidgetProps} WidgetProps */

/** @param {WidgetProps} props */
export function Text(props) {
  return html`<${TextBox} ...${boxOf(props)} placeholder=${brief(props.field.default)} list=${props.list} maxLength=${props.field.longest} />`;
}

/** @param {WidgetProps} props */
export function LongText(props) {
  return html`<${TextBox} ...${boxOf(props)} lines placeholder=${brief(props.field.default)} />`;
}

/** A number; while it holds an expression it is text. @param {WidgetProps} props */
export function NumberField({ value, type, commit, ...props }) {
  const { field } = props, { minimum, maximum } = field, number = (/** @type {string} */ text) => (isExpression(text) ? text : asTyped(text, value));
  const step = (/** @type {KeyboardEvent} */ e) => {
    const by = { ArrowUp: 1, ArrowDown: -1 }[e.key], now = Number(value ?? field.default ?? 0);
    if (!by || Number.isNaN(now)) return;
    e.preventDefault();
    type(asTyped(String(Math.min(maximum ?? Infinity, Math.max(minimum ?? -Infinity, now + by))), value));
  };
  return html`<${TextBox} ...${boxOf({ ...props, value, type: (/** @type {string} */ v) => type(number(v)), commit: (/** @type {string} */ v) => commit(number(v)) })}
    inputMode="decimal" placeholder=${brief(field.default)} onKeyDown=${step} class="f-number" />`;
}

/** What every text box takes of a widget's props. @param {any} props */
export function boxOf({ id, field, value, type, commit, done, disabled, describedBy, invalid }) {
  return { id, value: brief(value), type, commit, done, disabled, describedBy, invalid, completes: field.render !== false };
}
