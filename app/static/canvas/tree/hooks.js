/**
 * Inputs and outputs of nodes as variables: what changes in a node and among the flow's variables when one is made, used
 * again or given up. Everything returns new values; nothing is changed in place.
 *
 * An input of a task is `component.data[tag]`, of a subprocess the entry of `constants` of that key.
 *
 * @import { Constant, JsonObject } from "./types.js"
 * @typedef {{ [key: string]: Constant }} Constants
 * @typedef {{ node: JsonObject, constants: Constants }} Place a node among the flow's variables
 * @typedef {{ key: string, name: string, show: boolean, secret?: boolean }} Wish what a new variable is to be
 */
import { keyOf, keysIn, nameOf } from "./references.js";

const NOT_IN_KEYS = /[^A-Za-z0-9_]+/g;
/** What the server gives by itself, so no variable may be called so. */
const TAKEN = /^(_env_|_system$|_loop$|_inner_loop$|_result$)/;

/**
 * A key that no variable has yet, made of a word.
 * @param {Constants} constants
 * @param {string} word
 */
export function suggestKey(constants, word) {
  const plain = nameOf(word).replace(NOT_IN_KEYS, "_").replace(/^_+|_+$/g, "") || "variable";
  const base = isReadable(plain) ? plain : `v_${plain}`;
  let key = keyOf(base);
  for (let i = 1; key in constants; i += 1) key = keyOf(`${base}_${i}`);
  return key;
}

/**
 * Why a new variable cannot have a key; null when it can.
 * @param {Constants} constants
 * @param {string} key
 * @param {number} [longest]
 * @returns {"empty" | "letters" | "reserved" | "taken" | "long" | null}
 */
export function whyNotKey(constants, key, longest = 128) {
  const name = nameOf(key);
  if (!name) return "empty";
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) return "letters";
  if (!isReadable(name)) return "reserved";
  if (keyOf(name).length > longest) return "long";
  return keyOf(name) in constants ? "taken" : null;
}

/** Whether an expression reads a variable by its name. Words like `class` and what the system gives are none. @param {string} name */
function isReadable(name) {
  return !TAKEN.test(name) && keysIn(keyOf(name)).has(keyOf(name));
}

/**
 * What a node says of one of its inputs; `known` is false when it says nothing, as when a variable of a subprocess is still
 * the definition of what can be chosen.
 * @param {JsonObject} node
 * @param {string} tag
 * @returns {{ value: any, hook: boolean, known: boolean }}
 */
export function inputOf(node, tag) {
  if (node.type === "SubProcess") {
    const constant = node.constants?.[tag], isGiven = Boolean(constant) && !(constant.is_meta && isObject(constant.value));
    return { value: isGiven ? constant.value : undefined, hook: isGiven && (node.hooked_constants ?? []).includes(tag), known: isGiven };
  }
  const entry = inputsOf(node)[tag];
  if (isEntry(entry)) return { value: entry.value, hook: Boolean(entry.hook), known: true };
  return { value: entry, hook: false, known: entry !== undefined };
}

/**
 * The inputs of a task, by their tags.
 * @param {JsonObject} node
 * @returns {JsonObject}
 */
export function inputsOf(node) {
  return node.component?.data ?? node.component?.inputs ?? {};
}

/**
 * A node with another value of an input.
 * @param {JsonObject} node
 * @param {string} tag
 * @param {any} value
 * @param {boolean} [hook] whether it is a variable now; else as it was
 * @returns {JsonObject}
 */
export function withInput(node, tag, value, hook = inputOf(node, tag).hook) {
  if (node.type === "SubProcess") {
    const hooked = (node.hooked_constants ?? []).filter((/** @type {string} */ k) => k !== tag);
    const constants = { ...node.constants, [tag]: given(node.constants?.[tag], value) };
    if (hook === inputOf(node, tag).hook) return { ...node, constants };
    return { ...node, constants, hooked_constants: hook ? [...hooked, tag] : hooked };
  }
  const group = node.component?.data || !node.component?.inputs ? "data" : "inputs";
  const before = node.component?.[group]?.[tag];
  const entry = isEntry(before) ? { ...before, hook, value } : { hook, value };
  return { ...node, component: { ...node.component, [group]: { ...node.component?.[group], [tag]: entry } } };
}

/** Whether a task lets `${…}` in an input be replaced by values. @param {JsonObject} node @param {string} tag */
export function isRendered(node, tag) {
  return inputsOf(node)[tag]?.need_render !== false;
}

