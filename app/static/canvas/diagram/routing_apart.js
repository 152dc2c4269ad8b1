/**
 * Puts lines beside one another that would run on top of each other and look like one. Lines out of the same side of a
 * node may share their stretches, and so may lines into the same side.
 *
 * @import { Point } from "./types.js"
 * @import { Axis, Scene } from "./routing_scene.js"
 * @typedef {{ id: string, from: string, into: string, points: Point[], scene: Scene }} Line `from` and `into` name the sides that it leaves and enters
 * @typedef {{ a: Stretch, b: Stretch }} Pair
 * @typedef {{ stretches: Stretch[], clashes: Pair[], shared: Pair[] }} Group stretches that have to do with one another
 */
import { OTHER } from "./routing_scene.js";
import { canPass, placed } from "./routing_tracks.js";

/** Stretches that are nearer than this look like one. */
const NEAR = 8;
const ROUNDS = 2;

/** A stretch of a line, from its point i to the next; it lies `at` on its axis and runs from `low` to `high` along the other. */
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
    /** The one that stands for all stretches of its group. @type {Stretch} */
    this.first = this;
  }
}

/**
 * Move the stretches of lines apart. What comes out does not depend on the order of the lines.
 * @param {Line[]} lines their points are changed
 */
export function putApart(lines) {
  for (let round = 0; round < ROUNDS; round++) {
    for (const axis of /** @type {Axis[]} */ (["x", "y"])) {
      const stretches = stretchesOf(lines, axis);
      const { clashes, shared } = pairsOf(stretches);
      const turns = turnsOf(stuckOf(stretchesOf(lines, OTHER[axis])), stretches);
      for (const group of groupsOf([...clashes, ...turns], shared)) placed(group, axis);
    }
  }
}

/** @param {Line[]} lines @param {Axis} axis */
function stretchesOf(lines, axis) {
  const found = /** @type {Stretch[]} */ ([]);
  for (const line of lines) {
    const { points } = line;
    for (let i = 0; i + 1 < points.length; i++) if (points[i][axis] === points[i + 1][axis]) found.push(new Stretch(line, i, axis));
  }
  return found.sort((p, q) => p.at - q.at || p.low - q.low || (p.line.id < q.line.id ? -1 : 1));
}

/**
 * The pairs of stretches that lie on one another and of which one can move: those that may lie there, because they share
 * an end, and those that clash.
 * @param {Stretch[]} stretches in order
 * @returns {{ clashes: Pair[], shared: Pair[] }}
 */
function pairsOf(stretches) {
  const clashes = /** @type {Pair[]} */ ([]), shared = /** @type {Pair[]} */ ([]);
  const free = stretches.filter((s) => s.free), fixed = stretches.filter((s) => !s.free);
  const add = (/** @type {Stretch} */ a, /** @type {Stretch} */ b) => {
    if (a.line === b.line || a.low >= b.high + NEAR || b.low >= a.high + NEAR) return;
    if (!sharesEnd(a.line, b.line)) clashes.push({ a, b });
    else if (a.at === b.at) shared.push({ a, b });
  };
  let next = 0;
  free.forEach((a, i) => {
    for (let j = i + 1; j < free.length && free[j].at - a.at < NEAR; j++) add(a, free[j]);
    while (next < fixed.length && fixed[next].at <= a.at - NEAR) next++;
    for (let j = next; j < fixed.length && fixed[j].at - a.at < NEAR; j++) add(a, fixed[j]);
  });
  return { clashes, shared };
}

/**
 * The pairs of stretches that lie on one another and cannot move.
 * @param {Stretch[]} stretches in order
 * @returns {Pair[]}
 */
function stuckOf(stretches) {
  const fixed = stretches.filter((s) => !s.free), stuck = /** @type {Pair[]} */ ([]);
  fixed.forEach((a, i) => {
    for (let j = i + 1; j < fixed.length && fixed[j].at - a.at < NEAR; j++) {
      const b = fixed[j];
      if (a.low < b.high && b.low < a.high && !sharesEnd(a.line, b.line)) stuck.push({ a, b });
    }
  });
  return stuck;
}

/** @param {Line} a @param {Line} b */
const sharesEnd = (a, b) => a.from === b.from || a.into === b.into;

/**
 * Where stretches that cannot move lie on one another, the stretches after them decide by how much.
 * @param {Pair[]} stuck
 * @param {Stretch[]} stretches
 * @returns {Pair[]}
 */
function turnsOf(stuck, stretches) {
  if (!stuck.length) return [];
  const lines = new Set(stuck.flatMap(({ a, b }) => [a.line, b.line]));
  const near = stretches.filter((s) => lines.has(s.line));
  const next = (/** @type {Stretch} */ { line, i }) => near.find((s) => s.line === line && s.i === (i === 0 ? 1 : i - 1));
  return stuck.flatMap((pair) => {
    const a = next(pair.a), b = next(pair.b);
    return a && b && (a.free || b.free) && canPass(a, b) ? [{ a, b }] : [];
  });
}

/**
 * @param {Pair[]} clashes
 * @param {Pair[]} shared
 * @returns {Group[]} those in which something clashes
 */
function groupsOf(clashes, shared) {
  for (const { a, b } of clashes) firstOf(a).first = firstOf(b);
  for (const { a, b } of shared) firstOf(a).first = firstOf(b);
  const groups = /** @type {Map<Stretch, { members: Set<Stretch>, clashes: Pair[], shared: Pair[] }>} */ (new Map());
  for (const pair of clashes) {
    const first = firstOf(pair.a), group = groups.get(first) ?? { members: new Set(), clashes: [], shared: [] };
    groups.set(first, group);
    group.members.add(pair.a).add(pair.b);
    group.clashes.push(pair);
  }
  for (const pair of shared) {
    const group = groups.get(firstOf(pair.a));
    group?.members.add(pair.a).add(pair.b);
    group?.shared.push(pair);
  }
  return [...groups.values()].map(({ members, ...pairs }) => ({ stretches: [...members], ...pairs }));
}

/** @param {Stretch} stretch */
function firstOf(stretch) {
  let at = stretch;
  while (at.first !== at) {
    at.first = at.first.first;
    at = at.first;
  }
  return at;
}
