/**
 * Edits of the flow's variables. Each returns what changes, as modeling's commands take it; nothing is changed in place.
 *
 * @import { Constant, JsonObject, Tree } from "./types.js"
 * @import { IsRaw, Patch, Use } from "./references.js"
 * @typedef {{ [key: string]: Constant }} Constants
 * @typedef {{ constants: Constants, outputs?: string[] }} Rest
 * @typedef {{ custom_type: string, source_tag: string, name: string, description: string, widget: string, is_meta: boolean, fields: any[], default_validation: string, source?: "given" | "task" | "cmdb" }} VariableType `source` says who gives the value
 * @typedef {{ reads: string[], writes: string[] }} Access
 */
import { blankConstant, inputOf, inputsOf, suggestKey, unhook, whyNotKey, withInput } from "./hooks.js";
import { partsOf as partsIn } from "./parts.js";
import { keyOf, keysIn, renamedIn, whereUsed } from "./references.js";

/**
 * The variables in their order; those with the same index stand as they are written.
 * @param {Constants | undefined} constants
 * @returns {[string, Constant][]}
 */
export function listed(constants) {
  return Object.entries(constants ?? {}).sort(([, a], [, b]) => (a.index ?? 0) - (b.index ?? 0));
}

/**
 * The variables numbered 0, 1, … in an order of their keys.
 * @param {Constants} constants
 * @param {string[]} [order] all of their keys
 * @returns {Constants}
 */
export function numbered(constants, order = listed(constants).map(([key]) => key)) {
  const rank = new Map(order.map((key, i) => [key, i]));
  return Object.fromEntries(Object.entries(constants).map(([key, constant]) => [key, constant.index === rank.get(key) ? constant : { ...constant, index: rank.get(key) }]));
}

/**
 * An order of keys with some of them moved before another, or to the end.
 * @param {string[]} order
 * @param {string[]} moved
 * @param {string | null} before
 */
export function movedBefore(order, moved, before) {
  if (before !== null && moved.includes(before)) return order;
  const left = order.filter((key) => !moved.includes(key)), chosen = order.filter((key) => moved.includes(key));
  const at = before === null ? left.length : left.indexOf(before);
  return [...left.slice(0, at), ...chosen, ...left.slice(at)];
}

/**
 * A new variable behind the others.
 * @param {Constants} constants
 * @param {VariableType | undefined} type
 * @param {string} name
 * @returns {Constant}
 */
export function newVariable(constants, type, name) {
  const blank = blankConstant(constants, suggestKey(constants, "variable"), name);
  return type ? retyped(blank, type) : blank;
}

/**
 * A copy of a variable behind it. A copy takes no output of a node and is no input of one.
 * @param {Constants} constants
 * @param {string} key
 * @param {string} name
 * @returns {{ constants: Constants, key: string }}
 */
export function duplicated(constants, key, name) {
  const copy = suggestKey(constants, key), order = listed(constants).map(([k]) => k);
  order.splice(order.indexOf(key) + 1, 0, copy);
  return { key: copy, constants: numbered({ ...constants, [copy]: { ...detached(constants[key]), key: copy, name } }, order) };
}

/**
 * Variables with those of another flow behind them. One whose key is taken gets another, which the others of them follow.
 * @param {Constants} constants
 * @param {Constant[]} chosen
 * @returns {Constants}
 */
export function cloned(constants, chosen) {
  const taken = /** @type {Constants} */ ({ ...constants, ...Object.fromEntries(chosen.map((c) => [keyOf(c.key), c])) });
  const renames = chosen.filter((c) => keyOf(c.key) in constants).map(({ key }) => {
    const fresh = suggestKey(taken, key);
    taken[fresh] = { key: fresh };
    return /** @type {[string, string]} */ ([keyOf(key), fresh]);
  });
  const keys = new Map(renames), last = listed(constants).length;
  const copies = chosen.map((c, i) => {
    const own = renames.reduce((constant, [from, to]) => renamedWithin(constant, from, to), detached(c));
    return { ...own, key: keys.get(keyOf(c.key)) ?? keyOf(c.key), index: last + i };
  });
  return { ...numbered(constants), ...Object.fromEntries(copies.map((c) => [c.key, c])) };
}

