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
  const beside = new Beside(stretches);
  return stretches.filter((s) => s.free).flatMap((a) => {
    const near = beside.near(a, a.at - NEAR, a.at + NEAR).filter((b) => b.at > a.at - NEAR && !sharesEnd(a.line, b.line));
    return [...near.filter((b) => b.free && b.number > a.number), ...near.filter((b) => !b.free)].map((b) => ({ a, b }));
  });
}

/**
 * The pairs of end stretches, which cannot move, that lie on one another.
 * @param {Stretch[]} ends in order
 * @returns {Pair[]}
 */
function stuckOf(ends) {
  const beside = new Beside(ends);
  return ends.flatMap((a) => beside.near(a, a.at, a.at + NEAR)
    .filter((b) => b.number > a.number && a.low < b.high && b.low < a.high && !sharesEnd(a.line, b.line))
    .map((b) => ({ a, b })));
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
  const reached = new Set(seeds.flatMap(({ a, b }) => [a, b])), beside = new Beside(stretches);
  for (const a of reached) {
    if (!a.free) continue;
    for (const b of beside.near(a, a.range.from - SPACE, a.range.to + SPACE)) {
      if (known.has(keyOf(a, b))) continue;
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

/** Wide enough for a node and the room after it. */
const REACH = 256;

/** Stretches of one axis, found by where they lie along the other: of a large flow few have to do with one another. */
class Beside {
  /** @param {Stretch[]} stretches in order */
  constructor(stretches) {
    /** @type {Map<number, Stretch[]>} */
    this.parts = new Map();
    for (const stretch of stretches) {
      for (let part = partOf(stretch.low), last = partOf(stretch.high); part <= last; part++) {
        const there = this.parts.get(part);
        if (there) there.push(stretch);
        else this.parts.set(part, [stretch]);
      }
    }
  }

  /**
   * Those of other lines that would touch a stretch if they lay at the same place, in order.
   * @param {Stretch} a
   * @param {number} from the first place that counts
   * @param {number} to the first that does not
   * @returns {Stretch[]}
   */
  near(a, from, to) {
    const found = /** @type {Stretch[]} */ ([]), first = partOf(a.low - NEAR), last = partOf(a.high + NEAR);
    for (let part = first; part <= last; part++) {
      const there = this.parts.get(part) ?? [];
      for (let i = firstFrom(there, from); i < there.length && there[i].at < to; i++) {
        const b = there[i];
        if (meets(a, b) && part === Math.max(first, partOf(b.low))) found.push(b);
      }
    }
    return first === last ? found : found.sort((b, c) => b.number - c.number);
  }
}

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

/** @param {number} place */
const partOf = (place) => Math.floor(place / REACH);
