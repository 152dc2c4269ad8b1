/** What lines are checked against: a slow search over all points of a grid of 10, and what is true of every line. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { WAYS, anchor } from "../../app/static/canvas/tree/sides.js";

export const STEP = 10;
const BEND = 48;

/** Boxes on the grid, with middles of sides on it too. */
export const box = fc.record({ x: fc.integer({ min: 0, max: 45 }), y: fc.integer({ min: 0, max: 45 }), width: fc.constantFrom(40, 80, 160), height: fc.constantFrom(40, 60, 80) })
  .map(({ x, y, width, height }) => ({ x: x * STEP, y: y * STEP, width, height }));
export const side = fc.constantFrom("Top", "Right", "Bottom", "Left");
export const sides = fc.record({ source: side, target: side });

/** @param {any} a @param {any} b the smaller of the distances that keep them apart */
export function distance(a, b) {
  return Math.max(a.x - b.x - b.width, b.x - a.x - a.width, a.y - b.y - b.height, b.y - a.y - a.height);
}

/** The stretches of a line. @param {any[]} points */
export function stretches(points) {
  return points.slice(1).map((to, i) => ({ from: points[i], to }));
}

/** Whether a stretch runs through a box that is larger by a margin. */
export function runsThrough({ from, to }, { x, y, width, height }, margin) {
  return Math.min(from.x, to.x) < x + width + margin && Math.max(from.x, to.x) > x - margin
    && Math.min(from.y, to.y) < y + height + margin && Math.max(from.y, to.y) > y - margin;
}

/** What is true of every line, wherever it leads. */
export function assertLine(points, source, target, ends) {
  assert.deepEqual(points[0], anchor(source, ends.source), "begins at its side");
  assert.deepEqual(points.at(-1), anchor(target, ends.target), "ends at its side");
  for (const { from, to } of stretches(points)) {
    assert.ok((from.x === to.x) !== (from.y === to.y), `level or upright, not empty: ${JSON.stringify([from, to])}`);
    for (const value of [from.x, from.y, to.x, to.y]) assert.equal(value * 2, Math.round(value * 2), "on whole or half pixels");
  }
  for (let i = 1; i + 1 < points.length; i++) assert.ok((points[i - 1].x === points[i].x) !== (points[i].x === points[i + 1].x), "turns at every corner");
}

/** Leaves outwards and enters from outside, each straight for at least so far. */
export function assertStubs(points, ends, least) {
  const go = ([x, y], from, to) => (to.x - from.x) * x + (to.y - from.y) * y;
  assert.ok(go(WAYS[ends.source], points[0], points[1]) >= least, `leaves straight: ${JSON.stringify(points)}`);
  assert.ok(go(WAYS[ends.target], points.at(-1), points.at(-2)) >= least, `enters straight: ${JSON.stringify(points)}`);
}

/** The length of a line and what its bends cost. */
export function costOf(points) {
  return stretches(points).reduce((sum, { from, to }) => sum + Math.abs(to.x - from.x) + Math.abs(to.y - from.y), 0) + (points.length - 2) * BEND;
}

/**
 * What the cheapest way costs that keeps 10 away from every box, or null when there is none; by looking at every point.
 * @param {any} source
 * @param {any} target
 * @param {any} ends
 * @param {any[]} boxes
 */
export function cheapest(source, target, ends, boxes) {
  const all = [source, target, ...boxes].map(({ x, y, width, height }) => ({ left: x - STEP, top: y - STEP, right: x + width + STEP, bottom: y + height + STEP }));
  const start = beyond(anchor(source, ends.source), WAYS[ends.source]), end = beyond(anchor(target, ends.target), WAYS[ends.target]);
  const isShut = (x, y, dx, dy) => {
    const left = dx < 0 ? x - STEP : x, right = dx > 0 ? x + STEP : x, top = dy < 0 ? y - STEP : y, bottom = dy > 0 ? y + STEP : y;
    return all.some((b) => left < b.right && right > b.left && top < b.bottom && bottom > b.top);
  };
  const done = new Set(), wanted = WAYS[ends.target].map((v) => -v), byCost = /** @type {any[][]} */ ([]);
  const put = (cost, x, y, way) => {
    const state = `${x} ${y} ${way}`;
    if (!done.has(state)) (byCost[cost / 2] ??= []).push({ x, y, way, state });
  };
  put(STEP, start.x, start.y, WAYS[ends.source]);
  for (let cost = STEP; cost / 2 < byCost.length; cost += 2) {
    for (const { x, y, way, state } of byCost[cost / 2] ?? []) {
      if (done.has(state)) continue;
      done.add(state);
      const isHere = x === end.x && y === end.y;
      if (isHere && way[0] === wanted[0] && way[1] === wanted[1]) return cost + STEP;
      for (const next of Object.values(WAYS)) {
        const [dx, dy] = next, bends = dx === way[0] && dy === way[1] ? 0 : BEND;
        if (dx === -way[0] && dy === -way[1]) continue;
        if (isHere && dx === wanted[0] && dy === wanted[1]) put(cost + bends, x, y, next);
        else if (!isShut(x, y, dx, dy) && isNear(x + dx * STEP, y + dy * STEP)) put(cost + STEP + bends, x + dx * STEP, y + dy * STEP, next);
      }
    }
  }
  return null;
}

const isNear = (x, y) => x >= -150 && x <= 800 && y >= -150 && y <= 800;
const beyond = ({ x, y }, [dx, dy]) => ({ x: x + dx * STEP, y: y + dy * STEP });
