/**
 * What a line has to do with: where it leaves and enters, and the walls that it keeps away from.
 *
 * @import { Point, Sides } from "./types.js"
 * @import { Box } from "../tree/sides.js"
 * @import { Area } from "./routing_field.js"
 * @typedef {Area & { margin: number }} Wall an obstacle and how far lines keep away from it
 * @typedef {{ start: Point, out: Point, into: Point, end: Point, sides: Sides, walls: Wall[] }} Scene `out` and `into` are where the straight stubs end
 * @typedef {"x" | "y"} Axis
 */
import { WAYS, anchor } from "../tree/sides.js";
import { areaOf } from "./routing_field.js";

/** How far a line goes straight out of a node before it turns. */
export const STUB = 16;
/** How far lines keep away from nodes, where there is room. */
export const MARGIN = 10;

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
 * @param {Box[]} boxes the obstacles; the two may be among them
 * @returns {Scene}
 */
export function sceneOf(source, target, sides, boxes) {
  const start = anchor(source, sides.source), end = anchor(target, sides.target);
  const others = boxes.filter((b) => !isSame(b, source) && !isSame(b, target) && !holds(b, source) && !holds(b, target));
  const facing = gapBetween(start, end, sides);
  const outBy = stubLength(facing, room(start, sides.source, [target, ...others]));
  const intoBy = stubLength(facing, room(end, sides.target, [source, ...others]));
  const out = beyond(start, sides.source, outBy), into = beyond(end, sides.target, intoBy);
  const stubs = [spanned(start, out), spanned(end, into)];
  const own = [
    { ...areaOf(source), margin: Math.min(MARGIN, outBy, apart(areaOf(source), stubs[1])) },
    { ...areaOf(target), margin: Math.min(MARGIN, intoBy, apart(areaOf(target), stubs[0])) },
  ];
  const walls = others.map((box) => {
    const area = areaOf(box);
    return { ...area, margin: Math.min(MARGIN, ...stubs.map((stub) => apart(area, stub))) };
  });
  return { start, out, into, end, sides, walls: [...own, ...walls].filter((w) => w.margin > 0) };
}

/**
 * Whether a straight stretch comes nearer to a wall than its margin allows.
 * @param {Point} a
 * @param {Point} b
 * @param {Wall[]} walls
 */
export function isBlocked(a, b, walls) {
  const left = Math.min(a.x, b.x), right = Math.max(a.x, b.x), top = Math.min(a.y, b.y), bottom = Math.max(a.y, b.y);
  return walls.some((w) => left < w.right + w.margin && right > w.left - w.margin && top < w.bottom + w.margin && bottom > w.top - w.margin);
}

/** @param {Point} from @param {Sides["source"]} side @param {number} by @returns {Point} */
export function beyond(from, side, by) {
  const [x, y] = WAYS[side];
  return { x: from.x + x * by, y: from.y + y * by };
}

/** How far two sides that look at each other are apart; without end when they do not. @param {Point} start @param {Point} end @param {Sides} sides */
function gapBetween(start, end, { source, target }) {
  const [x, y] = WAYS[source], [tx, ty] = WAYS[target];
  const gap = (end.x - start.x) * x + (end.y - start.y) * y;
  return x === -tx && y === -ty && gap > 0 ? gap : Infinity;
}

/** @param {number} facing @param {number} ahead */
function stubLength(facing, ahead) {
  return Math.min(STUB, facing / 2, ahead / 2);
}

/** How much room there is straight ahead of a side. @param {Point} from @param {Sides["source"]} side @param {Box[]} boxes */
function room(from, side, boxes) {
  const [x, y] = WAYS[side], axis = axisOf(side), across = OTHER[axis];
  let least = Infinity;
  for (const box of boxes) {
    const area = areaOf(box);
    if (area[LOW[across]] - MARGIN >= from[across] || area[HIGH[across]] + MARGIN <= from[across]) continue;
    const ahead = x + y > 0 ? area[LOW[axis]] - from[axis] : from[axis] - area[HIGH[axis]];
    if (ahead > 0) least = Math.min(least, ahead);
  }
  return least;
}

/** The larger of the distances along x and y; 0 when they overlap. @param {Area} a @param {Area} b */
function apart(a, b) {
  return Math.max(a.left - b.right, b.left - a.right, a.top - b.bottom, b.top - a.bottom, 0);
}

/** @param {Point} a @param {Point} b @returns {Area} */
export function spanned(a, b) {
  return { left: Math.min(a.x, b.x), top: Math.min(a.y, b.y), right: Math.max(a.x, b.x), bottom: Math.max(a.y, b.y) };
}

/** @param {Box} a @param {Box} b */
function isSame(a, b) {
  return a.x === b.x && a.y === b.y && a.width === b.width && a.height === b.height;
}

/** Whether a box holds another, as an opened subprocess holds its nodes. @param {Box} box @param {Box} inner */
function holds(box, inner) {
  return box.x <= inner.x && box.y <= inner.y && box.x + box.width >= inner.x + inner.width && box.y + box.height >= inner.y + inner.height;
}
