/**
 * Gives stretches that clash a track each: in the order that crosses least, as near as can be to where they were.
 *
 * @import { Axis } from "./routing_scene.js"
 * @import { Group, Pair, Stretch } from "./routing_apart.js"
 * @typedef {{ stretches: Stretch[], at: number, from: number, to: number }} Track stretches that move together, and where they may lie
 */
import { OTHER } from "./routing_scene.js";
import { roomOf } from "./routing_settling.js";

/** How far tracks lie apart, and how little has to do where there is no more room. */
const SPACES = [10, 7, 5, 3];
/** How much worse it is to lie on a line than to cross it. */
const ON_TOP = 4;
/** How far a stretch at least stays away from the end of the line when it makes way. */
const STUB = 10;

/**
 * Place the stretches of a group; their lines are changed.
 * @param {Group} group
 * @param {Axis} axis
 */
export function placed({ stretches, clashes, shared }, axis) {
  const of = together(stretches, clashes, shared);
  const tracks = inFirstOrder([...new Set(of.values())].map((members) => trackOf([...members], axis)));
  const rank = new Map(tracks.flatMap((track, i) => track.stretches.map((s) => [s, i])));
  const costs = costsOf(tracks.length, clashes, rank);
  const order = bestOrder(costs);
  const places = SPACES.reduce((/** @type {number[] | null} */ found, space) => found ?? placesOf(order.map((i) => tracks[i]), order.map((i) => order.map((j) => costs[i][j] !== null)), space), null);
  places?.forEach((at, i) => tracks[order[i]].stretches.forEach((s) => move(s, at)));
}

/** @param {Stretch} stretch @param {number} at */
function move({ line, i, axis, free }, at) {
  if (!free) return;
  line.points[i][axis] = at;
  line.points[i + 1][axis] = at;
}

/**
 * The stretches that share a track: those out of the same side, then those into the same side, unless they clash.
 * @param {Stretch[]} stretches
 * @param {Pair[]} clashes
 * @param {Pair[]} shared
 */
function together(stretches, clashes, shared) {
  const of = new Map(stretches.map((s) => [s, new Set([s])]));
  const set = (/** @type {Stretch} */ s) => /** @type {Set<Stretch>} */ (of.get(s));
  const ordered = [...shared.filter(({ a, b }) => a.line.from === b.line.from), ...shared.filter(({ a, b }) => a.line.from !== b.line.from)];
  for (const { a, b } of ordered) {
    const one = set(a), two = set(b);
    if (one === two || clashes.some((c) => (one.has(c.a) && two.has(c.b)) || (one.has(c.b) && two.has(c.a)))) continue;
    for (const s of two) of.set(s, one.add(s));
  }
  return of;
}

/** @param {Stretch[]} stretches @param {Axis} axis @returns {Track} */
function trackOf(stretches, axis) {
  const track = { stretches, at: stretches[0].at, from: -Infinity, to: Infinity };
  for (const { line, i, at, free } of stretches) {
    const range = free ? roomOf(line.points, i, axis, line.scene, STUB).may : { from: at, to: at };
    track.from = Math.max(track.from, range.from);
    track.to = Math.min(track.to, range.to);
  }
  return track.from <= track.to ? track : { ...track, from: track.at, to: track.at };
}

/** @param {Track[]} tracks */
function inFirstOrder(tracks) {
  const first = (/** @type {Track} */ t) => t.stretches.reduce((a, b) => (b.low < a.low || (b.low === a.low && b.line.id < a.line.id) ? b : a));
  return tracks.map((track) => ({ track, by: first(track) })).sort((p, q) => p.track.at - q.track.at || p.by.low - q.by.low || (p.by.line.id < q.by.line.id ? -1 : 1)).map(({ track }) => track);
}

/**
 * costs[i][j]: what it costs that track i lies before track j; null when they have nothing to do with each other.
 * @param {number} count
 * @param {Pair[]} clashes
 * @param {Map<Stretch, number>} rank
 */
