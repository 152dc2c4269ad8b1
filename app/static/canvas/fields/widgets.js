/** The widget of each field. To add one: a component that takes `WidgetProps`, and a line here. */
import { html } from "htm/preact";
import { partsOf } from "../tree/parts.js";
import { canShow, isExpression, whyWrong } from "./checking.js";
import { ChoiceField, SwitchField } from "./choice.js";
import { CodeField, JsonField } from "./code.js";
import { HostsField } from "./hosts.js";
import { MomentField } from "./moment.js";
import { PasswordField } from "./password.js";
import { KeyValueField, ListField, TableField } from "./rows.js";
import { LongText, NumberField, Text } from "./text.js";

/** @type {Record<string, any>} */
const WIDGETS = {
  text: Text, textarea: LongText, number: NumberField, choice: ChoiceField, switch: SwitchField, list: ListField, table: TableField, keyvalue: PairsOrParts,
  code: CodeField, hosts: HostsField, password: PasswordField, datetime: MomentField, date: MomentField, time: MomentField,
};

/** Those in which `${…}` cannot be typed, or is not looked for; they can be switched to a text that may hold it. */
const CLOSED = new Set(["choice", "switch", "number", "list", "table", "keyvalue", "datetime", "date", "time"]);
/** Those that show an expression themselves: nothing changes under the hands of who types one. */
const OPEN = new Set(["number", "datetime", "date", "time"]);

/** @param {{ widget: string }} field */
export const canBeExpression = (field) => CLOSED.has(field.widget);

/** What a field holds when nothing is given. @param {{ widget: string }} field */
export function emptyOf({ widget }) {
  if (widget === "switch") return false;
  if (widget === "keyvalue") return {};
  return widget === "list" || widget === "table" ? [] : "";
}

/** @param {import("./form.js").WidgetProps & { asText?: boolean }} props asText: whatever the widget, the value is an expression */
export function Widget({ asText = false, ...props }) {
  const { field, value } = props;
  const isText = !OPEN.has(field.widget) && (asText || (canBeExpression(field) && isExpression(value)));
  const widget = isText ? Text : canShow(field, value) ? (WIDGETS[field.widget] ?? Text) : JsonField;
  return html`<${widget} ...${props} asText=${asText} />`;
}

/** @param {import("./form.js").WidgetProps} props */
function PairsOrParts(props) {
  return props.field.columns.length ? html`<${Parts} ...${props} />` : html`<${KeyValueField} ...${props} />`;
}

/** An object whose parts are known, each in its own widget. What else it holds stays. @param {import("./form.js").WidgetProps} props */
function Parts({ id, field, value, type, commit, describedBy, ...rest }) {
  const parts = partsOf(value, field.columns);
  return html`<div id=${id} class="f-parts" role="group" aria-label=${field.name} aria-describedby=${describedBy}>
    ${field.columns.map((part) => {
      const own = `${id}-${part.key}`, help = part.help ? `${own}-help` : undefined, now = parts[part.key] ?? part.default ?? "", put = (/** @type {any} */ v) => ({ ...parts, [part.key]: v });
      return html`<div key=${part.key} class="f-part"><label for=${own}>${part.name}</label>
        <${Widget} ...${rest} id=${own} field=${{ ...part, render: field.render }} value=${now} type=${(/** @type {any} */ v) => type(put(v))} commit=${(/** @type {any} */ v) => commit(put(v))} invalid=${Boolean(whyWrong({ ...field, columns: [part] }, value))} describedBy=${help} />
        ${help && html`<p id=${help} class="f-help">${part.help}</p>`}</div>`;
    })}
  </div>`;
}
