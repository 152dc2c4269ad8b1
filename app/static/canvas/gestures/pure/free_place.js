/**
 * Where there is room for a new node.
 *
 * @import { Side } from "../../tree/types.js"
 * @typedef {{ x: number, y: number }} Point
 * @typedef {{ x: number, y: number, width: number, height: number }} Box
 */

import { GRID, onGrid } from "../../layout/grid.js";
import { WAYS } from "../../tree/sides.js";

/** The room that is kept around a node, and the room between a node and the next. */
export const ROOM = 30, GAP = 60;
const FARTHEST = 80;

/**
 * The free place nearest to the wished one: as it is, else farther and farther below or above, else to the right of it.
 * @param {{ width: number, height: number }} size
 * @param {Point} wish the middle
 * @param {Box[]} taken
 * @returns {Point} the middle of a place that overlaps nothing, on the grid
 */
export function freePlace(size, wish, taken) {
  for (let x = onGrid(wish.x); ; x += onGrid(size.width + ROOM)) {
    const near = taken.filter((b) => b.x < x + size.width / 2 + ROOM && b.x + b.width > x - size.width / 2 - ROOM);
    for (let step = 0; step < FARTHEST; step += 1) {
      for (const y of step ? [onGrid(wish.y) + step * GRID, onGrid(wish.y) - step * GRID] : [onGrid(wish.y)]) {
        const isFree = near.every((b) => b.y >= y + size.height / 2 + ROOM || b.y + b.height <= y - size.height / 2 - ROOM);
        if (isFree) return { x, y };
      }
    }
  }
}

/**
 * The place for a node that comes after another, out of one of its sides.
 * @param {Box} source
 * @param {Side} side
 * @param {{ width: number, height: number }} size
 * @param {Box[]} taken
 * @param {number} [gap]
 * @returns {Point} the middle
 */
export function placeBeside(source, side, size, taken, gap = GAP) {
  const [x, y] = WAYS[side];
  const far = { x: (source.width + size.width) / 2 + gap, y: (source.height + size.height) / 2 + gap };
  return freePlace(size, { x: source.x + source.width / 2 + x * far.x, y: source.y + source.height / 2 + y * far.y }, taken);
}

/**
 * Where a node stands best that comes between two: half way, in the row of a branch that it is put into.
 * @param {Box & { kind: string }} source
 * @param {Box & { kind: string }} target
 * @returns {Point} the middle
 */
export function placeBetween(source, target) {
  const from = middleOf(source), to = middleOf(target), x = (source.x + source.width + target.x) / 2;
  if (target.x < source.x + source.width) return { x: (from.x + to.x) / 2, y: (from.y + to.y) / 2 };
  const isBranch = source.kind.endsWith("Gateway") && source.kind !== "ConvergeGateway", meets = target.kind === "ConvergeGateway" || target.kind === "EmptyEndEvent";
  return { x: onGrid(x), y: isBranch && !meets ? to.y : meets && !isBranch ? from.y : (from.y + to.y) / 2 };
}

/** @param {Box} box @returns {Point} */
const middleOf = ({ x, y, width, height }) => ({ x: x + width / 2, y: y + height / 2 });

/**
 * The rows that the branches of a node go along already: the next branch has one of its own.
 * @param {Box & { outgoing: { target: Box }[] }} source
 * @returns {Box[]}
 */
export function rowsOfBranches({ x, width, outgoing }) {
  const after = x + width;
  return outgoing.filter(({ target }) => target.x >= after).map(({ target }) => ({ x: after, y: target.y, width: target.x + target.width + FARTHEST * GRID - after, height: target.height }));
}