/** @param {JsonObject} node @param {string} tag @param {boolean} on @returns {JsonObject} */
export function withRendering(node, tag, on) {
  const { value, hook } = inputOf(node, tag), made = withInput(node, tag, value ?? "", hook), group = made.component.data ? "data" : "inputs";
  return { ...made, component: { ...made.component, [group]: { ...made.component[group], [tag]: { ...made.component[group][tag], need_render: on } } } };
}

/**
 * A variable of the flow below with a value. One that is a definition keeps it under `meta` while it has a value.
 * @param {Constant | undefined} constant
 * @param {any} value
 * @returns {JsonObject}
 */
function given(constant, value) {
  if (!constant?.is_meta) return { ...constant, value };
  const { meta, ...own } = constant;
  return isObject(value) ? { ...own, value } : { ...own, value, meta: meta ?? structuredClone(constant) };
}

/**
 * A task without some of its inputs.
 * @param {JsonObject} node
 * @param {string[]} tags
 * @returns {JsonObject}
 */
export function withoutInputs(node, tags) {
  const left = Object.fromEntries(Object.entries(inputsOf(node)).filter(([tag]) => !tags.includes(tag)));
  const group = node.component?.data || !node.component?.inputs ? "data" : "inputs";
  return { ...node, component: { ...node.component, [group]: left } };
}

/**
 * Make a variable of an input: it gets the input's value, and the input its key.
 * @param {Place} place
 * @param {string} tag
 * @param {Wish} wish
 * @param {any} [value] what the input is when the node says nothing of it
 * @returns {Place}
 */
export function hook({ node, constants }, tag, { key, name, show, secret = false }, value = null) {
  const own = inputOf(node, tag), child = node.type === "SubProcess" ? node.constants?.[tag] : undefined;
  /** @type {Constant} */
  const made = {
    ...blankConstant(constants, key, name),
    custom_type: child?.custom_type ?? (secret ? "password" : ""), source_type: "component_inputs", source_tag: sourceTag(node, tag), source_info: { [node.id]: [tag] },
    show_type: show ? "show" : "hide", value: child ? child.value : own.known ? own.value : value,
    ...(child?.is_meta ? { is_meta: true, ...(child.meta ? { meta: child.meta } : {}) } : {}),
  };
  return { node: withInput(node, tag, key, true), constants: { ...constants, [key]: made } };
}

/**
 * Let an input be a variable that is there already.
 * @param {Place} place
 * @param {string} tag
 * @param {string} key
 * @returns {Place}
 */
export function reuse({ node, constants }, tag, key) {
  const before = constants[key];
  const constant = before?.source_type === "component_inputs" ? withSource(before, node.id, tag) : before;
  return { node: withInput(node, tag, key, true), constants: before ? { ...constants, [key]: constant } : constants };
}

/**
 * Give an input its own value again, that of the variable.
 * @param {Place} place
 * @param {string} tag
 * @param {{ drop?: boolean, otherwise?: any }} [options] drop takes the variable away; otherwise is the value when the variable has none to give
 * @returns {Place}
 */
export function unhook({ node, constants }, tag, { drop = false, otherwise = "" } = {}) {
  const key = String(inputOf(node, tag).value), constant = constants[key];
  const isDefinition = constant?.is_meta && isObject(constant.value) && node.type !== "SubProcess";
  const gives = constant && constant.source_type !== "component_outputs" && !isDefinition;
  const own = withInput(node, tag, gives ? constant.value : otherwise, false);
  if (!constant) return { node: own, constants };
  if (drop) return { node: own, constants: without(constants, key) };
  return { node: own, constants: constant.source_type === "component_inputs" ? { ...constants, [key]: withoutSource(constant, node.id, [tag]) } : constants };
}

/**
 * The variable that holds an output of a node; undefined when none does.
 * @param {Constants} constants
 * @param {string} nodeId
 * @param {string} tag
 */
export function outputVariable(constants, nodeId, tag) {
  return Object.values(constants).find((c) => c.source_type === "component_outputs" && c.source_info?.[nodeId]?.includes(tag));
}

/**
 * Make a variable of an output of a node.
 * @param {Constants} constants
 * @param {JsonObject} node
 * @param {{ key: string, name: string }} output
 * @param {string} [key]
 * @returns {Constants}
 */
