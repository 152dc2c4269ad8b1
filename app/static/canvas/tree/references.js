/**
 * Which variables a flow refers to, where, and how to call one otherwise. It cuts texts as the server's
 * `app/engine/core/templating.py` does; keys of objects are never rendered, so they refer to nothing.
 *
 * @import { Constant, JsonObject, Tree } from "./types.js"
 * @import { Name } from "./expressions.js"
 * @typedef {{ at: number, end: number, names: Name[] }} Piece one `${…}`: `at` and `end` bound it in its text
 * @typedef {"input" | "condition" | "constant" | "output" | "subprocess" | "step" | "hide_condition"} UseKind
 * @typedef {{ kind: UseKind, id: string, name: string, tag: string }} Use `id` of the node, line or variable, `tag` of the input or of what else in it
 * @typedef {{ kind: "node" | "flow" | "note" | "rest", id: string, patch: JsonObject }} Patch what modeling's updateNode, updateFlow, updateNote and updateRest take
 * @typedef {(node: JsonObject, tag: string) => boolean} IsRaw whether an input is given to its plugin as it is written
 */
import { namesIn } from "./expressions.js";

const MOST_CACHED = 5000;
/** @type {Map<string, Piece[]>} */
const cache = new Map();

/** The key of a bare name: `x` is `${x}`. A key stays one. @param {string} name */
export const keyOf = (name) => "${" + nameOf(name) + "}";

/** The bare name of a key: `${x}` is `x`. @param {string} key */
export const nameOf = (key) => (key.startsWith("${") && key.endsWith("}") ? key.slice(2, -1) : key);

/**
 * The keys of all variables that a value refers to, at any depth.
 * @param {any} value
 * @returns {Set<string>}
 */
export function keysIn(value) {
  const found = /** @type {Set<string>} */ (new Set());
  gather(value, found);
  return found;
}

/** @param {any} value @param {Set<string>} found */
function gather(value, found) {
  if (typeof value === "string") {
    for (const { names } of piecesOf(value)) for (const name of readNames(names)) found.add(keyOf(name));
  } else if (value && typeof value === "object") for (const part of Object.values(value)) gather(part, found);
}

/**
 * The `${…}` of a text that are expressions.
 * @param {string} text
 * @returns {Piece[]}
 */
export function piecesOf(text) {
  if (!text.includes("${")) return [];
  let pieces = cache.get(text);
  if (!pieces) {
    if (cache.size >= MOST_CACHED) cache.clear();
    cache.set(text, (pieces = cut(text)));
  }
  return pieces;
}

/** @param {string} text @returns {Piece[]} */
function cut(text) {
  const pieces = /** @type {Piece[]} */ ([]);
  for (let at = text.indexOf("${"); at >= 0;) {
    const following = text.indexOf("${", at + 2);
    const end = endOfPiece(text, at + 2, following < 0 ? text.length : following);
    const names = end < 0 ? null : namesIn(text.slice(at + 2, end));
    if (names) pieces.push({ at, end: end + 1, names });
    at = following;
  }
  return pieces;
}

/** Where the `}` stands that closes a piece, outside of braces and quotes in it; -1 if nowhere. @param {string} text @param {number} start @param {number} limit */
function endOfPiece(text, start, limit) {
  let depth = 0, quote = "";
  for (let at = start; at < limit; at += 1) {
    const c = text[at];
    if (quote) {
      if (c === "\\") at += 1;
      else if (c === quote) quote = "";
    } else if (c === "'" || c === '"') quote = c;
    else if (c === "{") depth += 1;
    else if (c === "}" && depth-- === 0) return at;
  }
  return -1;
}

/** The names that an expression reads; one that a comprehension binds anywhere in it is none, as on the server. @param {Name[]} names */
function readNames(names) {
  const bound = new Set(names.filter((n) => n.as === "bound").map((n) => n.name));
  return new Set(names.filter((n) => n.as === "read" && !bound.has(n.name)).map((n) => n.name));
}

/**
 * A value in which a variable is called otherwise; the very same value where nothing refers to it.
 * @template T
 * @param {T} value
 * @param {string} from a key
 * @param {string} to a key
 * @returns {T}
 */
export function renamedIn(value, from, to) {
  return replaced(value, (text) => renamedText(text, nameOf(from), nameOf(to)));
}

/**
 * A value whose texts are replaced, at any depth; the very same value where none changes.
 * @template T
 * @param {T} value
 * @param {(text: string) => string} replace
 * @returns {T}
 */
export function replaced(value, replace) {
  if (typeof value === "string") return /** @type {any} */ (replace(value));
  if (Array.isArray(value)) {
    const parts = value.map((part) => replaced(part, replace));
    return parts.some((part, i) => part !== value[i]) ? /** @type {any} */ (parts) : value;
  }
  if (!value || typeof value !== "object") return value;
  const entries = Object.entries(value).map(([key, part]) => [key, replaced(part, replace)]);
  return entries.some(([key, part]) => part !== /** @type {any} */ (value)[key]) ? Object.fromEntries(entries) : value;
}

