/**
 * Where the frame of a subprocess stands below its node: to the right, in the middle or to the left, where it covers least.
 *
 * @import { Box } from "./bar_place.js"
 */
import { overlap } from "./bar_place.js";

/**
 * How far the left of a frame is from that of its node.
 * @param {Box} node
 * @param {{ width: number, height: number }} size
 * @param {number} top
 * @param {Box[]} others
 */
export function offsetOf(node, size, top, others) {
  const spare = node.width - size.width, offsets = [0, Math.round(spare / 2), spare];
  const covered = (/** @type {number} */ left) => others.reduce((sum, box) => sum + overlap({ x: node.x + left, y: top, ...size }, box), 0);
  return offsets.reduce((best, left) => (covered(left) < covered(best) ? left : best));
}

/** What a frame lies on. @template {Box} T @param {Box} frame @param {T[]} others @returns {T[]} */
export function coveredBy(frame, others) {
  return others.filter((box) => overlap(frame, box) > 0);
}
