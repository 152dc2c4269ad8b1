/**
 * The sides of lines whose nodes have moved: a line keeps those that still point the right way, else takes the shortest way
 * that is not on top of another line.
 *
 * @import { Side } from "../tree/types.js"
 * @import { Box } from "../tree/sides.js"
 * @import { Sides } from "./types.js"
 * @typedef {Box & { id: string }} Node
 * @typedef {{ id: string, source: Node, target: Node, sides: Sides }} Line
 */
import { WAYS, pointsThere } from "../tree/sides.js";
import { route } from "./routing.js";

const SIDES = /** @type {Side[]} */ (Object.keys(WAYS));
/** What a bend costs, in length; another line that leaves there, too, or comes in there, too; one of the other kind. */
const BEND = 40, SHARED = 60, MIXED = 400;

/**
 * @param {Line[]} lines those that may turn
 * @param {Line[]} others
 * @returns {Map<string, Sides>} the sides of the lines that turn, by id
 */
export function turned(lines, others) {
  const kept = lines.filter(({ source, target, sides }) => pointsThere(source, target, sides)), placed = [...others, ...kept];
  return new Map(lines.filter((line) => !kept.includes(line)).map((line) => {
    const sides = best(line, placed);
    placed.push({ ...line, sides });
    return [line.id, sides];
  }));
}

/** @param {Line} line @param {Line[]} others @returns {Sides} */
function best({ source, target }, others) {
  const ways = SIDES.flatMap((out) => SIDES.map((into) => ({ source: out, target: into })));
  const costs = ways.map((sides) => lengthOf(source, target, sides) + crowd(source, sides.source, "source", others) + crowd(target, sides.target, "target", others));
  return ways[costs.indexOf(Math.min(...costs))];
}

/** @param {Node} source @param {Node} target @param {Sides} sides */
function lengthOf(source, target, sides) {
  const points = route(source, target, sides, [source, target]);
  return points.slice(1).reduce((sum, p, i) => sum + Math.abs(p.x - points[i].x) + Math.abs(p.y - points[i].y) + BEND, 0);
}

/** What the lines cost that are at a side of a node already. @param {Node} node @param {Side} side @param {"source" | "target"} end @param {Line[]} others */
function crowd({ id }, side, end, others) {
  const at = (/** @type {"source" | "target"} */ which) => others.filter((line) => line[which].id === id && line.sides[which] === side).length;
  return at(end) * SHARED + at(end === "source" ? "target" : "source") * MIXED;
}