/** @param {string} text @param {string} from @param {string} to */
function renamedText(text, from, to) {
  let done = "", at = 0;
  for (const piece of piecesOf(text)) {
    if (!readNames(piece.names).has(from)) continue;
    for (const { name, ...place } of piece.names.toSorted((a, b) => a.at - b.at)) {
      if (place.as === "called" || (name !== from && name !== to)) continue;
      done += text.slice(at, piece.at + 2 + place.at) + (name === from ? to : spare(to, piece.names));
      at = piece.at + 2 + place.end;
    }
  }
  return done + text.slice(at);
}

/** Another name for what a comprehension calls as the variable is to be called. @param {string} name @param {Name[]} names */
function spare(name, names) {
  const taken = new Set(names.map((n) => n.name));
  for (let i = 1; ; i += 1) if (!taken.has(`${name}_${i}`)) return `${name}_${i}`;
}

/** An input is not rendered when it says so itself. @type {IsRaw} */
const saysSo = (node, tag) => inputsOf(node)[tag]?.need_render === false;

/** The inputs of a task as they are written, by tag. @param {JsonObject} node @returns {JsonObject} */
const inputsOf = (node) => node.component?.data ?? node.component?.inputs ?? {};

/**
 * Where each variable is used. Keys that are used though there is no such variable are told too.
 * @param {Tree} tree
 * @param {IsRaw} [isRaw]
 * @returns {Map<string, Use[]>}
 */
export function whereUsed(tree, isRaw = saysSo) {
  const uses = /** @type {Map<string, Use[]>} */ (new Map());
  const add = (/** @type {Iterable<string>} */ keys, /** @type {Use} */ use) => {
    for (const key of keys) {
      const known = uses.get(key);
      if (known) known.push(use);
      else uses.set(key, [use]);
    }
  };
  for (const node of Object.values(tree.activities ?? {})) {
    for (const [tag, value] of rendered(node, isRaw)) add(keysIn(value), { kind: "input", id: node.id, name: node.name ?? "", tag });
    add(keysIn(node.step), { kind: "step", id: node.id, name: node.name ?? "", tag: "step" });
    for (const [tag, child] of [...Object.entries(node.constants ?? {}), ...shown(node.pipeline)]) add(keysIn(child?.value), { kind: "subprocess", id: node.id, name: node.name ?? "", tag });
  }
  for (const gateway of Object.values(tree.gateways ?? {})) {
    for (const [id, condition] of Object.entries(gateway.conditions ?? {})) add(keysIn(condition?.evaluate), { kind: "condition", id, name: condition?.name || condition?.evaluate || "", tag: gateway.id });
  }
  for (const [key, constant] of Object.entries(tree.constants ?? {})) {
    add(keysIn(constant?.value), { kind: "constant", id: key, name: constant.name || nameOf(key), tag: "value" });
    add(new Set(hidingRows(constant).map((row) => keyOf(String(row.constant_key)))), { kind: "hide_condition", id: key, name: constant.name || nameOf(key), tag: "hide_condition" });
  }
  for (const key of tree.outputs ?? []) add([keyOf(key)], { kind: "output", id: key, name: tree.constants?.[key]?.name ?? "", tag: "" });
  return uses;
}

/** The inputs of a node that are rendered, by tag. @param {JsonObject} node @param {IsRaw} isRaw @returns {[string, any][]} */
function rendered(node, isRaw) {
  const entries = Object.entries(inputsOf(node)).filter(([tag]) => !isRaw(node, tag));
  return entries.map(([tag, entry]) => [tag, hasValue(entry) ? entry.value : entry]);
}

/** Whether an input is written with more than its value. @param {any} entry */
const hasValue = (entry) => Boolean(entry) && typeof entry === "object" && "value" in entry;

/** The variables of a tree in a subprocess that its parent fills in. @param {JsonObject | undefined} pipeline @returns {[string, JsonObject][]} */
const shown = (pipeline) => Object.entries(pipeline?.constants ?? {}).filter(([, child]) => child?.show_type === "show");

/** @param {Constant} constant @returns {JsonObject[]} */
function hidingRows(constant) {
  return Array.isArray(constant?.hide_condition) ? constant.hide_condition.filter((row) => row?.constant_key) : [];
}

/**
 * The variables that no node, condition or output needs, not even by way of another variable.
 * @param {Tree} tree
 * @param {Map<string, Use[]>} [uses]
 * @returns {string[]}
 */
export function unusedKeys(tree, uses = whereUsed(tree)) {
  const keys = Object.keys(tree.constants ?? {});
  const needs = (/** @type {string} */ key) => [...keysIn(tree.constants[key]?.value), ...hidingRows(tree.constants[key]).map((row) => keyOf(String(row.constant_key)))];
  const byVariables = new Set(["constant", "hide_condition"]);
  const left = keys.filter((key) => uses.get(keyOf(key))?.some((use) => !byVariables.has(use.kind)));
  const written = new Map(keys.map((key) => [keyOf(key), key])), needed = new Set(left);
  for (const key of left) {
    for (const below of needs(key)) {
      const other = written.get(below);
      if (other === undefined || needed.has(other)) continue;
      needed.add(other);
      left.push(other);
    }
  }
  return keys.filter((key) => !needed.has(key));
}

