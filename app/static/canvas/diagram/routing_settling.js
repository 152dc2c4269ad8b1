/**
 * Moves the stretches of a line to where they look at home in the gaps that they run through: half-way between its ends
 * while there is room, in the middle of a narrow gap, not too far from what the line goes around.
 *
 * @import { Point } from "./types.js"
 * @import { Axis, Scene } from "./routing_scene.js"
 * @typedef {{ from: number, to: number }} Range
 */
import { HIGH, LOW, OTHER, STUB } from "./routing_scene.js";

/** The room that a stretch likes to have at either side: a part of its gap, but at least and at most so much. */
const PART = 0.35, LEAST = 20, MOST = 60;
/** How far a line that goes around something stays away from it. */
const AROUND = 24;
/** How near two bends of one line come. */
const STEP = 12;

/**
 * The same line with its inner stretches moved; those that touch a node stay.
 * @param {Point[]} points straightened
 * @param {Scene} scene
 * @returns {Point[]}
 */
export function settled(points, scene) {
  const moved = points.map((p) => ({ ...p }));
  const rounds = moved.length > 4 ? 2 : 1;
  for (let round = 0; round < rounds; round++) {
    for (let i = 1; i < moved.length - 2; i++) settle(moved, i, scene);
  }
  return moved;
}

/**
 * @param {Point[]} points changed
 * @param {number} i the stretch from this point to the next
 * @param {Scene} scene
 */
function settle(points, i, scene) {
  const axis = /** @type {Axis} */ (points[i].x === points[i + 1].x ? "x" : "y");
  const now = points[i][axis], before = points[i - 1][axis], after = points[i + 2][axis];
  const { may, gap } = roomOf(points, i, axis, scene, STUB);
  const wanted = Math.sign(before - now) === Math.sign(after - now) ? roundIt(before < now, gap) : between((before + after) / 2, gap);
  const at = Math.max(may.from, Math.min(may.to, Math.round(wanted * 2) / 2));
  points[i][axis] = at;
  points[i + 1][axis] = at;
}

/** A stretch between two that go on in the same way. @param {number} home @param {Range} gap */
function between(home, { from, to }) {
  const room = Math.min((to - from) / 2, Math.max(LEAST, Math.min(MOST, (to - from) * PART)));
  return Math.max(from + room, Math.min(to - room, home));
}

/** A stretch that goes around something, which lies at its lower side or at its higher one. @param {boolean} low @param {Range} gap */
function roundIt(low, { from, to }) {
  const room = Math.min((to - from) / 2, AROUND);
  return low ? from + room : to - room;
}

/**
 * Where a stretch may be moved to without coming too near to a wall or turning its neighbours round, and the gap that it
 * runs through: to the next wall or to where its neighbours end.
 * @param {Point[]} points
 * @param {number} i
 * @param {Axis} axis
 * @param {Scene} scene
 * @param {number} stub how far it stays away from the ends of the line
 * @returns {{ may: Range, gap: Range }}
 */
export function roomOf(points, i, axis, { area, walls }, stub) {
  const a = points[i], b = points[i + 1], now = a[axis], along = OTHER[axis], low = LOW[axis], high = HIGH[axis];
  const start = Math.min(a[along], b[along]), end = Math.max(a[along], b[along]), startEdge = LOW[along], endEdge = HIGH[along];
  const may = { from: area[low], to: area[high] }, gap = { from: area[low], to: area[high] };
  for (const wall of walls) {
    const { margin } = wall;
    if (wall[startEdge] - margin >= end || wall[endEdge] + margin <= start) continue;
    if (wall[low] + wall[high] < 2 * now) {
      may.from = Math.max(may.from, wall[high] + margin);
      gap.from = Math.max(gap.from, wall[high]);
    } else {
      may.to = Math.min(may.to, wall[low] - margin);
      gap.to = Math.min(gap.to, wall[low]);
    }
  }
  stayBetween(may, gap, now, points[i - 1][axis], i === 1 ? stub : STEP);
  stayBetween(may, gap, now, points[i + 2][axis], i === points.length - 3 ? stub : STEP);
  return { may, gap };
}

/** @param {Range} may changed @param {Range} gap changed @param {number} now @param {number} end where a neighbour ends @param {number} keep */
function stayBetween(may, gap, now, end, keep) {
  const away = Math.min(Math.abs(now - end), keep);
  if (end < now) {
    may.from = Math.max(may.from, end + away);
    gap.from = Math.max(gap.from, end);
  } else {
    may.to = Math.min(may.to, end - away);
    gap.to = Math.min(gap.to, end);
  }
}
