/**
 * What a line has to do with: where it leaves and enters, and the walls that it keeps away from.
 *
 * @import { Point, Sides } from "./types.js"
 * @import { Box } from "../tree/sides.js"
 * @import { Area, Wall } from "./routing_field.js"
 * @typedef {{ start: Point, out: Point, into: Point, end: Point, sides: Sides, walls: Wall[], area: Area }} Scene `out` and `into` are where it may turn at the earliest; of what lies outside of the area nothing is known
 * @typedef {"x" | "y"} Axis
 */
import { OPPOSITE, WAYS, anchor } from "../tree/sides.js";
import { MARGIN, wallOf } from "./routing_field.js";

/** How far a line goes straight out of a node before it turns, where there is room; never less than the margin then. */
export const STUB = 16;

/** The names of an area's edges by axis: the lower one and the higher one. */
export const LOW = /** @type {const} */ ({ x: "left", y: "top" });
export const HIGH = /** @type {const} */ ({ x: "right", y: "bottom" });
export const OTHER = /** @type {const} */ ({ x: "y", y: "x" });

/** @param {Sides["source"]} side @returns {Axis} the axis along which a line leaves that side */
export const axisOf = (side) => (WAYS[side][0] === 0 ? "y" : "x");

/**
 * @param {Box} source
 * @param {Box} target
 * @param {Sides} sides
 * @param {Wall[]} walls those in the area; the two may be among them
 * @param {Area} area
 * @returns {Scene}
 */
export function sceneOf(source, target, sides, walls, area) {
  const start = anchor(source, sides.source), end = anchor(target, sides.target);
  const from = wallOf(source, MARGIN), to = wallOf(target, MARGIN);
  const facing = gapBetween(start, end, sides, from, to);
  const outBy = Math.min(MARGIN, facing / 2, room(start, sides.source, to, walls) / 2);
  const intoBy = Math.min(MARGIN, facing / 2, room(end, sides.target, from, walls) / 2);
  const out = beyond(start, sides.source, outBy), into = beyond(end, sides.target, intoBy);
  const leaving = spanOf(start, out), entering = spanOf(end, into);
  from.margin = Math.min(MARGIN, outBy, distance(from, entering));
  to.margin = Math.min(MARGIN, intoBy, distance(to, leaving));
  // A wall that a stub touches is left out: the two nodes' own entries among the walls, and a subprocess that holds them.
  const kept = [];
  for (const wall of [from, to, ...walls]) {
    const margin = wall === from || wall === to ? wall.margin : Math.min(MARGIN, distance(wall, leaving), distance(wall, entering));
    if (margin === wall.margin) kept.push(wall);
    else if (margin > 0) kept.push({ left: wall.left, top: wall.top, right: wall.right, bottom: wall.bottom, margin });
  }
  return { start, out, into, end, sides, walls: kept, area };
}

/**
 * Whether a straight stretch comes nearer to a wall than its margin allows.
 * @param {Point} a
 * @param {Point} b
 * @param {Wall[]} walls
 */
export function isBlocked(a, b, walls) {
  const left = Math.min(a.x, b.x), right = Math.max(a.x, b.x), top = Math.min(a.y, b.y), bottom = Math.max(a.y, b.y);
  for (const w of walls) {
    if (left < w.right + w.margin && right > w.left - w.margin && top < w.bottom + w.margin && bottom > w.top - w.margin) return true;
  }
  return false;
}

/** @param {Point} from @param {Sides["source"]} side @param {number} by @returns {Point} */
function beyond(from, side, by) {
  const [x, y] = WAYS[side];
  return { x: from.x + x * by, y: from.y + y * by };
}

/**
 * How wide the gap is between two sides that look at each other; without end when they do not, or past each other.
 * @param {Point} start
 * @param {Point} end
 * @param {Sides} sides
 * @param {Wall} from
 * @param {Wall} to
 */
function gapBetween(start, end, { source, target }, from, to) {
  if (target !== OPPOSITE[source]) return Infinity;
  const [x, y] = WAYS[source], across = OTHER[axisOf(source)];
  const gap = (end.x - start.x) * x + (end.y - start.y) * y, past = Math.max(from[LOW[across]] - to[HIGH[across]], to[LOW[across]] - from[HIGH[across]]);
  return gap > 0 && past < 2 * MARGIN ? gap : Infinity;
}

/** How much room there is straight ahead of a side. @param {Point} from @param {Sides["source"]} side @param {Wall} opposite @param {Wall[]} others */
function room(from, side, opposite, others) {
  const [x, y] = WAYS[side], axis = axisOf(side), across = OTHER[axis];
  let least = Infinity;
  const look = (/** @type {Wall} */ wall) => {
    if (wall[LOW[across]] - MARGIN >= from[across] || wall[HIGH[across]] + MARGIN <= from[across]) return;
    const ahead = x + y > 0 ? wall[LOW[axis]] - from[axis] : from[axis] - wall[HIGH[axis]];
    if (ahead > 0) least = Math.min(least, ahead);
  };
  look(opposite);
  for (const wall of others) look(wall);
  return least;
}

/** The larger of the distances along x and y; 0 when they overlap. @param {Area} a @param {Area} b */
function distance(a, b) {
  return Math.max(a.left - b.right, b.left - a.right, a.top - b.bottom, b.top - a.bottom, 0);
}

/** @param {Point} a @param {Point} b @returns {Area} */
function spanOf(a, b) {
  return { left: Math.min(a.x, b.x), top: Math.min(a.y, b.y), right: Math.max(a.x, b.x), bottom: Math.max(a.y, b.y) };
}
