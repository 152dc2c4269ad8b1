/**
 * Puts lines beside one another that would run on top of each other and look like one. Lines out of the same side of a
 * node may share their stretches, and so may lines into the same side.
 *
 * @import { Point } from "./types.js"
 * @import { Axis, Scene } from "./routing_scene.js"
 * @typedef {{ id: string, from: string, into: string, points: Point[], scene: Scene }} Line `from` and `into` name the sides that it leaves and enters
 * @typedef {{ a: Stretch, b: Stretch }} Pair
 * @typedef {{ stretches: Stretch[], clashes: Pair[], shared: Pair[] }} Group stretches that have to do with one another: those that are not to lie on each other, and those that may
 */
import { SPACE, Stretch, canPass } from "./routing_stretch.js";
import { OTHER } from "./routing_scene.js";
import { placed } from "./routing_tracks.js";

/** Stretches that are nearer than this look like one. */
const NEAR = 8;
const ROUNDS = 2;

/**
 * Move the stretches of lines apart. What comes out does not depend on the order of the lines.
 * @param {Line[]} lines their points are changed
 */
export function putApart(lines) {
  const sorted = [...lines].sort((p, q) => (p.id < q.id ? -1 : 1));
  for (let round = 0; round < ROUNDS; round++) {
    const moved = /** @type {Axis[]} */ (["x", "y"]).map((axis) => moveApart(sorted, axis));
    if (!moved.includes(true)) return;
  }
}

/** @param {Line[]} lines in order @param {Axis} axis @returns {boolean} whether there was something to do */
function moveApart(lines, axis) {
  const stretches = inOrder(lines.flatMap((line) => stretchesOf(line, axis)));
  const turns = turnsOf(stuckOf(inOrder(lines.flatMap((line) => endsOf(line, OTHER[axis])))), stretches);
  const groups = groupsAround([...clashesOf(stretches), ...turns], stretches);
  for (const group of groups) placed(group);
  return groups.length > 0;
}

/** @param {Stretch[]} stretches those of the same place in the order of their lines */
function inOrder(stretches) {
  stretches.sort((p, q) => p.at - q.at || p.low - q.low);
  stretches.forEach((stretch, i) => (stretch.number = i));
  return stretches;
}

/** @param {Line} line @param {Axis} axis */
function stretchesOf(line, axis) {
  const { points } = line, found = [];
  for (let i = 0; i + 1 < points.length; i++) if (points[i][axis] === points[i + 1][axis]) found.push(new Stretch(line, i, axis));
  return found;
}

/** The stretches at the ends of a line that turns. @param {Line} line @param {Axis} axis */
function endsOf(line, axis) {
  const { points } = line, last = points.length - 2;
  if (last < 1) return [];
  return [0, last].filter((i) => points[i][axis] === points[i + 1][axis]).map((i) => new Stretch(line, i, axis));
}

/**
 * The pairs of stretches that look like one although they are not, and of which one can move.
 * @param {Stretch[]} stretches in order
 * @returns {Pair[]}
 */
function clashesOf(stretches) {
  const clashes = /** @type {Pair[]} */ ([]), free = stretches.filter((s) => s.free), fixed = stretches.filter((s) => !s.free);
  const add = (/** @type {Stretch} */ a, /** @type {Stretch} */ b) => {
    if (meets(a, b) && !sharesEnd(a.line, b.line)) clashes.push({ a, b });
  };
  let next = 0;
  free.forEach((a, i) => {
    for (let j = i + 1; j < free.length && free[j].at - a.at < NEAR; j++) add(a, free[j]);
    while (next < fixed.length && fixed[next].at <= a.at - NEAR) next++;
    for (let j = next; j < fixed.length && fixed[j].at - a.at < NEAR; j++) add(a, fixed[j]);
  });
  return clashes;
}

/**
 * The pairs of end stretches, which cannot move, that lie on one another.
 * @param {Stretch[]} ends in order
 * @returns {Pair[]}
 */
function stuckOf(ends) {
  const stuck = /** @type {Pair[]} */ ([]);
  ends.forEach((a, i) => {
    for (let j = i + 1; j < ends.length && ends[j].at - a.at < NEAR; j++) {
      const b = ends[j];
      if (a.low < b.high && b.low < a.high && !sharesEnd(a.line, b.line)) stuck.push({ a, b });
    }
  });
  return stuck;
}

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
 * The groups of stretches that something is to change in: what clashes, with all that lies where that could be moved to.
 * @param {Pair[]} seeds
 * @param {Stretch[]} stretches in order
 * @returns {Group[]}
 */
function groupsAround(seeds, stretches) {
  const clashes = [...seeds], shared = /** @type {Pair[]} */ ([]), known = new Set(seeds.map(({ a, b }) => keyOf(a, b)));
  const reached = new Set(seeds.flatMap(({ a, b }) => [a, b]));
  for (const a of reached) {
    if (!a.free) continue;
    for (let i = firstFrom(stretches, a.range.from - SPACE); i < stretches.length && stretches[i].at < a.range.to + SPACE; i++) {
      const b = stretches[i];
      if (a.line === b.line || !meets(a, b) || known.has(keyOf(a, b))) continue;
      const mayShare = sharesEnd(a.line, b.line);
      if (mayShare && a.at !== b.at) continue;
      (mayShare ? shared : clashes).push({ a, b });
      known.add(keyOf(a, b));
      reached.add(b);
    }
  }
  return grouped(clashes, shared);
}

/**
 * @param {Pair[]} clashes
 * @param {Pair[]} shared
 * @returns {Group[]}
 */
function grouped(clashes, shared) {
  for (const { a, b } of [...clashes, ...shared]) a.top.above = b.top;
  const groups = /** @type {Map<Stretch, { members: Set<Stretch>, clashes: Pair[], shared: Pair[] }>} */ (new Map());
  const of = (/** @type {Pair} */ { a, b }) => {
    const group = groups.get(a.top) ?? { members: new Set(), clashes: [], shared: [] };
    groups.set(a.top, group);
    group.members.add(a).add(b);
    return group;
  };
  for (const pair of clashes) of(pair).clashes.push(pair);
  for (const pair of shared) of(pair).shared.push(pair);
  return [...groups.values()].map(({ members, ...pairs }) => ({ stretches: [...members], ...pairs }));
}

/** Whether two stretches would touch if they lay at the same place. @param {Stretch} a @param {Stretch} b */
function meets(a, b) {
  return a.line !== b.line && a.low < b.high + NEAR && b.low < a.high + NEAR;
}

/** @param {Line} a @param {Line} b */
const sharesEnd = (a, b) => a.from === b.from || a.into === b.into;

/** @param {Stretch} a @param {Stretch} b */
const keyOf = (a, b) => (a.number < b.number ? a.number * 1e6 + b.number : b.number * 1e6 + a.number);

/** @param {Stretch[]} stretches in order @param {number} at */
function firstFrom(stretches, at) {
  let low = 0, high = stretches.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (stretches[middle].at >= at) high = middle;
    else low = middle + 1;
  }
  return low;
}
