/**
 * Where a variable comes from, in words, and the field in whose form its value is given.
 *
 * @import { Constant } from "../../tree/types.js"
 * @import { Field } from "../../diagram/catalogue.js"
 */
import { BLANK } from "../inspector/parts.js";
import { nameOfElement } from "../going.js";
import { t } from "../../words.js";

/**
 * What a variable is tied to.
 * @param {any} editor
 * @param {Constant} constant
 * @returns {{ words: string, id: string | null }} `id` of the node
 */
export function sourceOf(editor, constant) {
  const [id = "", tags] = Object.entries(constant.source_info ?? {})[0] ?? [];
  const type = typeOf(editor, constant);
  if (constant.source_type === "system") return { words: t("System"), id: null };
  if (constant.source_type === "project") return { words: t("Project"), id: null };
  if (!id || constant.source_type === "custom") return { words: type?.name ?? (constant.custom_type || t("Any value")), id: null };
  const element = editor.get("elementRegistry").get(id), tag = tags?.[0] ?? "";
  const values = { field: fieldName(editor, element, tag, constant.source_type ?? ""), node: element ? nameOfElement(element) : id };
  const words = constant.source_type === "component_outputs" ? t("Output of {node}: {field}", values) : t("Input of {node}: {field}", values);
  return { words, id: element ? id : null };
}

/** @param {any} editor @param {Constant} constant @returns {import("../../tree/variables.js").VariableType | undefined} */
export function typeOf(editor, constant) {
  return editor.get("catalogue").variableTypes.find((/** @type {any} */ type) => type.custom_type === constant.custom_type);
}

/** @param {any} editor @param {any} element @param {string} tag @param {string} source */
function fieldName(editor, element, tag, source) {
  const node = element?.businessObject.node;
  if (node?.type === "SubProcess") return node.constants?.[tag]?.name || tag;
  const plugin = editor.get("catalogue").find(node?.component?.code, node?.component?.version);
  const fields = /** @type {Field[]} */ ((source === "component_outputs" ? plugin?.outputs : plugin?.inputs) ?? []);
  return fields.find((f) => f.key === tag)?.name ?? tag;
}

/**
 * The field that a variable's value is a value of: its type's, or that of the input that it stands for.
 * @param {any} editor
 * @param {Constant} constant
 * @returns {Field}
 */
export function valueField(editor, constant) {
  const type = typeOf(editor, constant), label = t("Value");
  const asText = typeof constant.value === "string" && constant.value.includes("\n") ? "textarea" : "text";
  if (type) return { ...BLANK, key: "value", name: label, type: "any", widget: type.widget === "choice" || (type.widget === "code" && typeof constant.value === "string") ? asText : type.widget, secret: type.widget === "password" };
  const [id, tags] = Object.entries(constant.source_info ?? {})[0] ?? [], node = editor.get("elementRegistry").get(id)?.businessObject.node;
  const plugin = node && editor.get("catalogue").find(node.component?.code, node.component?.version);
  const own = /** @type {Field | undefined} */ (plugin?.inputs.find((/** @type {Field} */ f) => f.key === tags?.[0]));
  return own ? { ...own, key: "value", name: label, required: false } : { ...BLANK, key: "value", name: label, type: "any", widget: asText };
}
