/**
 * A part of a flow as text on the clipboard, and as it fits into another flow: with new ids, with its variables, which
 * are called otherwise where the other flow has a different one of that name.
 *
 * @import { Constant, Drawing, DrawnFlow, DrawnNode, JsonObject, Note, Tree } from "../../tree/types.js"
 * @typedef {{ sluice: 1, nodes: JsonObject[], flows: JsonObject[], line: JsonObject[], location: JsonObject[], notes: Note[], constants: Record<string, Constant> }} Clip
 * @typedef {{ nodes: DrawnNode[], flows: DrawnFlow[], notes: Note[], constants: Record<string, Constant>, renamed: [string, string][], lost: string[] }} Fitted
 *   `constants` are all variables of the flow then; `lost` are outputs of nodes that did not come along
 */
import { KINDS } from "../../tree/kinds.js";
import { NOWHERE, readTree } from "../../tree/reading.js";
import { keyOf, keysIn, nameOf, patchedTree, renameKey } from "../../tree/references.js";
import { withNewIds } from "../../tree/step_settings.js";
import { writeTree } from "../../tree/writing.js";

/**
 * Copy a part of a flow: these nodes and notes, the lines among them, and the variables that they refer to.
 * @param {Drawing} drawing
 * @param {Set<string>} ids
 * @returns {Clip | null} null when there is nothing that can be copied, as of the start and the end
 */
export function makeClip(drawing, ids) {
  const nodes = drawing.nodes.filter((n) => ids.has(n.id) && KINDS[n.kind].group !== "event"), own = new Set(nodes.map((n) => n.id));
  const notes = drawing.notes.filter((n) => ids.has(n.id));
  if (!nodes.length && !notes.length) return null;
  const flows = drawing.flows.filter((f) => own.has(f.source) && own.has(f.target));
  const tree = writeTree({ nodes, flows, notes, rest: {}, origin: NOWHERE });
  const written = [...Object.values(tree.activities), ...Object.values(tree.gateways)];
  return {
    sluice: 1, nodes: written, flows: Object.values(tree.flows), line: tree.line ?? [], location: tree.location ?? [], notes,
    constants: needed(written, drawing.rest.constants ?? {}),
  };
}

/**
 * The variables that nodes refer to, also by way of another variable.
 * @param {JsonObject[]} nodes
 * @param {Record<string, Constant>} constants
 */
function needed(nodes, constants) {
  const keys = new Set(nodes.flatMap((n) => [...keysOf(n)]));
  for (const key of keys) {
    const constant = constants[key] ?? constants[nameOf(key)];
    const rows = Array.isArray(constant?.hide_condition) ? constant.hide_condition : [];
    for (const other of [...keysIn(constant?.value), ...rows.map((r) => keyOf(String(r?.constant_key)))]) keys.add(other);
  }
  return Object.fromEntries(Object.entries(constants).filter(([key]) => keys.has(keyOf(key))).map(([key, constant]) => [key, structuredClone(constant)]));
}

/** @param {JsonObject} node */
function keysOf({ component, constants, conditions, step }) {
  const values = [...Object.values(component?.data ?? {}), ...Object.values(constants ?? {})].map((entry) => (entry && typeof entry === "object" && "value" in entry ? entry.value : entry));
  return keysIn([values, step, Object.values(conditions ?? {}).map((c) => c?.evaluate)]);
}

/**
 * Read what is on the clipboard.
 * @param {string} text
 * @returns {Clip | null} null when it is no part of a flow
 */
export function readClip(text) {
  if (!text.trimStart().startsWith("{")) return null;
  try {
    const { sluice, nodes = [], flows = [], line = [], location = [], notes = [], constants = {} } = JSON.parse(text);
    const clip = { sluice, nodes, flows, line, location, notes, constants };
    return sluice === 1 && isWhole(clip) ? /** @type {Clip} */ (clip) : null;
  } catch {
    return null;
  }
}

/** @param {JsonObject} clip */
function isWhole({ nodes, flows, line, location, notes, constants }) {
  const isThing = (/** @type {any} */ thing) => thing && typeof thing === "object" && typeof thing.id === "string";
  const ids = new Set(Array.isArray(nodes) ? nodes.map((n) => n?.id) : []);
  return [nodes, flows, line, location, notes].every((list) => Array.isArray(list) && list.every(isThing)) && isObject(constants)
    && Object.values(constants).every(isObject)
    && nodes.every((/** @type {any} */ n) => KINDS[/** @type {keyof typeof KINDS} */ (n.type)] && KINDS[/** @type {keyof typeof KINDS} */ (n.type)].group !== "event")
    && flows.every((/** @type {any} */ f) => ids.has(f.source) && ids.has(f.target))
    && nodes.length + notes.length > 0;
}

/** @param {any} value */
const isObject = (value) => Boolean(value) && typeof value === "object" && !Array.isArray(value);

/**
 * Make a clip fit into a flow: nothing in it has an id or a variable's name that the flow uses for something else.
 * @param {Clip} clip
 * @param {Record<string, Constant>} constants the variables of the flow
 * @param {(word: "node" | "line" | "note") => string} newId
 * @returns {Fitted}
 */
