/** Values to try something with: a small form of the variables that it reads. */
import { html } from "../parts.js";
import { nameOf } from "../../tree/references.js";
import { useId } from "../../fields/ids.js";
import { Widget } from "../../fields/widgets.js";
import { valueField } from "../variables/sources.js";
import { formOf } from "./sampling.js";

/** @typedef {import("./sampling.js").Sample} Sample */

/** Which form the variables of a flow are given in. @param {any} editor @returns {(constant: import("../../tree/types.js").Constant) => import("./sampling.js").Form} */
export const formsIn = (editor) => (constant) => formOf(constant, editor.get("catalogue").variableTypes, valueField(editor, constant));

/** @param {{ samples: Sample[], give: (key: string, value: any) => void }} props */
export function SampleFields({ samples, give }) {
  const id = useId();
  if (!samples.length) return null;
  return html`<div class="i-samples">${samples.map((sample, i) => html`<label for=${`${id}-${i}`} title=${sample.name}><code>${nameOf(sample.key)}</code></label><${Given} key=${sample.key} id=${`${id}-${i}`} sample=${sample} give=${(/** @type {any} */ value) => give(sample.key, value)} />`)}</div>`;
}

/** @param {{ id: string, sample: Sample, give: (value: any) => void }} props */
function Given({ id, sample: { key, text, value, secret, hint, field }, give }) {
  if (field) return html`<div class="i-sample"><${Widget} id=${id} field=${{ ...field, name: nameOf(key), render: false }} value=${value} type=${give} commit=${give} done=${() => {}} /></div>`;
  return html`<input id=${id} class="f-text" type=${secret ? "password" : "text"} autocomplete="off" spellcheck=${false} value=${text} placeholder=${hint} onInput=${(/** @type {any} */ e) => give(e.target.value)} />`;
}
