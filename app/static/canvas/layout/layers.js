/**
 * The layers of a flow: each node as far from the start as the longest way to it, each line through all layers between; in
 * a layer what belongs to the first branch of a gateway stands above what belongs to the second.
 *
 * @import { Line, Node } from "./graph.js"
 * @import { Item, Step } from "./rows.js"
 * @typedef {{ layers: Item[][], steps: Step[], items: Map<string, Item>, paths: Map<string, Item[]> }} Layered `items` by node; `paths` by line, from its source to its target
 */
import { walkOrder } from "./walk_order.js";

/**
 * The lines that lead on, by the order of the flow.
 * @param {Node[]} nodes in that order
 * @param {Line[]} lines
 */
export function forward(nodes, lines) {
  const place = new Map(nodes.map(({ id }, i) => [id, i]));
  return lines.filter(({ source, target }) => /** @type {number} */ (place.get(source)) < /** @type {number} */ (place.get(target)));
}

/**
 * @param {Node[]} nodes in the order of the flow
 * @param {Line[]} lines those that lead on; those out of a node in their order
 * @returns {Layered}
 */
export function layered(nodes, lines) {
  const layerOf = layersOf(nodes, lines), outs = grouped(lines, "source"), ins = grouped(lines, "target");
  const items = new Map(nodes.map(({ id }) => [id, { id, layer: /** @type {number} */ (layerOf.get(id)), isNode: true }]));
  const layers = /** @type {Item[][]} */ (Array.from({ length: 1 + Math.max(...layerOf.values()) }, () => [])), steps = /** @type {Step[]} */ ([]);
  const paths = new Map(lines.map(({ id, source, target }) => {
    const from = /** @type {Item} */ (items.get(source)), to = /** @type {Item} */ (items.get(target)), isWeak = areSeveral(outs.get(source)) && areSeveral(ins.get(target));
    const passed = Array.from({ length: to.layer - from.layer - 1 }, (_, i) => ({ id, layer: from.layer + 1 + i, isNode: false }));
    const path = [from, ...passed, to];
    path.slice(1).forEach((item, i) => steps.push({ from: path[i], to: item, isWeak }));
    return [id, path];
  }));
  for (const { node, line } of orderOf(nodes, lines)) for (const item of /** @type {Item[]} */ (node ? [items.get(node)] : paths.get(line)?.slice(1, -1))) layers[item.layer].push(item);
  return { layers, steps, items, paths };
}

/** The layer of each node; the end is in the last one. @param {Node[]} nodes @param {Line[]} lines @returns {Map<string, number>} */
function layersOf(nodes, lines) {
  const layer = new Map(nodes.map(({ id }) => [id, 0])), after = grouped(lines, "source"), at = (/** @type {string} */ id) => /** @type {number} */ (layer.get(id));
  for (const { id } of nodes) for (const { target } of after.get(id) ?? []) layer.set(target, Math.max(at(target), at(id) + 1));
  const last = Math.max(...layer.values());
  for (const { id, kind } of nodes) if (kind === "EmptyEndEvent") layer.set(id, last);
  return layer;
}

/**
 * Nodes and lines from top to bottom: as they are walked, with a stop on each line.
 * @param {Node[]} nodes
 * @param {Line[]} lines
 * @returns {{ node: string, line: string }[]} one of them empty
 */
function orderOf(nodes, lines) {
  const stops = lines.map((line) => ({ ...line, stop: `line ${line.id}` })), known = new Map(stops.map(({ id, stop }) => [stop, id]));
  const flows = stops.flatMap(({ source, target, stop }) => [{ source, target: stop }, { source: stop, target }]);
  const places = [...nodes, ...stops.map(({ stop }) => ({ id: stop, x: Infinity, y: 0 }))];
  return walkOrder(places, flows, nodes[0].id).map((id) => ({ node: known.has(id) ? "" : id, line: known.get(id) ?? "" }));
}

/**
 * The lines out of each node, or into it.
 * @param {Line[]} lines
 * @param {"source" | "target"} end
 * @returns {Map<string, Line[]>}
 */
export function grouped(lines, end) {
  const groups = /** @type {Map<string, Line[]>} */ (new Map());
  for (const line of lines) groups.set(line[end], [...(groups.get(line[end]) ?? []), line]);
  return groups;
}

/** Whether lines are several. @param {Line[] | undefined} group */
export const areSeveral = (group) => (group?.length ?? 0) > 1;
