/**
 * What differs between two trees, node by node.
 *
 * @import { JsonObject, Tree } from "./types.js"
 * @typedef {"added" | "removed" | "changed"} Difference
 */

/** What says where a node lies or how its lines are called is no difference of the node. */
const PASSING = new Set(["incoming", "outgoing"]);

/**
 * Compare two trees.
 * @param {Tree} before
 * @param {Tree} after
 * @returns {{ nodes: Map<string, Difference>, flows: Map<string, Difference>, variables: Map<string, Difference>, moved: number }}
 */
export function compare(before, after) {
  return {
    nodes: differences(nodesOf(before), nodesOf(after)),
    flows: differences(before.flows ?? {}, after.flows ?? {}),
    variables: differences(before.constants ?? {}, after.constants ?? {}),
    moved: moved(before, after),
  };
}

/** @param {Tree} tree @returns {JsonObject} */
function nodesOf(tree) {
  const all = [tree.start_event, ...Object.values(tree.activities ?? {}), ...Object.values(tree.gateways ?? {}), tree.end_event].filter(Boolean);
  return Object.fromEntries(all.map((node) => [node.id, Object.fromEntries(Object.entries(node).filter(([key]) => !PASSING.has(key)))]));
}

/** @param {JsonObject} before @param {JsonObject} after */
function differences(before, after) {
  const found = /** @type {Map<string, Difference>} */ (new Map());
  for (const id of Object.keys(before)) if (!(id in after)) found.set(id, "removed");
  for (const [id, value] of Object.entries(after)) {
    if (!(id in before)) found.set(id, "added");
    else if (!isEqual(before[id], value)) found.set(id, "changed");
  }
  return found;
}

/** @param {Tree} before @param {Tree} after */
function moved(before, after) {
  const places = new Map((before.location ?? []).map((p) => [p.id, p]));
  return (after.location ?? []).filter((p) => places.has(p.id) && (places.get(p.id)?.x !== p.x || places.get(p.id)?.y !== p.y)).length;
}

/**
 * Whether two JSON values say the same; the order of keys says nothing.
 * @param {any} a
 * @param {any} b
 * @returns {boolean}
 */
export function isEqual(a, b) {
  if (a === b) return true;
  if (typeof a !== "object" || typeof b !== "object" || !a || !b || Array.isArray(a) !== Array.isArray(b)) return false;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => key in b && isEqual(a[key], b[key]));
}