export function fitClip(clip, constants, newId) {
  const ids = new Map(/** @type {[string, string][]} */ ([
    ...clip.nodes.map((n) => [n.id, newId("node")]), ...clip.flows.map((f) => [f.id, newId("line")]), ...clip.notes.map((n) => [n.id, newId("note")])]));
  const { all, renamed, lost } = fitConstants(clip.constants, constants, ids);
  let tree = treeOf(clip);
  for (const [from, to] of renamed) tree = patchedTree(tree, renameKey(tree, from, to));
  const { nodes, flows, notes } = readTree(tree);
  return {
    nodes: nodes.map((n) => fitNode(n, ids)), flows: flows.map((f) => fitFlow(f, ids)),
    notes: notes.map((n) => ({ ...n, id: /** @type {string} */ (ids.get(n.id)) })), constants: all, renamed, lost,
  };
}

/** @param {Clip} clip @returns {Tree} */
function treeOf({ nodes, flows, line, location, notes, constants }) {
  const group = (/** @type {string} */ name) => Object.fromEntries(nodes.filter((n) => KINDS[/** @type {keyof typeof KINDS} */ (n.type)].group === name).map((n) => [n.id, n]));
  const byId = (/** @type {JsonObject[]} */ things) => Object.fromEntries(things.map((thing) => [thing.id, thing]));
  return /** @type {any} */ (structuredClone({ activities: group("activity"), gateways: group("gateway"), flows: byId(flows), line, location, notes, constants, outputs: [] }));
}

/** @param {DrawnNode} drawn @param {Map<string, string>} ids @returns {DrawnNode} */
function fitNode(drawn, ids) {
  const id = /** @type {string} */ (ids.get(drawn.id)), { converge_gateway_id: converge, ...node } = drawn.node;
  const kept = ids.has(converge) ? { converge_gateway_id: ids.get(converge) } : {};
  return { ...drawn, id, node: { ...withNewIds(node, ids), id, ...kept }, place: drawn.place && { ...drawn.place, id } };
}

/** @param {DrawnFlow} drawn @param {Map<string, string>} ids @returns {DrawnFlow} */
function fitFlow(drawn, ids) {
  const [id, source, target] = [drawn.id, drawn.source, drawn.target].map((old) => /** @type {string} */ (ids.get(old)));
  const retagged = (/** @type {JsonObject | null} */ condition) => condition && { ...condition, ...("tag" in condition ? { tag: `branch_${source}_${target}` } : {}) };
  return { ...drawn, id, source, target, flow: { ...drawn.flow, id, source, target }, condition: retagged(drawn.condition), fallback: retagged(drawn.fallback) };
}

/**
 * The variables of the flow with those of the clip.
 * @param {Record<string, Constant>} ours of the clip
 * @param {Record<string, Constant>} theirs of the flow
 * @param {Map<string, string>} ids
 */
function fitConstants(ours, theirs, ids) {
  const all = { ...theirs }, renamed = /** @type {[string, string][]} */ ([]), lost = /** @type {string[]} */ ([]);
  let index = Math.max(-1, ...Object.values(theirs).map((c) => Number(c.index) || 0));
  const arriving = Object.entries(ours).map(([key, constant]) => ({ key, constant, to: key }));
  const taken = new Set([...Object.keys(theirs), ...Object.keys(ours)].map(keyOf));
  for (const one of arriving) {
    const there = theirs[one.key], sources = Object.entries(one.constant.source_info ?? {}), own = sources.filter(([id]) => ids.has(id));
    const isOutput = one.constant.source_type === "component_outputs";
    if (there && isSame(there, one.constant) && (!isOutput || sameSources(there, one.constant)) && !(isOutput && own.length)) {
      all[one.key] = withSources(all[one.key], own, ids);
      one.to = "";
    } else if (isOutput && !own.length) {
      lost.push(one.key);
      one.to = "";
    } else if (there) {
      one.to = freeKey(one.key, taken);
      renamed.push([one.key, one.to]);
    }
  }
  for (const { key, constant, to } of arriving) {
    if (!to) continue;
    const own = Object.entries(constant.source_info ?? {}).filter(([id]) => ids.has(id));
    const alone = withSources({ ...constant, key: to, index: (index += 1), ...("source_info" in constant ? { source_info: {} } : {}) }, own, ids);
    all[to] = renamed.reduce((c, [from, other]) => (from === key ? c : patchedConstant(c, from, other)), alone);
  }
  return { all, renamed, lost };
}

/** A variable whose value refers to another that is called otherwise now. @param {Constant} constant @param {string} from @param {string} to */
function patchedConstant(constant, from, to) {
  const tree = /** @type {any} */ ({ constants: { [constant.key]: constant } });
  return renameKey(tree, from, to)[0].patch.constants[constant.key];
}

/** @param {Constant} a @param {Constant} b */
function isSame(a, b) {
  const definition = (/** @type {Constant} */ { index: _index, source_info: _sources, ...rest }) => JSON.stringify(Object.entries(rest).toSorted(([x], [y]) => (x < y ? -1 : 1)));
  return definition(a) === definition(b);
}

/** @param {Constant} a @param {Constant} b */
const sameSources = (a, b) => JSON.stringify(a.source_info ?? {}) === JSON.stringify(b.source_info ?? {});

/** @param {Constant} constant @param {[string, string[]][]} own its nodes among those that came along @param {Map<string, string>} ids @returns {Constant} */
function withSources(constant, own, ids) {
  if (!own.length) return constant;
  return { ...constant, source_info: { ...constant.source_info, ...Object.fromEntries(own.map(([id, tags]) => [ids.get(id), [...tags]])) } };
}

/** @param {string} key @param {Set<string>} taken gets the new key */
function freeKey(key, taken) {
  for (let i = 1; ; i += 1) {
    const free = keyOf(`${nameOf(key)}_${i}`);
    if (taken.has(free)) continue;
    taken.add(free);
    return free;
  }
}