function costsOf(count, clashes, rank) {
  const costs = Array.from({ length: count }, () => /** @type {(number | null)[]} */ (Array(count).fill(null)));
  for (const { a, b } of clashes) {
    const i = /** @type {number} */ (rank.get(a)), j = /** @type {number} */ (rank.get(b));
    if (i === j) continue;
    costs[i][j] = (costs[i][j] ?? 0) + crossings(a, b);
    costs[j][i] = (costs[j][i] ?? 0) + crossings(b, a);
  }
  return costs;
}

/** Whether two stretches can be put in an order in which their lines do not lie on one another. @param {Stretch} a @param {Stretch} b */
export function canPass(a, b) {
  return Math.min(crossings(a, b), crossings(b, a)) < ON_TOP;
}

/**
 * How much two stretches get in each other's way when the first lies before the second.
 * @param {Stretch} first
 * @param {Stretch} second
 */
function crossings(first, second) {
  let cost = 0;
  const ends = turnsAt(second);
  for (const end of turnsAt(first)) {
    if (end.goes > 0 && end.at > second.low && end.at < second.high) cost += 1;
    if (end.goes > 0 && ends.some((other) => other.goes < 0 && Math.abs(other.at - end.at) < SPACES[0])) cost += ON_TOP;
  }
  for (const end of ends) if (end.goes < 0 && end.at > first.low && end.at < first.high) cost += 1;
  return cost;
}

/** Where a stretch turns, and whether the line goes on towards lower (-1) or higher (1) there. @param {Stretch} stretch */
function turnsAt({ line: { points }, i, axis, at }) {
  const along = OTHER[axis], turns = [];
  if (i > 0) turns.push({ at: points[i][along], goes: Math.sign(points[i - 1][axis] - at) });
  if (i + 2 < points.length) turns.push({ at: points[i + 1][along], goes: Math.sign(points[i + 2][axis] - at) });
  return turns;
}

/**
 * The order of tracks that costs least, found by taking one out and putting it elsewhere as long as that helps.
 * @param {(number | null)[][]} costs
 */
function bestOrder(costs) {
  const order = costs.map((_, i) => i);
  for (let round = 0; round < order.length; round++) {
    let better = false;
    for (const track of [...order]) better = improved(order, track, costs) || better;
    if (!better) break;
  }
  return order;
}

/** @param {number[]} order changed @param {number} track @param {(number | null)[][]} costs */
function improved(order, track, costs) {
  const now = order.indexOf(track);
  let gain = 0, best = 0, to = now;
  for (let i = now - 1; i >= 0; i--) {
    gain += (costs[order[i]][track] ?? 0) - (costs[track][order[i]] ?? 0);
    if (gain > best) [best, to] = [gain, i];
  }
  gain = 0;
  for (let i = now + 1; i < order.length; i++) {
    gain += (costs[track][order[i]] ?? 0) - (costs[order[i]][track] ?? 0);
    if (gain > best) [best, to] = [gain, i];
  }
  if (to === now) return false;
  order.splice(now, 1);
  order.splice(to, 0, track);
  return true;
}

/**
 * Where the tracks lie, in their order; null when there is no room.
 * @param {Track[]} tracks
 * @param {boolean[][]} clash
 * @param {number} space
 * @returns {number[] | null}
 */
function placesOf(tracks, clash, space) {
  const count = tracks.length, before = Array(count).fill(0), behind = Array(count).fill(0);
  const least = tracks.map((t) => t.from), most = tracks.map((t) => t.to);
  for (let j = 0; j < count; j++) for (let i = 0; i < j; i++) if (clash[i][j]) {
    before[j] = Math.max(before[j], before[i] + 1);
    least[j] = Math.max(least[j], least[i] + space);
  }
  for (let i = count - 1; i >= 0; i--) for (let j = count - 1; j > i; j--) if (clash[i][j]) {
    behind[i] = Math.max(behind[i], behind[j] + 1);
    most[i] = Math.min(most[i], most[j] - space);
  }
  if (least.some((low, i) => low > most[i])) return null;
  const places = /** @type {number[]} */ ([]);
  tracks.forEach((track, j) => {
    const wanted = Math.round(2 * track.at + (before[j] - behind[j]) * space) / 2;
    const low = places.reduce((found, at, i) => (clash[i][j] ? Math.max(found, at + space) : found), least[j]);
    places.push(Math.max(low, Math.min(most[j], wanted)));
  });
  return places;
}
