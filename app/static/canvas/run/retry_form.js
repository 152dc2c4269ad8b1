import { useRef, useState } from "preact/hooks";
import { Widget } from "../fields/widgets.js";
import { html } from "../panels/parts.js";
import { t } from "../words.js";

/** The node's inputs as the flow has them, to be changed for one more attempt. @param {{ drawn: any, plugin: any, busy: boolean, give: (order: any) => void }} props */
export function RetryForm({ drawn, plugin, busy, give }) {
  const [inputs, setInputs] = useState(() => Object.fromEntries(Object.entries(drawn?.component?.data ?? {}).map(([key, entry]) => [key, /** @type {any} */ (entry).value])));
  const typed = useRef(/** @type {Record<string, any>} */ ({}));
  // What is being typed is kept beside: a field that is given its own words back while they are typed loses some.
  const type = (/** @type {string} */ key, /** @type {any} */ value) => (typed.current[key] = value);
  const commit = (/** @type {string} */ key, /** @type {any} */ value) => {
    type(key, value);
    setInputs((before) => ({ ...before, [key]: value }));
  };
  const send = (/** @type {Event} */ event) => {
    event.preventDefault();
    give({ action: "retry", inputs: { ...inputs, ...typed.current } });
  };
  return html`<form class="retry-form inspector" onSubmit=${send}>
    ${(plugin?.inputs ?? []).map((/** @type {any} */ field) => html`<div class="mb-2"><label class="form-label" for=${`retry-${field.key}`}>${field.name}</label>
      <${Widget} id=${`retry-${field.key}`} field=${field} value=${inputs[field.key] ?? field.default ?? ""} type=${(/** @type {any} */ v) => type(field.key, v)} commit=${(/** @type {any} */ v) => commit(field.key, v)} done=${() => undefined} /></div>`)}
    <button class="btn btn-sm btn-primary" disabled=${busy}>${t("Retry with these inputs")}</button>
  </form>`;
}
