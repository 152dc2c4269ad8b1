/**
 * The cheapest way among walls, by A* on the lines that their edges make: a way that is shortest and has the fewest
 * bends can always be pushed onto those.
 *
 * @import { Point } from "./types.js"
 * @import { Wall } from "./routing_field.js"
 * @import { Scene } from "./routing_scene.js"
 */
import { WAYS } from "../tree/sides.js";
import { axisOf } from "./routing_scene.js";

/** What a bend costs, in pixels of length. */
export const BEND = 48;
/**
 * Between ways of equal cost: near the middle, rather above than below, rather before than behind. Powers of two, so that
 * sums are exact and what is equal is so wherever it lies.
 */
const OFF_MIDDLE = 2 ** -7, BELOW = 2 ** -11, BEHIND = 2 ** -12;

const RIGHT_SHUT = 1, DOWN_SHUT = 2;
const RIGHT = 0, LEFT = 1, DOWN = 2, UP = 3;

/**
 * Find a way from the end of one stub to the end of the other.
 * @param {Scene} scene the way does not leave its area
 * @returns {{ points: Point[], cost: number } | null} its corners, and more
 */
export function search(scene) {
  return new Search(scene).run();
}

class Search {
  /** @param {Scene} scene */
  constructor({ out, into, sides, walls, area }) {
    this.goal = into;
    this.middle = { x: (out.x + into.x) / 2, y: (out.y + into.y) / 2 };
    this.top = area.top;
    this.left = area.left;
    const xs = [out.x, into.x, this.middle.x], ys = [out.y, into.y, this.middle.y];
    for (const { left, top, right, bottom, margin } of walls) {
      xs.push(left - margin, right + margin);
      ys.push(top - margin, bottom + margin);
    }
    this.xs = inOrder(xs, area.left, area.right);
    this.ys = inOrder(ys, area.top, area.bottom);
    this.wide = this.xs.length;
    this.shut = shutEdges(this.xs, this.ys, walls);
    this.from = this.#cell(out);
    this.to = this.#cell(into);
    this.back = { from: stepOf(WAYS[sides.source], -1), to: stepOf(WAYS[sides.target], 1) };
    this.axes = { from: axisOf(sides.source) === "x" ? 0 : 1, to: axisOf(sides.target) === "x" ? 0 : 1 };
    this.cost = new Float64Array(this.wide * this.ys.length * 2).fill(Infinity);
    this.before = new Int32Array(this.cost.length).fill(-1);
    this.open = new Heap();
  }

  /** A state is a cell and the axis along which it was entered. @returns {{ points: Point[], cost: number } | null} */
  run() {
    const first = this.from * 2 + this.axes.from, last = this.to * 2 + this.axes.to;
    this.cost[first] = 0;
    this.open.push(first, 0);
    const done = new Uint8Array(this.cost.length);
    for (let state = this.open.pop(); state >= 0; state = this.open.pop()) {
      if (done[state]) continue;
      done[state] = 1;
      if (state === last) return { points: this.#way(state), cost: this.cost[state] };
      this.#expand(state);
    }
    return null;
  }

  /** @param {number} state */
  #expand(state) {
    const { shut, wide, xs, ys } = this, cell = state >> 1, column = cell % wide, row = (cell - column) / wide, x = xs[column], y = ys[row];
    const level = this.cost[state] + (state & 1 ? BEND + OFF_MIDDLE * Math.abs(y - this.middle.y) + BELOW * (y - this.top) : 0);
    const upright = this.cost[state] + (state & 1 ? 0 : BEND + OFF_MIDDLE * Math.abs(x - this.middle.x) + BEHIND * (x - this.left));
    if (cell === this.to && (state & 1) !== this.axes.to) this.#reach(this.to * 2 + this.axes.to, x, y, this.cost[state] + BEND, state);
    if (column + 1 < wide && !(shut[cell] & RIGHT_SHUT)) this.#go(state, RIGHT, cell + 1, xs[column + 1], y, level + xs[column + 1] - x);
    if (column > 0 && !(shut[cell - 1] & RIGHT_SHUT)) this.#go(state, LEFT, cell - 1, xs[column - 1], y, level + x - xs[column - 1]);
    if (row + 1 < ys.length && !(shut[cell] & DOWN_SHUT)) this.#go(state, DOWN, cell + wide, x, ys[row + 1], upright + ys[row + 1] - y);
    if (row > 0 && !(shut[cell - wide] & DOWN_SHUT)) this.#go(state, UP, cell - wide, x, ys[row - 1], upright + y - ys[row - 1]);
  }

