/** Values to try something with: a small form of the variables that it reads. */
import { useId } from "preact/hooks";
import { t } from "../../words.js";
import { html } from "../parts.js";
import { isExpression } from "../../fields/checking.js";
import { brief } from "../../fields/values.js";
import { nameOf } from "../../tree/references.js";

/** @typedef {{ key: string, name: string, text: string, secret: boolean, hint: string }} Sample */

/**
 * @param {string[]} keys
 * @param {import("../../tree/hooks.js").Constants} constants
 * @param {Record<string, string>} given what was typed, by key
 * @returns {Sample[]}
 */
export function samplesOf(keys, constants, given) {
  return keys.map((key) => {
    const constant = constants[key], isOutput = constant?.source_type === "component_outputs", secret = constant?.custom_type === "password";
    const known = secret || isOutput || isExpression(constant?.value) ? "" : brief(constant?.value);
    return { key, name: constant?.name ?? "", text: given[key] ?? known, secret, hint: isOutput ? t("a node gives it") : "" };
  });
}

/** @param {{ samples: Sample[], give: (key: string, text: string) => void }} props */
export function SampleFields({ samples, give }) {
  const id = useId();
  if (!samples.length) return null;
  return html`<div class="i-samples">${samples.map(({ key, name, text, secret, hint }, i) => html`<label for=${`${id}-${i}`} title=${name}><code>${nameOf(key)}</code></label>
    <input key=${key} id=${`${id}-${i}`} class="f-text" type=${secret ? "password" : "text"} autocomplete="off" spellcheck=${false} value=${text} placeholder=${hint} onInput=${(/** @type {any} */ e) => give(key, e.target.value)} />`)}</div>`;
}
