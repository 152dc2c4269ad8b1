/**
 * In which row each node of a layout stands. What follows one another stands in one row, so do a gateway and where its
 * branches meet again, and the middle one of an odd number of branches; the others stand evenly above and below.
 *
 * @typedef {{ id: string, layer: number, isNode: boolean, corner?: string }} Item a node, or where a line passes a layer; the corner of a line that leaves or enters a node upwards or downwards has the node's id
 * @typedef {{ from: Item, to: Item, isWeak: boolean }} Step a line, or a part of it, from one layer to the next; a weak one follows what it joins
 * @typedef {{ a: number, b: number, weight: number }} Pull two rows that like to be near
 * @typedef {[number, number, number]} Middle a row, and two that it is to be half way between
 * @typedef {{ above: number, below: number, gap: number }} Limit two rows or items, and how far they lie apart at least
 */
import { onGrid } from "./grid.js";

/** How far apart things lie: the middles of two nodes, of a node and a line, of two lines. */
const NODES = 100, NODE_AND_LINE = 60, LINES = 20;
/** How near rows may come that lines join: nearer ones become one row, where that can be. */
const JOG = 40, TRIES = 3;
/** What a weak line counts; how far a row may yield that is to be half way between two. */
const WEAK = 0.02, YIELD = 0.05;
const ROUNDS = 300, SWEEPS = 12;

/**
 * @param {Item[][]} layers in the order from top to bottom
 * @param {Step[]} steps
 * @param {[Item, Item][]} wishes things that would like to be in one row, the dearest first
 * @param {[Item, Item, Item][]} between the first of each would like to be half way between the two others
 * @returns {Map<Item, number>} the middle of the row, on the grid
 */
export function rowsOf(layers, steps, wishes, between) {
  const rows = new Rows(layers);
  rows.join(wishes);
  let places = rows.settled(steps, between);
  const rise = (/** @type {Step} */ { from, to }) => Math.abs(/** @type {number} */ (places.get(from)) - /** @type {number} */ (places.get(to)));
  for (let i = 0; i < TRIES; i += 1) {
    if (!rows.join(steps.filter((step) => rise(step) > 0 && rise(step) < JOG).map(({ from, to }) => [from, to]))) break;
    places = rows.settled(steps, between);
  }
  return places;
}

