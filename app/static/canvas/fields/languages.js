/**
 * In which language a code field is written.
 *
 * @import { Field } from "../diagram/catalogue.js"
 * @typedef {"shell" | "python" | "json" | "text"} Language
 */

/** @type {Record<string, Language>} Words in the labels of choices that name a language. */
const NAMED = { shell: "shell", bash: "shell", sh: "shell", python: "python", json: "json", text: "text" };

/**
 * The language of a code field: what a choice beside it says where the plugin has one, else JSON for what may be an object.
 * @param {Field} field
 * @param {Field[]} beside all fields of the plugin
 * @param {(key: string) => any} valueOf
 * @returns {Language}
 */
export function languageOf(field, beside, valueOf) {
  const says = beside.find((f) => f.widget === "choice" && f.choices.some((c) => named(c.label)));
  if (says) {
    const chosen = valueOf(says.key) ?? says.default;
    return named(says.choices.find((c) => String(c.value) === String(chosen))?.label ?? "") ?? "text";
  }
  return field.type === "string" ? "shell" : "json";
}

/** @param {string} label */
function named(label) {
  return NAMED[label.trim().toLowerCase().replace(/\s*\d.*$/, "")];
}
