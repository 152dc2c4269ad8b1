/** Which values something is tried with. */
import { isExpression } from "../../fields/checking.js";
import { anyOf, brief } from "../../fields/values.js";
import { t } from "../../words.js";

/** @typedef {{ key: string, name: string, text: string, value: any, secret: boolean, hint: string }} Sample `value` is undefined where there is none */

/**
 * @param {string[]} keys
 * @param {import("../../tree/hooks.js").Constants} constants
 * @param {Record<string, string>} given what was typed, by key
 * @returns {Sample[]}
 */
export function samplesOf(keys, constants, given) {
  return keys.map((key) => {
    const constant = constants[key], isOutput = constant?.source_type === "component_outputs", secret = constant?.custom_type === "password";
    const isKnown = constant && !secret && !isOutput && !isExpression(constant.value), text = given[key] ?? (isKnown ? brief(constant.value) : "");
    const isText = typeof constant?.value === "string" && !isOutput, typed = isText || text === "" ? text : anyOf(text);
    return { key, name: constant?.name ?? "", text, secret, hint: isOutput ? t("a node gives it") : "", value: key in given ? typed : isKnown ? constant.value : undefined };
  });
}

/** The values of samples by their keys; what has none is left out. @param {Sample[]} samples */
export function valuesOf(samples) {
  return Object.fromEntries(samples.filter((s) => s.value !== undefined && s.value !== "").map((s) => [s.key, s.value]));
}
