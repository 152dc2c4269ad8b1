/**
 * The boxes on a canvas, found by where they lie: a grid of cells, each with the boxes that touch it.
 *
 * @import { Box } from "../tree/sides.js"
 * @typedef {{ left: number, top: number, right: number, bottom: number }} Area
 */

/** About a node and the room around it, so that a line looks into a handful of cells. */
const CELL = 240;

export class Field {
  /** @param {Iterable<Box>} [boxes] */
  constructor(boxes = []) {
    /** @type {Map<number, Box[]>} */
    this.cells = new Map();
    for (const box of boxes) this.add(box);
  }

  /** @param {Box} box */
  add(box) {
    for (const key of keysOf(areaOf(box))) {
      const cell = this.cells.get(key);
      if (cell) cell.push(box);
      else this.cells.set(key, [box]);
    }
  }

  /** @param {Box} box the very object that was added, unchanged since */
  remove(box) {
    for (const key of keysOf(areaOf(box))) {
      const rest = (this.cells.get(key) ?? []).filter((b) => b !== box);
      if (rest.length) this.cells.set(key, rest);
      else this.cells.delete(key);
    }
  }

  /**
   * The boxes that overlap an area or touch it, each once.
   * @param {Area} area
   * @returns {Box[]}
   */
  within(area) {
    const found = /** @type {Set<Box>} */ (new Set());
    for (const cell of this.#cellsOf(area)) {
      for (const box of cell) {
        if (box.x <= area.right && box.x + box.width >= area.left && box.y <= area.bottom && box.y + box.height >= area.top) found.add(box);
      }
    }
    return [...found];
  }

  /** @param {Area} area @returns {Iterable<Box[]>} */
  #cellsOf(area) {
    if (((area.right - area.left) / CELL) * ((area.bottom - area.top) / CELL) > this.cells.size) return this.cells.values();
    return keysOf(area).flatMap((key) => { const cell = this.cells.get(key); return cell ? [cell] : []; });
  }
}

/** @param {Box} box @returns {Area} */
export function areaOf({ x, y, width, height }) {
  return { left: x, top: y, right: x + width, bottom: y + height };
}

/**
 * @param {Area} area
 * @param {number} by
 * @returns {Area}
 */
export function grown({ left, top, right, bottom }, by) {
  return { left: left - by, top: top - by, right: right + by, bottom: bottom + by };
}

/**
 * The smallest area around others.
 * @param {Area[]} areas
 * @returns {Area}
 */
export function around(areas) {
  return {
    left: Math.min(...areas.map((a) => a.left)), top: Math.min(...areas.map((a) => a.top)),
    right: Math.max(...areas.map((a) => a.right)), bottom: Math.max(...areas.map((a) => a.bottom)),
  };
}

/**
 * Whether two areas overlap or touch.
 * @param {Area} a
 * @param {Area} b
 */
export function meet(a, b) {
  return a.left <= b.right && a.right >= b.left && a.top <= b.bottom && a.bottom >= b.top;
}

/** @param {Area} area */
function keysOf({ left, top, right, bottom }) {
  const keys = [];
  for (let row = Math.floor(top / CELL); row <= Math.floor(bottom / CELL); row++) {
    for (let column = Math.floor(left / CELL); column <= Math.floor(right / CELL); column++) keys.push(row * 1048576 + column);
  }
  return keys;
}
