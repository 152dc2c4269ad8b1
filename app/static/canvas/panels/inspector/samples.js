/** Values to try something with: a small form of the variables that it reads. */
import { html } from "../parts.js";
import { nameOf } from "../../tree/references.js";
import { useId } from "../../fields/ids.js";

/** @typedef {import("./sampling.js").Sample} Sample */

/** @param {{ samples: Sample[], give: (key: string, text: string) => void }} props */
export function SampleFields({ samples, give }) {
  const id = useId();
  if (!samples.length) return null;
  return html`<div class="i-samples">${samples.map(({ key, name, text, secret, hint }, i) => html`<label for=${`${id}-${i}`} title=${name}><code>${nameOf(key)}</code></label>
    <input key=${key} id=${`${id}-${i}`} class="f-text" type=${secret ? "password" : "text"} autocomplete="off" spellcheck=${false} value=${text} placeholder=${hint} onInput=${(/** @type {any} */ e) => give(key, e.target.value)} />`)}</div>`;
}
