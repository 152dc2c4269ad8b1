/** @import { Node, Point } from "../../layout/graph.js" */
import { onGrid } from "../../layout/grid.js";

/**
 * How far a note goes when nodes get new places: as far as the node that is nearest to it.
 * @param {{ x: number, y: number, width: number, height: number }} note
 * @param {Node[]} nodes
 * @param {Map<string, Point>} places
 * @returns {Point} the way
 */
export function wayOfNote(note, nodes, places) {
  const distance = (/** @type {Node} */ n) => Math.hypot(n.x + n.width / 2 - note.x - note.width / 2, n.y + n.height / 2 - note.y - note.height / 2);
  const nearest = nodes.reduce((a, b) => (distance(b) < distance(a) ? b : a));
  const to = places.get(nearest.id) ?? nearest;
  return { x: onGrid(to.x - nearest.x), y: onGrid(to.y - nearest.y) };
}
