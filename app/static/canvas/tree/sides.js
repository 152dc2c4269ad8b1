/**
 * On which sides a line leaves and enters.
 *
 * @import { Side } from "./types.js"
 * @typedef {{ x: number, y: number, width: number, height: number }} Box
 */

/** @type {Record<Side, [number, number]>} The way out of a box on each side. */
export const WAYS = { Top: [0, -1], Right: [1, 0], Bottom: [0, 1], Left: [-1, 0] };

/** @type {Record<Side, Side>} */
export const OPPOSITE = { Top: "Bottom", Bottom: "Top", Left: "Right", Right: "Left" };

/**
 * The middle of a side of a box.
 * @param {Box} box
 * @param {Side} side
 */
export function anchor(box, side) {
  const [x, y] = WAYS[side];
  return { x: box.x + (box.width / 2) * (1 + x), y: box.y + (box.height / 2) * (1 + y) };
}

/**
 * The side of a box that a point is nearest to, by the box's proportions.
 * @param {Box} box
 * @param {{ x: number, y: number }} point
 * @returns {Side}
 */
export function sideTowards(box, point) {
  const x = (point.x - box.x - box.width / 2) / box.width;
  const y = (point.y - box.y - box.height / 2) / box.height;
  if (Math.abs(x) >= Math.abs(y)) return x >= 0 ? "Right" : "Left";
  return y >= 0 ? "Bottom" : "Top";
}

/**
 * The sides that make the shortest plain line: across while there is room between the boxes, else up or down. A line back
 * goes below what lies between, or above where it leads up.
 * @param {Box} source
 * @param {Box} target
 * @returns {{ source: Side, target: Side }}
 */
export function sidesBetween(source, target) {
  const gapRight = target.x - (source.x + source.width);
  const gapLeft = source.x - (target.x + target.width);
  const gapDown = target.y - (source.y + source.height);
  const gapUp = source.y - (target.y + target.height);
  const best = Math.max(gapRight, gapLeft, gapDown, gapUp);
  if (gapRight >= 20 || best === gapRight) return { source: "Right", target: "Left" };
  if (best === gapDown) return { source: "Bottom", target: "Top" };
  if (best === gapUp) return { source: "Top", target: "Bottom" };
  const isUp = target.y + target.height / 2 < source.y + source.height / 2;
  return isUp ? { source: "Top", target: "Top" } : { source: "Bottom", target: "Bottom" };
}

/** How much room two sides that face each other need. */
const ROOM = 20;

/**
 * Whether the sides of a line still make sense where its nodes are: each looks to where the other node is; two equal ones
 * go around what lies between, as long as neither node is in front of the other there.
 * @param {Box} source
 * @param {Box} target
 * @param {{ source: Side, target: Side }} sides
 */
export function pointsThere(source, target, sides) {
  if (sides.source === sides.target) return gapFrom(source, sides.source, target) < 0 && gapFrom(target, sides.target, source) < 0;
  if (sides.target === OPPOSITE[sides.source]) return gapFrom(source, sides.source, target) >= ROOM;
  const point = (/** @type {Box} */ { x, y, width, height }) => ({ x: x + width / 2, y: y + height / 2, width: 0, height: 0 });
  return gapFrom(source, sides.source, point(target)) > 0 && gapFrom(target, sides.target, point(source)) > 0;
}

/** How far a box lies in front of a side of another; negative when it does not. @param {Box} box @param {Side} side @param {Box} other */
function gapFrom(box, side, other) {
  const [x, y] = WAYS[side], from = anchor(box, side), to = anchor(other, OPPOSITE[side]);
  return (to.x - from.x) * x + (to.y - from.y) * y;
}
