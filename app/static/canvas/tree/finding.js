/**
 * Finds text in all that people write into a flow, and replaces it. Keys of variables are found, and renamed elsewhere;
 * passwords are neither.
 *
 * @import { JsonObject, Tree } from "./types.js"
 * @import { Patch } from "./references.js"
 * @typedef {"name" | "stage" | "input" | "parameter" | "condition" | "branch" | "key" | "description" | "value" | "note"} Where
 * @typedef {{ of: "node" | "line" | "variable" | "note", id: string, where: Where, field: string }} Place `field` is the tag of an input, or the key of a parameter
 * @typedef {Place & { text: string, at: number[], length: number, fixed: boolean }} Hit `at` is where in the text it stands; what is fixed cannot be replaced
 * @typedef {(text: string, place: Place) => string} Visit
 */
import { inputsOf } from "./hooks.js";
import { notesOf } from "./reading.js";
import { replaced } from "./references.js";

/**
 * Where a text stands.
 * @param {Tree} tree
 * @param {string} wanted
 * @param {{ matchCase?: boolean }} [options]
 * @returns {Hit[]}
 */
export function find(tree, wanted, { matchCase = false } = {}) {
  const hits = /** @type {Hit[]} */ ([]);
  if (!wanted) return hits;
  const look = (/** @type {string} */ text, /** @type {Place} */ place, fixed = false) => {
    const at = placesIn(text, wanted, matchCase);
    if (at.length) hits.push({ ...place, text, at, length: wanted.length, fixed });
    return text;
  };
  visited(tree, look);
  for (const key of Object.keys(tree.constants ?? {})) look(key, { of: "variable", id: key, where: "key", field: "" }, true);
  return hits;
}

/**
 * What is to be changed for a text to be replaced everywhere, or only where it is asked for.
 * @param {Tree} tree
 * @param {string} wanted
 * @param {string} instead
 * @param {{ matchCase?: boolean, only?: Place }} [options]
 * @returns {Patch[]}
 */
export function replaceAll(tree, wanted, instead, { matchCase = false, only } = {}) {
  if (!wanted) return [];
  return visited(tree, (text, place) => (only && !isSame(only, place) ? text : replacedIn(text, wanted, instead, matchCase)));
}

/** @param {Place} a @param {Place} b */
const isSame = (a, b) => a.of === b.of && a.id === b.id && a.where === b.where && a.field === b.field;

/**
 * Where a text stands in another, one behind the other.
 * @param {string} text
 * @param {string} wanted
 * @param {boolean} matchCase
 */
function placesIn(text, wanted, matchCase) {
  const found = /** @type {number[]} */ ([]), pattern = patternOf(wanted, matchCase);
  for (const match of text.matchAll(pattern)) found.push(match.index);
  return found;
}

/** @param {string} text @param {string} wanted @param {string} instead @param {boolean} matchCase */
function replacedIn(text, wanted, instead, matchCase) {
  return text.replace(patternOf(wanted, matchCase), () => instead);
}

/** @param {string} wanted @param {boolean} matchCase */
function patternOf(wanted, matchCase) {
  return new RegExp(wanted.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"), matchCase ? "g" : "gi");
}

/**
 * Show each text to `visit`, and return what is to be changed for them to be what it says.
 * @param {Tree} tree
 * @param {Visit} visit
 * @returns {Patch[]}
 */
function visited(tree, visit) {
  const nodes = [...Object.values(tree.activities ?? {}), ...Object.values(tree.gateways ?? {})].flatMap((node) => nodePatch(node, visit));
  const lines = Object.values(tree.gateways ?? {}).flatMap((gateway) => Object.entries(gateway.conditions ?? {}).flatMap(([id, condition]) => linePatch(id, condition, visit)));
  const variables = variablesPatch(tree, visit);
  const notes = (notesOf(tree) ?? []).flatMap((note) => {
    const text = visit(note.text ?? "", { of: "note", id: note.id, where: "note", field: "" });
    return text === (note.text ?? "") ? [] : [/** @type {Patch} */ ({ kind: "note", id: note.id, patch: { text } })];
  });
  return [...nodes, ...lines, ...variables, ...notes];
}

/** @param {JsonObject} node @param {Visit} visit @returns {Patch[]} */
function nodePatch(node, visit) {
  const place = (/** @type {Where} */ where, field = "") => /** @type {Place} */ ({ of: "node", id: node.id, where, field });
  const patch = changes(node, {
    name: (value) => visit(value, place("name")),
    stage_name: (value) => visit(value, place("stage")),
  });
  const inputs = inputsOf(node), group = node.component?.data ? "data" : "inputs";
  const data = mapValues(inputs, (entry, tag) => inValue(entry, (text) => visit(text, place("input", tag))));
  if (data !== inputs) patch.component = { ...node.component, [group]: data };
  const given = node.constants ?? {}, constants = mapValues(given, (child, key) => (child?.custom_type === "password" ? child : inValue(child, (text) => visit(text, place("parameter", key)))));
  if (constants !== given) patch.constants = constants;
  return Object.keys(patch).length ? [{ kind: "node", id: node.id, patch }] : [];
}

/** @param {string} id @param {JsonObject} condition @param {Visit} visit @returns {Patch[]} */
function linePatch(id, condition, visit) {
  const place = (/** @type {Where} */ where) => /** @type {Place} */ ({ of: "line", id, where, field: "" });
  const repeats = condition?.name === condition?.evaluate;
  const patch = changes(condition ?? {}, { evaluate: (value) => visit(value, place("condition")), ...(repeats ? {} : { name: (value) => visit(value, place("branch")) }) });
  if (repeats && "evaluate" in patch) patch.name = patch.evaluate;
  return Object.keys(patch).length ? [{ kind: "flow", id, patch: { condition: { ...condition, ...patch } } }] : [];
}

/** @param {Tree} tree @param {Visit} visit @returns {Patch[]} */
function variablesPatch(tree, visit) {
  const before = tree.constants ?? {};
  const constants = mapValues(before, (constant, key) => {
    const place = (/** @type {Where} */ where) => /** @type {Place} */ ({ of: "variable", id: key, where, field: "" });
    const patch = changes(constant, { name: (value) => visit(value, place("name")), desc: (value) => visit(value, place("description")) });
    const value = constant.custom_type === "password" ? constant.value : replaced(constant.value, (text) => visit(text, place("value")));
    return Object.keys(patch).length || value !== constant.value ? { ...constant, ...patch, value } : constant;
  });
  return constants === before ? [] : [{ kind: "rest", id: "", patch: { constants } }];
}

/** What changes of an object's texts. @param {JsonObject} object @param {Record<string, (value: string) => string>} how @returns {JsonObject} */
function changes(object, how) {
  const found = Object.entries(how).filter(([key]) => typeof object[key] === "string").map(([key, change]) => [key, change(object[key])]);
  return Object.fromEntries(found.filter(([key, value]) => value !== object[key]));
}

/** An input or parameter with other texts in its value. @param {any} entry @param {(text: string) => string} change */
function inValue(entry, change) {
  if (!entry || typeof entry !== "object" || !("value" in entry)) return replaced(entry, change);
  const value = replaced(entry.value, change);
  return value === entry.value ? entry : { ...entry, value };
}

/** @param {JsonObject} object @param {(value: any, key: string) => any} change @returns {JsonObject} the very same one when nothing changes */
function mapValues(object, change) {
  const entries = Object.entries(object).map(([key, value]) => [key, change(value, key)]);
  return entries.some(([key, value]) => value !== object[key]) ? Object.fromEntries(entries) : object;
}
