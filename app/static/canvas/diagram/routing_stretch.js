/**
 * One straight stretch of a line, as it is put beside others.
 *
 * @import { Axis } from "./routing_scene.js"
 * @import { Line } from "./routing_apart.js"
 * @import { Range } from "./routing_settling.js"
 */
import { OTHER } from "./routing_scene.js";
import { roomOf } from "./routing_settling.js";

/** How far lines lie apart, where there is room. */
export const SPACE = 10;
/** How far a stretch at least stays away from the end of its line when it makes way. */
const STUB = 10;
/** How much worse it is to lie on a line than to cross it. */
const ON_TOP = 6;

/** From a line's point i to the next; it lies `at` on its axis and runs from `low` to `high` along the other. */
export class Stretch {
  /** @param {Line} line @param {number} i @param {Axis} axis */
  constructor(line, i, axis) {
    const a = line.points[i], b = line.points[i + 1], along = OTHER[axis];
    this.line = line;
    this.i = i;
    this.axis = axis;
    this.at = a[axis];
    this.low = Math.min(a[along], b[along]);
    this.high = Math.max(a[along], b[along]);
    /** Whether it can be moved: those at the ends of a line cannot. */
    this.free = i > 0 && i + 2 < line.points.length;
    this.number = 0;
    /** Another of its group, itself when it stands for the group. @type {Stretch} */
    this.above = this;
    /** @type {Range | null} */
    this.known = null;
  }

  /** The one that stands for its group. @returns {Stretch} */
  get top() {
    let at = /** @type {Stretch} */ (this);
    while (at.above !== at) {
      at.above = at.above.above;
      at = at.above;
    }
    return at;
  }

  /** Where it may lie, as its line was when this was first asked. @returns {Range} */
  get range() {
    this.known ??= this.free ? roomOf(this.line.points, this.i, this.axis, this.line.scene, STUB).may : { from: this.at, to: this.at };
    return this.known;
  }

  /** Where it turns, and whether the line goes on towards lower (-1) or higher (1) there. */
  get turns() {
    const { line: { points }, i, axis, at } = this, along = OTHER[axis], turns = [];
    if (i > 0) turns.push({ at: points[i][along], goes: Math.sign(points[i - 1][axis] - at) });
    if (i + 2 < points.length) turns.push({ at: points[i + 1][along], goes: Math.sign(points[i + 2][axis] - at) });
    return turns;
  }

  /** Move it. @param {number} at */
  put(at) {
    if (!this.free) return;
    this.line.points[this.i][this.axis] = at;
    this.line.points[this.i + 1][this.axis] = at;
  }
}

/**
 * How much two stretches get in each other's way when the first lies before the second.
 * @param {Stretch} first
 * @param {Stretch} second
 */
export function crossings(first, second) {
  const ends = second.turns;
  let cost = 0;
  for (const end of first.turns) {
    if (end.goes > 0 && end.at > second.low && end.at < second.high) cost += 1;
    if (end.goes > 0 && ends.some((other) => other.goes < 0 && Math.abs(other.at - end.at) < SPACE)) cost += ON_TOP;
  }
  for (const end of ends) if (end.goes < 0 && end.at > first.low && end.at < first.high) cost += 1;
  return cost;
}

/** Whether two stretches can be put in an order in which their lines do not lie on one another. @param {Stretch} a @param {Stretch} b */
export function canPass(a, b) {
  return Math.min(crossings(a, b), crossings(b, a)) < ON_TOP;
}