/** @param {Constant} constant @param {string} from @param {string} to @returns {Constant} */
function renamedWithin(constant, from, to) {
  const value = renamedIn(constant.value, from, to), rows = constant.hide_condition;
  const hiding = Array.isArray(rows) ? { hide_condition: rows.map((row) => (row?.constant_key === from ? { ...row, constant_key: to } : row)) } : {};
  return { ...constant, value, ...hiding };
}

/** A variable without its ties to nodes: a custom one, which has a type. @param {Constant} constant @returns {Constant} */
export function detached(constant) {
  if (constant.source_type === "custom" && !Object.keys(constant.source_info ?? {}).length) return constant;
  const custom_type = constant.custom_type || typeOfValue(constant.value);
  return { ...constant, source_type: "custom", source_info: {}, custom_type, source_tag: constant.custom_type ? constant.source_tag : custom_type && `${custom_type}.${custom_type}` };
}

/** The plain type that a value has; empty for one that only a node can have made. @param {any} value */
function typeOfValue(value) {
  if (typeof value === "string" || value === undefined || value === null) return String(value ?? "").includes("\n") ? "textarea" : "input";
  return Number.isInteger(value) ? "int" : "";
}

/**
 * A variable of another type; it keeps a value that the type can have.
 * @param {Constant} constant
 * @param {VariableType} type
 * @param {VariableType} [before]
 * @returns {Constant}
 */
export function retyped(constant, type, before) {
  const isPlain = ["string", "number", "boolean"].includes(typeof constant.value) && !before?.is_meta && before?.widget !== "password" && type.widget !== "password";
  const value = type.fields.length ? { ...Object.fromEntries(type.fields.map((f) => [f.key, f.default ?? ""])), ...(isPlain ? partsOf(constant, type) : {}) } : isPlain ? constant.value : "";
  const { meta: _old, ...own } = constant;
  const validation = !constant.validation || constant.validation === before?.default_validation ? type.default_validation : constant.validation;
  return { ...own, custom_type: type.custom_type, source_tag: type.source_tag, is_meta: type.is_meta, value, validation };
}

/** What a variable of a type that is a definition is defined by, also when it has been given a value. @param {Constant} constant */
export function definitionOf(constant) {
  const definition = constant.meta?.value ?? constant.value;
  return /** @type {JsonObject} */ (definition && typeof definition === "object" && !Array.isArray(definition) ? definition : {});
}

/**
 * The parts of a value that is an object of them; a text that stands in its place is the first of those that a person gives.
 * @param {Constant} constant
 * @param {VariableType} type
 * @returns {JsonObject}
 */
export function partsOf({ value }, type) {
  const parts = partsIn(value, type.fields), isGiven = !type.is_meta && type.source !== "task";
  return isGiven || parts === value ? parts : {};
}

/** Whether a variable is hidden by conditions; old trees write it as text. @param {Constant} constant */
export function isHiding(constant) {
  return constant.is_condition_hide === true || constant.is_condition_hide === "true";
}

/**
 * Why a variable cannot have a key, as `whyNotKey` says; one that expressions cannot read is reserved.
 * @param {Constants} others
 * @param {string} key
 * @param {number} [longest]
 */
export function whyNotVariableKey(others, key, longest) {
  return whyNotKey(others, key, longest) ?? (keysIn(keyOf(key)).has(keyOf(key)) ? null : "reserved");
}

/**
 * What changes when variables go: inputs that they stood for get their values, conditions for hiding lose their rows.
 * @param {Tree} tree
 * @param {string[]} keys
 * @returns {Patch[]}
 */
export function removed(tree, keys) {
  const gone = new Set(keys.map(keyOf)), patches = /** @type {Patch[]} */ ([]);
  for (const [id, node] of Object.entries(tree.activities ?? {})) {
    const freed = freedInputs(node, tree.constants, gone);
    if (freed !== node) patches.push({ kind: "node", id, patch: { component: freed.component, constants: freed.constants, hooked_constants: freed.hooked_constants } });
  }
  const left = Object.entries(tree.constants).filter(([key]) => !gone.has(keyOf(key))).map(([key, constant]) => [key, withoutRows(constant, gone)]);
  const outputs = tree.outputs?.filter((key) => !gone.has(keyOf(key)));
  return [...patches, { kind: "rest", id: "", patch: { constants: numbered(Object.fromEntries(left)), ...(outputs ? { outputs } : {}) } }];
}