export function hookOutput(constants, node, output, key = suggestKey(constants, output.key)) {
  const made = { ...blankConstant(constants, key, output.name), source_type: /** @type {const} */ ("component_outputs"), source_info: { [node.id]: [output.key] }, show_type: /** @type {const} */ ("hide"), value: "" };
  return { ...constants, [key]: made };
}

/**
 * Variables of which none holds an output of a node any more.
 * @param {Constants} constants
 * @param {string} nodeId
 * @param {string} tag
 * @returns {Constants}
 */
export function unhookOutput(constants, nodeId, tag) {
  const constant = outputVariable(constants, nodeId, tag);
  if (!constant) return constants;
  const left = withoutSource(constant, nodeId, [tag]);
  return Object.keys(left.source_info ?? {}).length ? { ...constants, [constant.key]: left } : without(constants, constant.key);
}

/**
 * Variables that no longer come from some inputs of a node; those that came from nowhere else go, unless `isUsed` says that they are needed.
 * @param {Constants} constants
 * @param {string} nodeId
 * @param {string[]} tags
 * @param {(key: string) => boolean} isUsed
 * @returns {Constants}
 */
export function forgetInputs(constants, nodeId, tags, isUsed) {
  const left = Object.entries(constants).map(([key, c]) => /** @type {[string, Constant]} */ ([key, comesFrom(c, nodeId, tags) ? withoutSource(c, nodeId, tags) : c]));
  return Object.fromEntries(left.filter(([key, c]) => c === constants[key] || Object.keys(c.source_info ?? {}).length > 0 || isUsed(key)));
}

/**
 * The variables that an input can take over: those that stand for the same field of a plugin first, then all others.
 * @param {Constants} constants
 * @param {JsonObject} node
 * @param {string} tag
 * @returns {{ same: Constant[], others: Constant[] }}
 */
export function reusable(constants, node, tag) {
  const all = inTheirOrder(constants), wanted = sourceTag(node, tag);
  const isSame = (/** @type {Constant} */ c) => Boolean(wanted) && c.source_tag === wanted;
  return { same: all.filter(isSame), others: all.filter((c) => !isSame(c)) };
}

/** @param {Constants} constants @returns {Constant[]} */
export function inTheirOrder(constants) {
  return Object.entries(constants).map(([key, c]) => ({ ...c, key })).sort((a, b) => (a.index ?? 0) - (b.index ?? 0));
}

/**
 * The field of a plugin that an input stands for, as variables name it.
 * @param {JsonObject} node
 * @param {string} tag
 */
export function sourceTag(node, tag) {
  return node.type === "SubProcess" ? (node.constants?.[tag]?.source_tag ?? "") : `${node.component?.code ?? ""}.${tag}`;
}

/**
 * @param {Constants} constants
 * @param {string} key
 * @param {string} name
 * @returns {Constant}
 */
export function blankConstant(constants, key, name) {
  const last = Math.max(-1, ...Object.values(constants).map((c) => c.index ?? -1));
  return { key, name, index: last + 1, desc: "", custom_type: "", source_type: "custom", source_tag: "", source_info: {}, show_type: "show", value: "", validation: "" };
}

/** @param {Constant} constant @param {string} nodeId @param {string} tag @returns {Constant} */
function withSource(constant, nodeId, tag) {
  const tags = constant.source_info?.[nodeId] ?? [];
  return { ...constant, source_info: { ...constant.source_info, [nodeId]: tags.includes(tag) ? tags : [...tags, tag] } };
}

/** @param {Constant} constant @param {string} nodeId @param {string[]} gone @returns {Constant} */
function withoutSource(constant, nodeId, gone) {
  const { [nodeId]: tags = [], ...others } = constant.source_info ?? {};
  const left = tags.filter((t) => !gone.includes(t));
  return { ...constant, source_info: left.length ? { ...constant.source_info, [nodeId]: left } : others };
}

/** @param {Constant} constant @param {string} nodeId @param {string[]} tags */
function comesFrom(constant, nodeId, tags) {
  return constant.source_type === "component_inputs" && (constant.source_info?.[nodeId] ?? []).some((t) => tags.includes(t));
}

/** @param {Constants} constants @param {string} key */
function without(constants, key) {
  return Object.fromEntries(Object.entries(constants).filter(([k]) => k !== key));
}

/** @param {any} value */
const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

/** @param {any} entry */
const isEntry = (entry) => isObject(entry) && "value" in entry;
