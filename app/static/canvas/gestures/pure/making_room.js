/**
 * Makes room for a node that is put into a line: where the gap is too narrow the node moves off what it comes after, and
 * what comes behind is pushed on, with everything that follows it.
 *
 * @import { Box, Point } from "./free_place.js"
 * @typedef {Box & { id: string }} Placed
 */
import { GRID } from "../../layout/grid.js"
import { GAP } from "./free_place.js";

/** A gap below this is widened to `GAP`; how near two boxes pass each other before one is in the way of the other. */
const TIGHT = 40, BESIDE = 20;

/** The measures of a way across and of a way down. */
const ACROSS = /** @type {const} */ ({ at: "x", size: "width", off: "y", thick: "height" });
const DOWN = /** @type {const} */ ({ at: "y", size: "height", off: "x", thick: "width" });
/** @typedef {typeof ACROSS | typeof DOWN} Axis */

/**
 * What is to be moved for a node to stand in a line; a line that leads back pushes nothing.
 * @param {Box} box where the node is to stand
 * @param {Placed} source
 * @param {Placed} target
 * @param {Placed[]} nodes all that is on the canvas but the node
 * @param {{ source: string, target: string }[]} flows
 * @param {{ before?: number, behind?: number }} [gaps] the room that is wanted at least, as for words
 * @returns {{ by: Point, pushed: string[], way: Point }} how far the node moves, what is pushed, and how far that
 */
export function makingRoom(box, source, target, nodes, flows, { before = TIGHT, behind = TIGHT } = {}) {
  const axis = axisOf(source, target), still = { by: { x: 0, y: 0 }, pushed: [], way: { x: 0, y: 0 } };
  if (!axis) return still;
  const by = isInTheWay(box, source, axis) ? missing(box[axis.at] - source[axis.at] - source[axis.size], before) : 0;
  const placed = shifted(box, axis, by);
  const push = isInTheWay(placed, target, axis) ? missing(target[axis.at] - placed[axis.at] - placed[axis.size], behind) : 0;
  if (!push) return { ...still, by: along(axis, by) };
  return { by: along(axis, by), pushed: pushedBy(target, nodes, flows, axis, push), way: along(axis, push) };
}

/** Which way a line leads; null when back. @param {Box} source @param {Box} target @returns {Axis | null} */
function axisOf(source, target) {
  if (target.x >= source.x + source.width) return ACROSS;
  return target.y >= source.y + source.height ? DOWN : null;
}

/** @param {Box} a @param {Box} b @param {Axis} axis */
const isInTheWay = (a, b, { off, thick }) => a[off] < b[off] + b[thick] + BESIDE && b[off] < a[off] + a[thick] + BESIDE;

/** What a gap lacks, on the grid. @param {number} gap @param {number} wanted */
const missing = (gap, wanted) => (gap < wanted ? Math.ceil((Math.max(wanted, GAP) - gap) / GRID) * GRID : 0);

/** @template {Box} T @param {T} box @param {Axis} axis @param {number} by @returns {T} */
const shifted = (box, { at }, by) => ({ ...box, [at]: box[at] + by });

/** @param {Axis} axis @param {number} by @returns {Point} */
const along = ({ at }, by) => ({ x: at === "x" ? by : 0, y: at === "y" ? by : 0 });

/**
 * The node, all that follows it, and whatever that would be pushed onto.
 * @param {Placed} first
 * @param {Placed[]} nodes
 * @param {{ source: string, target: string }[]} flows
 * @param {Axis} axis
 * @param {number} push
 */
function pushedBy(first, nodes, flows, axis, push) {
  const behind = nodes.filter((n) => n[axis.at] >= first[axis.at]), open = new Map(behind.map((n) => [n.id, n]));
  const pushed = /** @type {Placed[]} */ ([]);
  const take = (/** @type {Placed | undefined} */ node) => {
    if (!node || !open.delete(node.id)) return;
    pushed.push(node);
  };
  take(first);
  for (const node of pushed) {
    for (const flow of flows) if (flow.source === node.id) take(open.get(flow.target));
    const there = shifted(node, axis, push);
    for (const other of [...open.values()]) if (meets(there, other) && !meets(node, other)) take(other);
  }
  return pushed.map((n) => n.id);
}

/** @param {Box} a @param {Box} b */
const meets = (a, b) => a.x < b.x + b.width + GRID && b.x < a.x + a.width + GRID && a.y < b.y + b.height + GRID && b.y < a.y + a.height + GRID;
