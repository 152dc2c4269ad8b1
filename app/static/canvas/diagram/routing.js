/**
 * The way of a line: orthogonal, out of one side and into another, around the nodes between.
 *
 * A line takes its plain way, with half-way bends, when nothing is in it; else the cheapest way along the edges of the
 * nodes around. Either is then settled in the gaps that it runs through. Lines know nothing of one another here: what
 * runs on top of something else is put beside it in `routing_apart.js`.
 *
 * @import { Point, Sides } from "./types.js"
 * @import { Box } from "../tree/sides.js"
 * @import { Area } from "./routing_field.js"
 * @import { Scene } from "./routing_scene.js"
 */
import { OPPOSITE, WAYS, anchor } from "../tree/sides.js";
import { Field, MARGIN, wallOf } from "./routing_field.js";
import { axisOf, isBlocked, sceneOf } from "./routing_scene.js";
import { BEND, search } from "./routing_search.js";
import { settled } from "./routing_settling.js";

/** How far around a line obstacles are looked for, at first and when there is no way among those. */
const REACHES = [96, 384, 1536, 6144];

/**
 * Route a line.
 * @param {Box} source
 * @param {Box} target
 * @param {Sides} sides
 * @param {Box[] | Pick<Field, "within">} [obstacles] the source and the target may be among them
 * @returns {Point[]} its corners, from the side of the source to the side of the target
 */
export function route(source, target, sides, obstacles = []) {
  return routed(source, target, sides, obstacles).points;
}

/**
 * Route a line, and tell what it went by: obstacles outside of the scene's area make no difference to it.
 * @param {Box} source
 * @param {Box} target
 * @param {Sides} sides
 * @param {Box[] | Pick<Field, "within">} obstacles
 * @returns {{ points: Point[], scene: Scene }}
 */
export function routed(source, target, sides, obstacles) {
  const field = Array.isArray(obstacles) ? new Field(obstacles) : obstacles;
  const straight = straightWay(source, target, sides, field);
  if (straight) return straight;
  let best = null, scene = sceneOf(source, target, sides, [], areaAround(source, target, 0));
  for (const reach of REACHES) {
    const area = areaAround(source, target, reach);
    scene = sceneOf(source, target, sides, field.within(area), area);
    const plain = plainWay(scene);
    if (isNatural(plain) && isFree(plain, scene)) return { points: tidy(plain, scene), scene };
    const found = search(scene);
    if (found) best = { points: tidy([scene.start, ...found.points, scene.end], scene), scene };
    if (found && found.cost <= leastAround(scene, reach)) break;
  }
  return best ?? { points: straightened(plainWay(scene)), scene };
}

/**
 * The way between two sides that look at each other with nothing between; it depends on very little.
 * @param {Box} source
 * @param {Box} target
 * @param {Sides} sides
 * @param {Pick<Field, "within">} field
 */
function straightWay(source, target, sides, field) {
  const start = anchor(source, sides.source), end = anchor(target, sides.target), [x, y] = WAYS[sides.source];
  const isStraight = sides.target === OPPOSITE[sides.source] && (x ? start.y === end.y && (end.x - start.x) * x > 0 : start.x === end.x && (end.y - start.y) * y > 0);
  if (!isStraight) return null;
  const area = { left: Math.min(start.x, end.x) - MARGIN, top: Math.min(start.y, end.y) - MARGIN, right: Math.max(start.x, end.x) + MARGIN, bottom: Math.max(start.y, end.y) + MARGIN };
  const scene = sceneOf(source, target, sides, field.within(area), area);
  return isBlocked(scene.out, scene.into, scene.walls) ? null : { points: [start, end], scene };
}

/** @param {Box} one @param {Box} other @param {number} reach @returns {Area} */
function areaAround(one, other, reach) {
  const a = wallOf(one, 0), b = wallOf(other, 0);
  return { left: Math.min(a.left, b.left) - reach, top: Math.min(a.top, b.top) - reach, right: Math.max(a.right, b.right) + reach, bottom: Math.max(a.bottom, b.bottom) + reach };
}

/** What a way that leaves the searched area would cost at least. @param {Scene} scene @param {number} reach */
function leastAround({ out, into, sides: { source, target } }, reach) {
  const bends = source === target ? 2 : source === OPPOSITE[target] ? 4 : 3;
  return Math.abs(out.x - into.x) + Math.abs(out.y - into.y) + 2 * (reach - MARGIN) + bends * BEND;
}

/** The way of a line that nothing is in the way of. @param {Scene} scene */
function plainWay({ start, out, into, end, sides }) {
  const leaves = axisOf(sides.source), enters = axisOf(sides.target);
  const half = { x: (out.x + into.x) / 2, y: (out.y + into.y) / 2 };
  const middle = leaves === "x" && enters === "x"
    ? [{ x: half.x, y: out.y }, { x: half.x, y: into.y }]
    : leaves === "y" && enters === "y"
      ? [{ x: out.x, y: half.y }, { x: into.x, y: half.y }]
      : leaves === "x" ? [{ x: into.x, y: out.y }] : [{ x: out.x, y: into.y }];
  return [start, out, ...middle, into, end];
}

/** Whether a line never turns back on itself. @param {Point[]} points */
function isNatural(points) {
  const way = (/** @type {number} */ i) => [Math.sign(points[i + 1].x - points[i].x), Math.sign(points[i + 1].y - points[i].y)];
  let before = way(0);
  for (let i = 1; i < points.length - 1; i++) {
    const now = way(i);
    if (!now[0] && !now[1]) continue;
    if (now[0] === -before[0] && now[1] === -before[1]) return false;
    before = now;
  }
  return true;
}

/** Whether all between the stubs keeps away from the walls. @param {Point[]} points @param {Scene} scene */
function isFree(points, { walls }) {
  for (let i = 1; i < points.length - 2; i++) if (isBlocked(points[i], points[i + 1], walls)) return false;
  return true;
}

/** Settled; a stretch that has lost its length by that goes. @param {Point[]} points @param {Scene} scene */
const tidy = (points, scene) => straightened(settled(straightened(points), scene));

/**
 * Leave out points that the line goes straight through, and where it goes out and back the same way.
 * @param {Point[]} points
 * @returns {Point[]}
 */
function straightened(points) {
  const kept = points.filter((p, i) => i === 0 || p.x !== points[i - 1].x || p.y !== points[i - 1].y);
  if (kept.length === 1) return [points[0], points[points.length - 1]];
  const turns = kept.filter((p, i) => {
    const before = kept[i - 1], after = kept[i + 1];
    return !before || !after || !((before.x === p.x && p.x === after.x) || (before.y === p.y && p.y === after.y));
  });
  return turns.length < points.length ? straightened(turns) : turns;
}