/** Which items stand in one row; rows have the number of one of their items. */
class Rows {
  /** @param {Item[][]} layers */
  constructor(layers) {
    this.items = layers.flat();
    /** @type {Map<Item, number>} */
    this.number = new Map(this.items.map((item, i) => [item, i]));
    this.row = this.items.map((_, i) => i);
    /** @type {Limit[]} between items */
    this.pairs = [...layers, ...layers.map((layer) => layer.filter((item) => !item.corner))].flatMap((layer) => layer.slice(1).map((item, i) => ({ above: this.#at(layer[i]), below: this.#at(item), gap: gapBetween(layer[i], item) })));
  }

  /** @param {Item} item */
  #at(item) {
    return /** @type {number} */ (this.number.get(item));
  }

  /**
   * Make the rows of each pair one, the first pair first, unless then something would have to stand above what it stands
   * below. Nearly always all of them can be, so they are tried together; where not, one half after the other.
   * @param {[Item, Item][]} pairs
   * @returns {boolean} whether any became one
   */
  join(pairs) {
    const before = this.row, row = [...before], of = (/** @type {number} */ at) => {
      while (row[at] !== at) at = row[at] = row[row[at]];
      return at;
    };
    for (const [a, b] of pairs) row[of(this.#at(b))] = of(this.#at(a));
    this.row = row.map((_, at) => of(at));
    if (this.#order()) return this.row.some((now, at) => now !== before[at]);
    this.row = before;
    const half = pairs.length >> 1;
    return half > 0 && [this.join(pairs.slice(0, half)), this.join(pairs.slice(half))].some(Boolean);
  }

  /** Limits between rows. @returns {Limit[]} */
  get #limits() {
    return this.pairs.map(({ above, below, gap }) => ({ above: this.row[above], below: this.row[below], gap }));
  }

  /** The rows from top to bottom; null when there is no such order. @returns {number[] | null} */
  #order() {
    const waits = this.row.map(() => 0), below = this.row.map(() => /** @type {number[]} */ ([])), rows = [...new Set(this.row)];
    for (const limit of this.#limits) {
      waits[limit.below] += 1;
      below[limit.above].push(limit.below);
    }
    const ordered = rows.filter((row) => !waits[row]);
    for (const row of ordered) for (const next of below[row]) if (!(waits[next] -= 1)) ordered.push(next);
    return ordered.length === rows.length ? ordered : null;
  }

  /**
   * Each row as near as can be to the middle of those that lines join it to.
   * @param {Step[]} steps
   * @param {[Item, Item, Item][]} between
   * @returns {Map<Item, number>}
   */
  settled(steps, between) {
    const limits = this.#limits, order = /** @type {number[]} */ (this.#order()), row = (/** @type {Item} */ item) => this.row[this.#at(item)];
    const pulls = steps.map(({ from, to, isWeak }) => ({ a: row(from), b: row(to), weight: isWeak ? WEAK : 1 })).filter(({ a, b }) => a !== b);
    const middles = between.map((three) => /** @type {Middle} */ (three.map(row))).filter((rows) => new Set(rows).size === 3);
    const balanced = balance(pushedDown(order, limits, this.row.map(() => 0)), pulls, limits, middles);
    const places = pushedDown(order, limits, balanced.map(onGrid));
    return new Map(this.items.map((item) => [item, places[row(item)]]));
  }
}

/** @param {Item} a @param {Item} b */
function gapBetween(a, b) {
  if ((a.corner ?? a.id) === (b.corner ?? b.id)) return 0;
  return a.isNode && b.isNode ? NODES : a.isNode || b.isNode ? NODE_AND_LINE : LINES;
}

/** As wished, or as far below as the rows above demand. @param {number[]} order @param {Limit[]} limits @param {number[]} wished */
function pushedDown(order, limits, wished) {
  const over = wished.map(() => /** @type {Limit[]} */ ([])), at = [...wished];
  for (const limit of limits) over[limit.below].push(limit);
  for (const row of order) for (const { above, gap } of over[row]) at[row] = Math.max(at[row], at[above] + gap);
  return at;
}

/**
 * Let rows move towards what they are joined to, and push those apart that come too near; how hard each was pushed is
 * remembered, so that what belongs together moves together (Hildreth's method).
 * @param {number[]} from
 * @param {Pull[]} pulls
 * @param {Limit[]} limits
 * @param {Middle[]} middles
 */
function balance(from, pulls, limits, middles) {
  const y = Float64Array.from(from), pushed = limits.map(() => 0), pulled = middles.map(() => 0), weights = weightsOf(pulls, y.length);
  const apart = (/** @type {Limit} */ { above, below }, /** @type {number} */ by) => {
    y[above] -= by;
    y[below] += by;
  };
  const centred = (/** @type {Middle} */ [row, one, other], /** @type {number} */ by) => {
    y[row] += by;
    y[one] -= by / 2;
    y[other] -= by / 2;
  };
  for (let round = 0; round < ROUNDS; round += 1) {
    moveNearer(y, pulls, weights);
    limits.forEach((limit, i) => apart(limit, pushed[i]));
    middles.forEach((rows, i) => centred(rows, pulled[i]));
    for (let sweep = 0; sweep < SWEEPS; sweep += 1) {
      for (let i = 0; i < limits.length; i += 1) {
        const { above, below, gap } = limits[i], more = Math.max(-pushed[i], (gap - y[below] + y[above]) / 2);
        if (!more) continue;
        pushed[i] += more;
        apart(limits[i], more);
      }
      for (let i = 0; i < middles.length; i += 1) {
        const [row, one, other] = middles[i], more = ((y[one] + y[other]) / 2 - y[row] - YIELD * pulled[i]) / (1.5 + YIELD);
        pulled[i] += more;
        centred(middles[i], more);
      }
    }
  }
  return [...y];
}

/** Half the way to the middle of what a row is joined to. @param {Float64Array} y changed @param {Pull[]} pulls @param {Float64Array} weights */
function moveNearer(y, pulls, weights) {
  const by = new Float64Array(y.length);
  for (const { a, b, weight } of pulls) {
    by[a] += weight * (y[b] - y[a]);
    by[b] += weight * (y[a] - y[b]);
  }
  for (let row = 0; row < y.length; row += 1) if (weights[row]) y[row] += by[row] / weights[row] / 2;
}

/** What pulls at each row together. @param {Pull[]} pulls @param {number} count */
function weightsOf(pulls, count) {
  const weights = new Float64Array(count);
  for (const { a, b, weight } of pulls) {
    weights[a] += weight;
    weights[b] += weight;
  }
  return weights;
}
