/**
 * Straightens what people have arranged: nodes that stand nearly in a row come into one, and so do columns; what overlaps is
 * moved apart. Who stands left of whom, and above whom, stays.
 *
 * @import { Box, Point } from "./free_place.js"
 * @typedef {Box & { id: string }} Placed
 * @typedef {{ source: string, target: string }} Line one that leads across, from a side of a node to the opposite side of another
 * @typedef {{ id: string, x: number, y: number, width: number, height: number }} Cell `x` and `y` are of its middle
 * @typedef {{ at: "x" | "y", size: "width" | "height", near: number, room: number }} Axis how far middles of one line stand apart, and the room between two nodes
 */
import { GRID, onGrid } from "../../layout/grid.js";

/** The middles of one line stand apart by less than the smallest node is high: so none of its nodes is beyond another. */
const MOST = 35;
const ACROSS = /** @type {Axis} */ ({ at: "x", size: "width", near: MOST, room: 40 });
const DOWN = /** @type {Axis} */ ({ at: "y", size: "height", near: 20, room: 30 });

/**
 * Where the nodes go. Doing it again changes nothing.
 * @param {Placed[]} nodes
 * @param {Line[]} [lines] what they join comes into one row from farther apart
 * @returns {Map<string, Point>} corners
 */
export function tidied(nodes, lines = []) {
  const cells = nodes.map(({ id, x, y, width, height }) => ({ id, x: x + width / 2, y: y + height / 2, width, height }));
  const joined = new Set(lines.flatMap(({ source, target }) => [`${source} ${target}`, `${target} ${source}`]));
  const rows = linedUp(cells, DOWN, joined), columns = apart(linedUp(cells, ACROSS, new Set()), rows);
  for (const row of rows) bring(row, "y", middleOf(row, "y"));
  for (const column of columns) bring(column, "x", middleOf(column, "x"));
  // What is pushed down may come beside something, and what is pushed to the right above something; nothing is ever pushed back.
  while (pushed(rows, DOWN, ACROSS, joined) || pushed(columns, ACROSS, DOWN, new Set()));
  return new Map(cells.map(({ id, x, y, width, height }) => [id, { x: x - width / 2, y: y - height / 2 }]));
}

/** How near two cells are to come into one line. @param {Axis} axis @param {Set<string>} joined @param {Cell} a @param {Cell} b */
const reach = ({ near }, joined, a, b) => (joined.has(`${a.id} ${b.id}`) ? MOST : near);

/** The cells in lines, the nearest brought together first. @param {Cell[]} cells @param {Axis} axis @param {Set<string>} joined @returns {Cell[][]} */
function linedUp(cells, axis, joined) {
  const { at } = axis, line = new Map(cells.map((cell) => [cell, [cell]])), sorted = [...cells].sort((a, b) => a[at] - b[at] || (a.id < b.id ? -1 : 1));
  const pairs = sorted.flatMap((a, i) => {
    const end = sorted.findIndex((b, j) => j > i && b[at] - a[at] > MOST);
    return sorted.slice(i + 1, end < 0 ? undefined : end).filter((b) => b[at] - a[at] <= reach(axis, joined, a, b)).map((b) => ({ a, b, far: b[at] - a[at] - (joined.has(`${a.id} ${b.id}`) ? MOST : 0) }));
  });
  for (const { a, b } of pairs.sort((p, q) => p.far - q.far)) {
    const one = /** @type {Cell[]} */ (line.get(a)), other = /** @type {Cell[]} */ (line.get(b)), all = [...one, ...other].map((cell) => cell[at]);
    if (one === other || Math.max(...all) - Math.min(...all) > MOST) continue;
    one.push(...other);
    for (const cell of other) line.set(cell, one);
  }
  return [...new Set(sorted.map((cell) => /** @type {Cell[]} */ (line.get(cell))))];
}

/** Columns none of which has two cells of one row: of those that lie on each other one goes into a column of its own. @param {Cell[][]} columns @param {Cell[][]} rows */
function apart(columns, rows) {
  const rowOf = new Map(rows.flatMap((row) => row.map((cell) => [cell, row])));
  return columns.flatMap((column) => {
    const parts = /** @type {Cell[][]} */ ([]);
    for (const cell of column) {
      const free = parts.find((part) => !part.some((other) => rowOf.get(other) === rowOf.get(cell)));
      if (free) free.push(cell);
      else parts.push([cell]);
    }
    return parts;
  });
}

/**
 * Push lines on as far as those before them demand: so far that they stay lines of their own, and that nodes have room.
 * @param {Cell[][]} lines
 * @param {Axis} axis
 * @param {Axis} other
 * @param {Set<string>} joined
 * @returns {boolean} whether one was pushed
 */
function pushed(lines, axis, other, joined) {
  const { at, size, near, room } = axis, before = /** @type {Cell[]} */ ([]), beyond = (/** @type {number} */ far) => Math.floor(far / GRID + 1) * GRID;
  let last = -Infinity, any = false;
  for (const line of lines) {
    let place = Math.max(line[0][at], last + beyond(near));
    for (const cell of line) for (const b of before) {
      if (overlap(cell, b, other.at, other.size)) place = Math.max(place, Math.ceil((b[at] + (cell[size] + b[size]) / 2 + room) / GRID) * GRID);
      if (joined.has(`${cell.id} ${b.id}`)) place = Math.max(place, b[at] + beyond(MOST));
    }
    any ||= place > line[0][at];
    bring(line, at, place);
    before.push(...line);
    last = place;
  }
  return any;
}

/** @param {Cell[]} line @param {"x" | "y"} at */
const middleOf = (line, at) => onGrid(line.reduce((sum, cell) => sum + cell[at], 0) / line.length);

/** @param {Cell[]} line @param {"x" | "y"} at @param {number} place */
function bring(line, at, place) {
  for (const cell of line) cell[at] = place;
}

/** @param {Cell} a @param {Cell} b @param {"x" | "y"} at @param {"width" | "height"} size */
const overlap = (a, b, at, size) => Math.abs(a[at] - b[at]) < (a[size] + b[size]) / 2;
