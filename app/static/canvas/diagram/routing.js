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
import { Field, around, areaOf, grown } from "./routing_field.js";
import { STUB, axisOf, isBlocked, sceneOf, spanned } from "./routing_scene.js";
import { BEND, search } from "./routing_search.js";
import { settled } from "./routing_settling.js";

export { STUB };

/** How far around a line obstacles are looked for, at first and when there is no way among those. */
const REACHES = [64, 256, 1024, 4096];

/**
 * Route a line.
 * @param {Box} source
 * @param {Box} target
 * @param {Sides} sides
 * @param {Box[] | Field} [obstacles] the source and the target may be among them
 * @returns {Point[]} its corners, from the side of the source to the side of the target
 */
export function route(source, target, sides, obstacles = []) {
  return routed(source, target, sides, obstacles).points;
}

/**
 * Route a line, and tell what it depends on: obstacles outside of the area make no difference to it.
 * @param {Box} source
 * @param {Box} target
 * @param {Sides} sides
 * @param {Box[] | Field} obstacles
 * @returns {{ points: Point[], area: Area }}
 */
export function routed(source, target, sides, obstacles) {
  const field = obstacles instanceof Field ? obstacles : new Field(obstacles);
  const ends = around([areaOf(source), areaOf(target)]);
  let best = null, area = ends;
  for (const reach of REACHES) {
    area = grown(ends, reach);
    const scene = sceneOf(source, target, sides, field.within(area));
    const plain = plainWay(scene);
    if (isNatural(plain) && isFree(plain, scene)) return { points: settled(straightened(plain), scene), area };
    const found = search(scene, area);
    if (found) best = { points: settled(straightened([scene.start, ...found.points, scene.end]), scene), area };
    if (found ? found.cost <= leastAround(scene, reach) : false) break;
  }
  return best ?? { points: straightened(plainWay(sceneOf(source, target, sides, []))), area };
}

/** What a way that leaves the searched area would cost at least. @param {Scene} scene @param {number} reach */
function leastAround({ out, into }, reach) {
  return Math.abs(out.x - into.x) + Math.abs(out.y - into.y) + 2 * (reach - STUB) + 2 * BEND;
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

/**
 * Leave out points that the line goes straight through.
 * @param {Point[]} points
 */
export function straightened(points) {
  const kept = points.filter((p, i) => i === 0 || p.x !== points[i - 1].x || p.y !== points[i - 1].y);
  return kept.filter((p, i) => {
    const before = kept[i - 1], after = kept[i + 1];
    return !before || !after || !((before.x === p.x && p.x === after.x) || (before.y === p.y && p.y === after.y));
  });
}
