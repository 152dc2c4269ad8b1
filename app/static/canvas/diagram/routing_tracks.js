/**
 * Gives stretches that clash a track each: in the order that crosses least, as near as can be to where they were.
 *
 * @import { Group, Pair } from "./routing_apart.js"
 * @import { Stretch } from "./routing_stretch.js"
 * @typedef {{ stretches: Stretch[], at: number, from: number, to: number }} Track stretches that move together, and where they may lie
 */
import { SPACE, crossings } from "./routing_stretch.js";

/** How little apart tracks lie where there is no more room. */
const SPACES = [SPACE, 7, 5, 3];
/** What it costs to change the order of tracks that lie apart, in crossings. */
const CHANGE = 1;
const ROUNDS = 24;

/**
 * Place the stretches of a group; their lines are changed.
 * @param {Group} group
 */
export function placed({ stretches, clashes, shared }) {
  const of = together(stretches, clashes, shared);
  const tracks = inFirstOrder([...new Set(of.values())].map((members) => trackOf([...members])));
  const costs = costsOf(tracks, clashes);
  const ordered = bestOrder(costs), sorted = ordered.map((i) => tracks[i]);
  const pairs = ordered.flatMap((a, i) => ordered.flatMap((b, j) => (i < j && costs[a][b] !== null ? [[i, j]] : [])));
  for (const space of SPACES) {
    const places = placesOf(sorted, pairs, space);
    if (!places) continue;
    sorted.forEach((track, i) => track.stretches.forEach((s) => s.put(places[i])));
    return;
  }
}

/**
 * The stretches that share a track: those out of the same side, then those into the same side, unless they clash; and
 * those that cannot move and lie at the same place, for nothing fits between them.
 * @param {Stretch[]} stretches
 * @param {Pair[]} clashes
 * @param {Pair[]} shared
 */
function together(stretches, clashes, shared) {
  const of = new Map(stretches.map((s) => [s, new Set([s])]));
  const set = (/** @type {Stretch} */ s) => /** @type {Set<Stretch>} */ (of.get(s));
  const inOrder = [...shared].sort((p, q) => p.a.number - q.a.number || p.b.number - q.b.number);
  for (const { a, b } of [...inOrder.filter(isFork), ...inOrder.filter((pair) => !isFork(pair))]) {
    const one = set(a), two = set(b);
    if (one === two || clashes.some((c) => (one.has(c.a) && two.has(c.b)) || (one.has(c.b) && two.has(c.a)))) continue;
    for (const s of two) of.set(s, one.add(s));
  }
  const fixed = /** @type {Map<number, Set<Stretch>>} */ (new Map());
  for (const s of stretches) if (!s.free) {
    const one = fixed.get(s.at) ?? new Set();
    fixed.set(s.at, one);
    for (const member of set(s)) of.set(member, one.add(member));
  }
  return of;
}

/** @param {Pair} pair */
const isFork = ({ a, b }) => a.line.from === b.line.from;

/** @param {Stretch[]} stretches @returns {Track} */
function trackOf(stretches) {
  const [{ at }] = stretches, from = Math.max(...stretches.map((s) => s.range.from)), to = Math.min(...stretches.map((s) => s.range.to));
  return from <= at && at <= to ? { stretches, at, from, to } : { stretches, at, from: at, to: at };
}

/** @param {Track[]} tracks */
function inFirstOrder(tracks) {
  const first = (/** @type {Track} */ t) => Math.min(...t.stretches.map((s) => s.number));
  return tracks.sort((p, q) => first(p) - first(q));
}

/**
 * costs[i][j]: what it costs that track i lies before track j; null when they have nothing to do with each other.
 * @param {Track[]} tracks
 * @param {Pair[]} clashes
 */
function costsOf(tracks, clashes) {
  const costs = tracks.map(() => /** @type {(number | null)[]} */ (Array(tracks.length).fill(null)));
  const rank = new Map(tracks.flatMap((track, i) => track.stretches.map((s) => [s, i])));
  for (const { a, b } of clashes) {
    const i = /** @type {number} */ (rank.get(a)), j = /** @type {number} */ (rank.get(b));
    if (i === j) continue;
    const keep = Math.abs(a.at - b.at) < SPACE ? 0 : CHANGE;
    costs[i][j] = (costs[i][j] ?? 0) + crossings(a, b) + (a.at > b.at ? keep : 0);
    costs[j][i] = (costs[j][i] ?? 0) + crossings(b, a) + (b.at > a.at ? keep : 0);
  }
  return costs;
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
 * Where tracks lie, in their order: so far apart as asked, and moved as little as can be; null when there is no room.
 * @param {Track[]} tracks
 * @param {number[][]} pairs which tracks are to lie apart, the first before the second
 * @param {number} space
 * @returns {number[] | null}
 */
function placesOf(tracks, pairs, space) {
  const least = tracks.map((t) => t.from), most = tracks.map((t) => t.to), places = tracks.map((t) => t.at);
  for (const [i, j] of pairs) least[j] = Math.max(least[j], least[i] + space);
  for (const [i, j] of pairs.toReversed()) most[i] = Math.min(most[i], most[j] - space);
  if (least.some((low, i) => low > most[i])) return null;
  for (let round = 0; round < ROUNDS; round++) if (!pushedApart(places, pairs, space, least, most)) break;
  const settled = places.map((at) => Math.round(at * 2) / 2);
  for (const [i, j] of pairs) least[j] = Math.max(least[j], Math.max(least[i], Math.min(most[i], settled[i])) + space);
  return settled.map((at, i) => Math.max(least[i], Math.min(most[i], at)));
}

/**
 * Push each pair that is too near apart, both by half as far as they can.
 * @param {number[]} places changed
 * @param {number[][]} pairs
 * @param {number} space
 * @param {number[]} least
 * @param {number[]} most
 */
function pushedApart(places, pairs, space, least, most) {
  let moved = false;
  for (const [i, j] of pairs) {
    const lack = space - (places[j] - places[i]);
    if (lack <= 0.01) continue;
    const back = Math.min(lack / 2, places[i] - least[i]), forth = Math.min(lack - back, most[j] - places[j]);
    places[i] -= Math.max(back, Math.min(lack - forth, places[i] - least[i]));
    places[j] += forth;
    moved = true;
  }
  return moved;
}
