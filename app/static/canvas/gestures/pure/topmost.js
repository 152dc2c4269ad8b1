/** Which of several nodes a point is on. */

/** How far from a node its edge may still be meant. */
const EDGE = 7;

/**
 * @template {{ x: number, y: number, width: number, height: number }} T
 * @param {{ x: number, y: number }} point
 * @param {T[]} nodes from back to front
 * @returns {T | undefined}
 */
export function topmostAt({ x, y }, nodes) {
  return nodes.findLast((node) => x >= node.x - EDGE && x <= node.x + node.width + EDGE && y >= node.y - EDGE && y <= node.y + node.height + EDGE);
}
