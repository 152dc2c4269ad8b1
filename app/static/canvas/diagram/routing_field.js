/**
 * The nodes on a canvas as walls for lines, found by where they lie: a grid of cells, each with the walls that touch it.
 *
 * @import { Box } from "../tree/sides.js"
 * @typedef {{ left: number, top: number, right: number, bottom: number }} Area
 * @typedef {Area & { margin: number }} Wall an obstacle and how far lines keep away from it
 */

/** How far lines keep away from nodes, where there is room. */
export const MARGIN = 10;
/** About a node and the room around it, so that a line looks into a handful of cells. */
const CELL = 240, ROW = 1048576;

export class Field {
  /** @param {Iterable<Box>} [boxes] */
  constructor(boxes = []) {
    /** @type {Map<number, Wall[]>} */
    this.cells = new Map();
    /** All that was ever added, in cells. @type {Area} */
    this.extent = { left: Infinity, top: Infinity, right: -Infinity, bottom: -Infinity };
    for (const box of boxes) this.add(box);
  }

  /** @param {Box} box @returns {Wall} what stands for it here */
  add(box) {
    const wall = wallOf(box, MARGIN), { left, top, right, bottom } = inCells(wall), { extent } = this;
    this.extent = { left: Math.min(left, extent.left), top: Math.min(top, extent.top), right: Math.max(right, extent.right), bottom: Math.max(bottom, extent.bottom) };
    this.#visit(inCells(wall), (row, column) => {
      const cell = this.cells.get(row * ROW + column);
      if (cell) cell.push(wall);
      else this.cells.set(row * ROW + column, [wall]);
    });
    return wall;
  }

  /** @param {Wall} wall */
  remove(wall) {
    this.#visit(inCells(wall), (row, column) => {
      const cell = /** @type {Wall[]} */ (this.cells.get(row * ROW + column));
      cell.splice(cell.indexOf(wall), 1);
    });
  }

  /**
   * The walls that overlap an area or touch it, each once: a wall in several cells counts in the first.
   * @param {Area} area
   * @returns {Wall[]}
   */
  within(area) {
    const found = /** @type {Wall[]} */ ([]), asked = inCells(area);
    this.#visit(asked, (row, column) => {
      for (const wall of this.cells.get(row * ROW + column) ?? []) {
        if (!meet(wall, area)) continue;
        const isFirst = row === Math.max(asked.top, Math.floor(wall.top / CELL)) && column === Math.max(asked.left, Math.floor(wall.left / CELL));
        if (isFirst) found.push(wall);
      }
    });
    return found;
  }

  /** @param {Area} cells @param {(row: number, column: number) => void} visit */
  #visit({ left, top, right, bottom }, visit) {
    const { extent } = this, last = Math.min(right, extent.right), end = Math.min(bottom, extent.bottom);
    for (let row = Math.max(top, extent.top); row <= end; row++) {
      for (let column = Math.max(left, extent.left); column <= last; column++) visit(row, column);
    }
  }
}

/** @param {Box} box @param {number} margin @returns {Wall} */
export function wallOf({ x, y, width, height }, margin) {
  return { left: x, top: y, right: x + width, bottom: y + height, margin };
}

/**
 * Whether two areas overlap or touch.
 * @param {Area} a
 * @param {Area} b
 */
export function meet(a, b) {
  return a.left <= b.right && a.right >= b.left && a.top <= b.bottom && a.bottom >= b.top;
}

/** @param {Area} area @returns {Area} */
function inCells({ left, top, right, bottom }) {
  return { left: Math.floor(left / CELL), top: Math.floor(top / CELL), right: Math.floor(right / CELL), bottom: Math.floor(bottom / CELL) };
}