/**
 * What is to be changed for a variable to be called otherwise, wherever it is referred to.
 * @param {Tree} tree
 * @param {string} from a key that the tree has
 * @param {string} to a key that it has not
 * @param {IsRaw} [isRaw]
 * @returns {Patch[]}
 */
export function renameKey(tree, from, to, isRaw = saysSo) {
  if (from === to) return [];
  const patches = /** @type {Patch[]} */ ([{ kind: "rest", id: "", patch: renamedRest(tree, from, to) }]);
  for (const [id, node] of Object.entries(tree.activities ?? {})) {
    const patch = renamedNode(node, from, to, isRaw);
    if (Object.keys(patch).length) patches.push({ kind: "node", id, patch });
  }
  for (const gateway of Object.values(tree.gateways ?? {})) {
    for (const [id, condition] of Object.entries(gateway.conditions ?? {})) {
      const evaluate = renamedIn(condition?.evaluate, from, to);
      if (evaluate !== condition?.evaluate) patches.push({ kind: "flow", id, patch: { condition: { ...condition, evaluate, ...(condition.name === condition.evaluate ? { name: evaluate } : {}) } } });
    }
  }
  return patches;
}

/** @param {Tree} tree @param {string} from @param {string} to */
function renamedRest(tree, from, to) {
  const same = (/** @type {any} */ key) => (keyOf(String(key)) === keyOf(from) ? to : key);
  const constants = Object.entries(tree.constants ?? {}).map(([key, constant]) => {
    const value = renamedIn(constant.value, from, to), rows = hidingRows(constant);
    const changed = {
      ...(key === from ? { key: to } : {}),
      ...(value !== constant.value ? { value } : {}),
      ...(rows.some((row) => same(row.constant_key) !== row.constant_key) ? { hide_condition: constant.hide_condition.map((/** @type {any} */ row) => (row?.constant_key ? { ...row, constant_key: same(row.constant_key) } : row)) } : {}),
    };
    return [key === from ? to : key, Object.keys(changed).length ? { ...constant, ...changed } : constant];
  });
  const outputs = tree.outputs?.map(same);
  return { constants: Object.fromEntries(constants), ...(outputs ? { outputs } : {}) };
}

/** @param {JsonObject} node @param {string} from @param {string} to @param {IsRaw} isRaw @returns {JsonObject} */
function renamedNode(node, from, to, isRaw) {
  const patch = /** @type {JsonObject} */ ({}), data = inputsOf(node);
  const inputs = mapped(data, (entry, tag) => (isRaw(node, tag) ? entry : hasValue(entry) ? withValue(entry, from, to) : renamedIn(entry, from, to)));
  if (inputs !== data) patch.component = { ...node.component, [node.component?.data ? "data" : "inputs"]: inputs };
  const step = renamedIn(node.step, from, to);
  if (step !== node.step) patch.step = step;
  const constants = mapped(node.constants ?? {}, (child) => (hasValue(child) ? withValue(child, from, to) : child));
  if (node.constants && constants !== node.constants) patch.constants = constants;
  const inner = mapped(Object.fromEntries(shown(node.pipeline)), (child) => withValue(child, from, to));
  if (shown(node.pipeline).some(([key, child]) => inner[key] !== child)) patch.pipeline = { ...node.pipeline, constants: { ...node.pipeline.constants, ...inner } };
  return patch;
}

/** An object with other values; the very same one when they stay. @param {JsonObject} object @param {(value: any, key: string) => any} change @returns {JsonObject} */
function mapped(object, change) {
  const entries = Object.entries(object).map(([key, value]) => [key, change(value, key)]);
  return entries.some(([key, value]) => value !== object[key]) ? Object.fromEntries(entries) : object;
}

/** @param {JsonObject} entry @param {string} from @param {string} to */
function withValue(entry, from, to) {
  const value = renamedIn(entry.value, from, to);
  return value === entry.value ? entry : { ...entry, value };
}

/**
 * Apply patches to a tree, as the commands of the canvas do to what it shows.
 * @param {Tree} tree
 * @param {Patch[]} patches
 * @returns {Tree}
 */
export function patchedTree(tree, patches) {
  const { activities, gateways, ...rest } = tree;
  const nodes = { ...activities };
  let branches = { ...gateways }, others = rest;
  for (const { kind, id, patch } of patches) {
    if (kind === "rest") others = { ...others, ...patch };
    if (kind === "node" && id in nodes) nodes[id] = { ...nodes[id], ...patch };
    if (kind === "node" && id in branches) branches[id] = { ...branches[id], ...patch };
    if (kind === "note") others = { ...others, notes: others.notes?.map((note) => (note.id === id ? { ...note, ...patch } : note)) };
    if (kind === "flow") branches = Object.fromEntries(Object.entries(branches).map(([key, gateway]) => [key, gateway.conditions?.[id] ? { ...gateway, conditions: { ...gateway.conditions, [id]: patch.condition } } : gateway]));
  }
  return /** @type {Tree} */ ({ ...others, activities: nodes, gateways: branches });
}
