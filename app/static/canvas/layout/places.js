/**
 * Where the nodes of a laid out flow go: each part of the flow that is not joined to the others by itself, one below the
 * other; columns so far apart that words fit between, rows by `rows.js`.
 *
 * @import { Item } from "./rows.js"
 * @import { Layered } from "./layers.js"
 * @import { Line, Node, Point } from "./graph.js"
 */
import { onGrid } from "./grid.js";
import { wishesOf } from "./fans.js";
import { forward, layered } from "./layers.js";
import { rowsOf } from "./rows.js";

/** The room between columns; before the words of a line, and behind them. */
const GAP = 52, BEFORE_WORDS = 38, BEHIND_WORDS = 24;
/** The room between parts of a flow that are not joined. */
const APART = 120;

/** @typedef {{ nodes: Node[], onward: Line[], back: Line[], flow: Layered }} Part what is joined, in layers; the lines that lead on, and the others */

/**
 * The corners of all nodes; the first of them stays where it was, and every middle is on the grid.
 * @param {Node[]} nodes in the order of the flow
 * @param {Line[]} lines
 * @returns {Map<string, Point>}
 */
export const placesOf = (nodes, lines) => placed(partsOf(nodes, lines));

/**
 * The same, with the nodes of each layer in an order that somebody else finds.
 * @param {Node[]} nodes
 * @param {Line[]} lines
 * @param {(flow: Layered, lines: Line[]) => Promise<Layered>} arranged told the lines that lead on
 * @returns {Promise<Map<string, Point>>}
 */
export async function arrangedPlacesOf(nodes, lines, arranged) {
  const parts = [];
  for (const part of partsOf(nodes, lines)) parts.push({ ...part, flow: await arranged(part.flow, part.onward) });
  return placed(parts);
}

/** @param {Part[]} parts @returns {Map<string, Point>} */
function placed(parts) {
  const places = /** @type {Map<string, Point>} */ (new Map());
  let top = -Infinity, origin = { x: 0, y: 0 };
  for (const [i, part] of parts.entries()) {
    const middles = middlesOf(part), [first] = part.nodes, start = /** @type {Point} */ (middles.get(first.id));
    if (i === 0) origin = { x: onGrid(first.x + first.width / 2), y: onGrid(first.y + first.height / 2) };
    const highest = Math.min(...[...middles.values()].map(({ y }) => y)), down = i === 0 ? origin.y - start.y : top + APART - highest;
    for (const { id, width, height } of part.nodes) {
      const { x, y } = /** @type {Point} */ (middles.get(id));
      places.set(id, { x: x - start.x + origin.x - width / 2, y: y + down - height / 2 });
      top = Math.max(top, y + down);
    }
  }
  return places;
}

/** @param {Node[]} nodes @param {Line[]} lines @returns {Part[]} in the order of their first nodes */
function partsOf(nodes, lines) {
  return joinedNodes(nodes, lines).map((part) => {
    const ids = new Set(part.map(({ id }) => id)), own = lines.filter(({ source }) => ids.has(source)), onward = forward(part, own), leads = new Set(onward);
    return { nodes: part, onward, back: own.filter((line) => !leads.has(line)), flow: layered(part, onward) };
  });
}

/** @param {Node[]} nodes @param {Line[]} lines @returns {Node[][]} in the order of their first nodes */
function joinedNodes(nodes, lines) {
  const next = new Map(nodes.map(({ id }) => [id, /** @type {string[]} */ ([])])), seen = new Set();
  for (const { source, target } of lines) {
    next.get(source)?.push(target);
    next.get(target)?.push(source);
  }
  return nodes.flatMap(({ id }) => {
    if (seen.has(id)) return [];
    const part = new Set([id]);
    for (const member of part) for (const other of next.get(member) ?? []) part.add(other);
    for (const member of part) seen.add(member);
    return [nodes.filter((n) => part.has(n.id))];
  });
}

/** @param {Part} part @returns {Map<string, Point>} */
function middlesOf({ nodes, onward, back, flow }) {
  const { layers, wishes, between } = wishesOf(nodes, onward, back, flow), rows = rowsOf(layers, flow.steps, wishes, between), columns = columnsOf(nodes, onward, flow);
  return new Map(nodes.map(({ id }) => {
    const item = /** @type {Item} */ (flow.items.get(id));
    return [id, { x: columns[item.layer], y: /** @type {number} */ (rows.get(item)) }];
  }));
}

/** The middles of the columns. @param {Node[]} nodes @param {Line[]} lines @param {Layered} flow @returns {number[]} */
function columnsOf(nodes, lines, { layers, items }) {
  const layerOf = (/** @type {string} */ id) => /** @type {Item} */ (items.get(id)).layer;
  const half = layers.map(() => 0), words = layers.map(() => 0);
  for (const { id, width } of nodes) half[layerOf(id)] = Math.max(half[layerOf(id)], width / 2);
  for (const { source, label } of lines) if (label) words[layerOf(source)] = Math.max(words[layerOf(source)], BEFORE_WORDS + label + BEHIND_WORDS);
  const middles = [0];
  for (let i = 1; i < layers.length; i += 1) middles.push(middles[i - 1] + Math.ceil(Math.max(half[i - 1] + GAP, words[i - 1]) / 10 + half[i] / 10) * 10);
  return middles;
}