/**
 * Of the uses of variables that go: how many are inputs that get their values, and how many stay as they are written.
 * @param {Tree} tree
 * @param {string[]} keys
 * @param {Use[]} uses
 */
export function afterRemoval(tree, keys, uses) {
  const valued = new Set(keys.filter((key) => tree.constants[key]?.source_type !== "component_outputs").map(keyOf));
  const isGiven = (/** @type {Use} */ { kind, id, tag }) => {
    const node = tree.activities?.[id], { hook, value } = node && (kind === "input" || kind === "subprocess") ? inputOf(node, tag) : { hook: false, value: "" };
    return hook && valued.has(String(value));
  };
  const given = uses.filter(isGiven).length;
  return { given, left: uses.length - given };
}

/** @param {JsonObject} node @param {Constants} constants @param {Set<string>} gone */
function freedInputs(node, constants, gone) {
  const tags = Object.keys(node.type === "SubProcess" ? (node.constants ?? {}) : inputsOf(node));
  return tags.reduce((freed, tag) => {
    const { value, hook } = inputOf(freed, tag);
    if (!hook || !gone.has(value)) return freed;
    return value in constants ? unhook({ node: freed, constants }, tag, { otherwise: value }).node : withInput(freed, tag, value, false);
  }, node);
}

/** @param {Constant} constant @param {Set<string>} gone */
function withoutRows(constant, gone) {
  const rows = constant.hide_condition;
  if (!Array.isArray(rows) || !rows.some((row) => gone.has(keyOf(String(row?.constant_key))))) return constant;
  const left = rows.filter((row) => !gone.has(keyOf(String(row?.constant_key))));
  return { ...constant, hide_condition: left, ...(left.length ? {} : { is_condition_hide: "false" }) };
}

/**
 * The variables after nodes have gone; null when that makes no difference to them. One that took its value from such a
 * node goes when nothing refers to it; else it stays as it was, for the server to find fault with. One that was an input
 * of such nodes only goes likewise, or becomes a custom one.
 * @param {Tree} tree without the nodes
 * @param {Set<string>} gone
 * @param {IsRaw} [isRaw]
 * @returns {Constants | null}
 */
export function afterNodesWent(tree, gone, isRaw) {
  const touched = Object.entries(tree.constants ?? {}).filter(([, c]) => Object.keys(c.source_info ?? {}).some((id) => gone.has(id)));
  if (!touched.length) return null;
  const uses = whereUsed(tree, isRaw), constants = { ...tree.constants };
  for (const [key, constant] of touched) {
    const source_info = Object.fromEntries(Object.entries(constant.source_info ?? {}).filter(([id]) => !gone.has(id)));
    const isUsed = uses.has(keyOf(key));
    if (Object.keys(source_info).length) constants[key] = { ...constant, source_info };
    else if (!isUsed) delete constants[key];
    else if (constant.source_type !== "component_outputs") constants[key] = detached({ ...constant, source_info });
  }
  return Object.keys(constants).length === Object.keys(tree.constants).length ? constants : numbered(constants);
}

/**
 * Which variables each node reads and writes. Conditions are read by their gateways.
 * @param {Tree} tree
 * @param {Map<string, Use[]>} [uses]
 * @returns {Map<string, Access>}
 */
export function accessOf(tree, uses = whereUsed(tree)) {
  const access = /** @type {Map<string, Access>} */ (new Map());
  const add = (/** @type {string} */ id, /** @type {"reads" | "writes"} */ how, /** @type {string} */ key) => {
    const of = access.get(id) ?? { reads: [], writes: [] };
    if (!of[how].includes(key)) of[how].push(key);
    access.set(id, of);
  };
  for (const [key, list] of uses) {
    for (const { kind, id, tag } of list) {
      if (kind === "input" || kind === "subprocess") add(id, "reads", key);
      if (kind === "condition") add(tag, "reads", key);
    }
  }
  for (const [key, constant] of Object.entries(tree.constants ?? {})) {
    if (constant.source_type === "component_outputs") for (const id of Object.keys(constant.source_info ?? {})) add(id, "writes", keyOf(key));
  }
  return access;
}