  /** A way neither goes back into its node nor comes out of the other. @param {number} state @param {number} step @param {number} cell @param {number} x @param {number} y @param {number} cost */
  #go(state, step, cell, x, y, cost) {
    if ((state >> 1 === this.from && step === this.back.from) || (cell === this.to && step === this.back.to)) return;
    this.#reach(cell * 2 + (step >> 1), x, y, cost, state);
  }

  /** @param {number} state @param {number} x @param {number} y @param {number} cost @param {number} before */
  #reach(state, x, y, cost, before) {
    if (cost >= this.cost[state]) return;
    this.cost[state] = cost;
    this.before[state] = before;
    const dx = Math.abs(x - this.goal.x), dy = Math.abs(y - this.goal.y), axis = state & 1;
    const bends = axis !== this.axes.to ? 1 : (axis === 0 ? dy : dx) === 0 ? 0 : 2;
    this.open.push(state, cost + dx + dy + bends * BEND);
  }

  /** @param {number} state @returns {Point[]} */
  #way(state) {
    const points = [];
    for (let at = state; at >= 0; at = this.before[at]) {
      const cell = at >> 1, column = cell % this.wide;
      points.push({ x: this.xs[column], y: this.ys[(cell - column) / this.wide] });
    }
    return points.reverse();
  }

  /** @param {Point} point */
  #cell({ x, y }) {
    return this.ys.indexOf(y) * this.wide + this.xs.indexOf(x);
  }
}

/** @param {number[]} values @param {number} low @param {number} high */
function inOrder(values, low, high) {
  const sorted = Float64Array.from(values).sort();
  let count = 0;
  for (const value of sorted) {
    if (value >= low && value <= high && (count === 0 || value !== sorted[count - 1])) sorted[count++] = value;
  }
  return sorted.subarray(0, count);
}

/**
 * For each cell, whether the way to its right and the way down are shut by a wall.
 * @param {Float64Array} xs
 * @param {Float64Array} ys
 * @param {Wall[]} walls
 */
function shutEdges(xs, ys, walls) {
  const shut = new Uint8Array(xs.length * ys.length);
  for (const w of walls) {
    const left = w.left - w.margin, right = w.right + w.margin, top = w.top - w.margin, bottom = w.bottom + w.margin;
    const columns = between(xs, left, right), rows = between(ys, top, bottom);
    for (let row = rows.inner; row < rows.outer; row++) for (let i = columns.edge; i < columns.outer; i++) shut[row * xs.length + i] |= RIGHT_SHUT;
    for (let row = rows.edge; row < rows.outer; row++) for (let i = columns.inner; i < columns.outer; i++) shut[row * xs.length + i] |= DOWN_SHUT;
  }
  return shut;
}

/**
 * The lines inside of a wall: from `inner` to before `outer`; `edge` is the last one before them.
 * @param {Float64Array} lines
 * @param {number} low
 * @param {number} high
 */
function between(lines, low, high) {
  const inner = firstAbove(lines, low), outer = firstFrom(lines, high);
  return { inner, outer, edge: Math.max(0, inner - 1) };
}

/** @param {Float64Array} lines @param {number} value */
function firstAbove(lines, value) {
  let i = 0, end = lines.length;
  while (i < end) {
    const middle = (i + end) >> 1;
    if (lines[middle] > value) end = middle;
    else i = middle + 1;
  }
  return i;
}

/** @param {Float64Array} lines @param {number} value */
function firstFrom(lines, value) {
  let i = 0, end = lines.length;
  while (i < end) {
    const middle = (i + end) >> 1;
    if (lines[middle] >= value) end = middle;
    else i = middle + 1;
  }
  return i;
}

/** @param {[number, number]} way @param {1 | -1} sign */
function stepOf([x, y], sign) {
  if (x !== 0) return x * sign > 0 ? RIGHT : LEFT;
  return y * sign > 0 ? DOWN : UP;
}

/** The open states, cheapest first; of equal ones the one that came first. */
class Heap {
  constructor() {
    /** @type {number[]} */
    this.states = [];
    /** @type {number[]} */
    this.costs = [];
  }

  /** @param {number} state @param {number} cost */
  push(state, cost) {
    let i = this.states.length;
    while (i > 0) {
      const above = (i - 1) >> 1;
      if (this.costs[above] <= cost) break;
      this.states[i] = this.states[above];
      this.costs[i] = this.costs[above];
      i = above;
    }
    this.states[i] = state;
    this.costs[i] = cost;
  }

  /** The cheapest state, -1 when there is none. */
  pop() {
    if (!this.states.length) return -1;
    const first = this.states[0], state = /** @type {number} */ (this.states.pop()), cost = /** @type {number} */ (this.costs.pop());
    if (this.states.length) this.#sink(state, cost);
    return first;
  }

  /** @param {number} state @param {number} cost */
  #sink(state, cost) {
    const { states, costs } = this;
    let i = 0;
    for (;;) {
      let below = 2 * i + 1;
      if (below >= states.length) break;
      if (below + 1 < states.length && costs[below + 1] < costs[below]) below++;
      if (costs[below] >= cost) break;
      states[i] = states[below];
      costs[i] = costs[below];
      i = below;
    }
    states[i] = state;
    costs[i] = cost;
  }
}
