/** What counts for a whole graph of dependencies. */
import { t } from "../../words.js";
import { html, useTree } from "../parts.js";
import { useForm } from "../../fields/form.js";
import { PlainField } from "./parts.js";

/** The languages in which values may name variables. @type {Record<string, () => string>} */
const LANGUAGE_WORDS = { "": () => t("Expressions: {example}", { example: "${name + 1}" }), names: () => t("Names only: {example}", { example: "${name}" }), functions: () => t("Functions: {example}", { example: '{"Ref": "name"}' }) };

export function GraphFields() {
  const { editor, page } = useForm(), { parallelism, language = "" } = useTree(editor), known = page.rules?.languages ?? Object.keys(LANGUAGE_WORDS);
  const put = (/** @type {any} */ patch) => editor.get("modeling").updateRest(patch), choices = known.map((/** @type {string} */ value) => ({ value, label: LANGUAGE_WORDS[value]?.() ?? value }));
  return html`<${PlainField} label=${t("Steps at once")} widget="number" value=${parallelism || ""} spec=${{ type: "integer", minimum: 0, default: t("no limit") }} help=${t("Of those that wait for room, the one of higher priority begins first.")} save=${(/** @type {any} */ v) => put({ parallelism: v || 0 })} />
    <${PlainField} label=${t("Values name variables by")} widget="choice" value=${language || ""} spec=${{ choices, type: "any" }} help=${t("Values that are written already stay as they are.")} save=${(/** @type {string} */ v) => put({ language: v || undefined })} />`;
}
