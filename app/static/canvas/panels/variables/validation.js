/** The regular expression that a value has to match, tried at once. */
import { useState } from "preact/hooks";
import { isExpression } from "../../fields/checking.js";
import { brief } from "../../fields/values.js";
import { PlainField } from "../inspector/parts.js";
import { html } from "../parts.js";
import { t } from "../../words.js";

/** @param {import("./form.js").PartProps} props */
export function Validation({ constant, change }) {
  const [sample, setSample] = useState(/** @type {string | null} */ (null)), pattern = constant.validation ?? "", tried = sample ?? brief(constant.value);
  const result = pattern && asPattern(pattern) ? (matches(pattern, tried) ? html`<span class="fits">${t("matches")}</span>` : html`<span class="fits-not">${t("does not match")}</span>`) : null;
  return html`<${PlainField} label=${t("Must match")} value=${pattern} save=${(/** @type {string} */ validation) => change({ validation })} class="mono" help=${t("A regular expression, checked where people give a value")} problem=${pattern && !asPattern(pattern) ? t("This is no regular expression") : ""} />
    ${pattern && html`<div class="i-row try"><input class="f-text" aria-label=${t("A value to try")} placeholder=${t("A value to try")} value=${tried} onInput=${(/** @type {any} */ e) => setSample(e.target.value)} /><span role="status">${result}</span></div>`}`;
}

/**
 * What is wrong with a value by the variable's own expression; empty when nothing is, or when only a run can tell.
 * @param {import("../../tree/types.js").Constant} constant
 * @param {any} value
 */
export function whyNotValid({ validation = "" }, value) {
  if (!validation || typeof value === "object" || value === "" || value === undefined || isExpression(value) || !asPattern(validation)) return "";
  return matches(validation, String(value)) ? "" : t("It does not match {pattern}", { pattern: validation });
}

/** @param {string} pattern */
function asPattern(pattern) {
  try {
    return new RegExp(pattern);
  } catch {
    return null;
  }
}

/** @param {string} pattern @param {string} text */
const matches = (pattern, text) => Boolean(asPattern(pattern)?.test(text));
