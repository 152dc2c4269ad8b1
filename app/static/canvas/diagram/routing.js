/**
 * The way of a line: orthogonal, out of one side and into another.
 *
 * @import { Point, Sides } from "./types.js"
 * @import { Box } from "../tree/sides.js"
 */
import { WAYS, anchor } from "../tree/sides.js";

/** How far a line goes straight out of a node before it turns. */
export const STUB = 16;

/**
 * Route a line.
 * @param {Box} source
 * @param {Box} target
 * @param {Sides} sides
 * @returns {Point[]} its corners, from the side of the source to the side of the target
 */
export function route(source, target, sides) {
  const start = anchor(source, sides.source), end = anchor(target, sides.target);
  const out = stub(start, WAYS[sides.source]), into = stub(end, WAYS[sides.target]);
  const across = WAYS[sides.source][0] !== 0, entersAcross = WAYS[sides.target][0] !== 0;
  const middle = across && entersAcross
    ? [{ x: (out.x + into.x) / 2, y: out.y }, { x: (out.x + into.x) / 2, y: into.y }]
    : !across && !entersAcross
      ? [{ x: out.x, y: (out.y + into.y) / 2 }, { x: into.x, y: (out.y + into.y) / 2 }]
      : across ? [{ x: into.x, y: out.y }] : [{ x: out.x, y: into.y }];
  return straightened([start, out, ...middle, into, end]);
}

/** @param {Point} from @param {[number, number]} way */
function stub(from, [x, y]) {
  return { x: from.x + x * STUB, y: from.y + y * STUB };
}

/**
 * Leave out points that the line goes straight through.
 * @param {Point[]} points
 */
export function straightened(points) {
  const kept = points.filter((p, i) => i === 0 || p.x !== points[i - 1].x || p.y !== points[i - 1].y);
  return kept.filter((p, i) => {
    const before = kept[i - 1], after = kept[i + 1];
    return !before || !after || !((before.x === p.x && p.x === after.x) || (before.y === p.y && p.y === after.y));
  });
}
