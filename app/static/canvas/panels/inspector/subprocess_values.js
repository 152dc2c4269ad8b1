/**
 * What a subprocess node keeps of the flow that it runs: its shown variables with the values that are given here.
 *
 * @import { Constant, JsonObject } from "../../tree/types.js"
 * @typedef {{ id: number | string, name: string, source: string, description?: string, digest: string, number: number, variables: Constant[], schemes?: { id: any, name: string }[] }} Choice
 */

import { definitionOf } from "../../tree/variables.js";
import { choicesOf } from "../variables/defined.js";

/** The values of `template_source` that mean the project's own flows. */
const OWN = new Set(["business", "project"]);

/** Where the flow of a node is looked for. @param {JsonObject} node */
export function sourceOf(node) {
  return OWN.has(node.template_source || "business") ? "project" : "common";
}

/**
 * A node that runs a flow in the version that it has now. Values that were given for variables that there still are stay.
 * @param {JsonObject} node
 * @param {Choice} choice
 * @returns {JsonObject}
 */
export function withFlow(node, choice) {
  const isSame = String(node.template_id) === String(choice.id) && sourceOf(node) === choice.source;
  const constants = Object.fromEntries(choice.variables.map((fresh) => [fresh.key, kept(node, fresh)]));
  return {
    ...node, template_id: String(choice.id), template_source: isSame ? node.template_source : choice.source, version: choice.digest, constants,
    hooked_constants: (node.hooked_constants ?? []).filter((/** @type {string} */ key) => key in constants),
    ...(isSame ? {} : { scheme_id_list: [] }),
  };
}

/** @param {JsonObject} node @param {Constant} fresh */
function kept(node, fresh) {
  const before = node.constants?.[fresh.key];
  if (!before || before.custom_type !== fresh.custom_type) return structuredClone(fresh);
  return { ...structuredClone(fresh), value: before.value, ...(fresh.is_meta && before.meta !== undefined ? { is_meta: before.is_meta, meta: before.meta } : {}) };
}

/**
 * How the variables that a node has differ from those of the flow: by key, by name or by kind; values do not count.
 * @param {JsonObject} node
 * @param {Constant[]} fresh
 * @returns {{ added: Constant[], removed: Constant[], changed: Constant[] }}
 */
export function variableChanges(node, fresh) {
  const before = node.constants ?? {}, keys = new Set(fresh.map((c) => c.key));
  const differs = (/** @type {Constant} */ c) => ["name", "custom_type", "desc", "validation"].some((part) => (before[c.key][part] ?? "") !== (c[part] ?? ""));
  return {
    added: fresh.filter((c) => !(c.key in before)),
    removed: Object.entries(before).filter(([key]) => !keys.has(key)).map(([key, c]) => ({ ...c, key })),
    changed: fresh.filter((c) => c.key in before && differs(c)),
  };
}

/** The inputs that an update takes away. @param {JsonObject} node @param {Constant[]} fresh */
export function goneInputs(node, fresh) {
  return variableChanges(node, fresh).removed.map((c) => c.key);
}

/** @param {JsonObject} node @param {{ digest: string }} current @returns {"latest" | "current" | "outdated" | "unpinned"} */
export function versionState(node, current) {
  if (node.always_use_latest) return "latest";
  if (!node.version) return "unpinned";
  return node.version === current.digest ? "current" : "outdated";
}

/** The widgets of the types of variables, where the server does not say. @type {Record<string, string>} */
const WIDGETS = { textarea: "textarea", int: "number", password: "password", datetime: "datetime", date: "date", time: "time", ip: "hosts", ip_selector: "hosts", select: "choice", text_value_select: "choice" };

/**
 * A variable of the flow as a field of the node that runs it.
 * @param {Constant} constant
 * @param {Partial<import("../../tree/variables.js").VariableType>[]} types
 * @returns {import("../../diagram/catalogue.js").Field}
 */
export function fieldOfVariable(constant, types) {
  const kind = constant.custom_type ?? "", type = types.find((each) => each.custom_type === kind), wanted = type?.widget ?? WIDGETS[kind];
  const parts = (wanted === "keyvalue" && type?.source === "given" && type.fields) || [];
  // What is an object in its type may be given as a text all the same.
  const widget = !wanted || (((wanted === "keyvalue" && !parts.length) || wanted === "code") && typeof constant.value !== "object") ? (String(constant.value ?? "").includes("\n") ? "textarea" : "text") : wanted;
  const choices = widget === "choice" ? choicesOf(definitionOf(constant)) : [];
  return {
    key: constant.key, name: constant.name || constant.key, type: "any", widget: widget === "choice" && !choices.length ? "text" : widget === "table" ? "code" : widget, required: false,
    default: (constant.is_meta && (constant.meta?.value ?? constant.value)?.default) || null, choices, help: constant.desc ?? "", secret: kind === "password", render: true, minimum: null, maximum: null, columns: parts,
  };
}
