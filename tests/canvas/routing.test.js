/** Lines: what is true of every one, how those of the usual shapes run, and that the cheapest way is found. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { route, routed } from "../../app/static/canvas/diagram/routing.js";
import { assertLine, assertStubs, box, cheapest, costOf, distance, runsThrough, sides, stretches } from "./routing_reference.js";

const task = (x, y) => ({ x, y, width: 168, height: 56 });
const gateway = (x, y) => ({ x, y, width: 40, height: 40 });
const between = (source, target) => ({ source, target });
const corners = (...args) => route(...args).map(({ x, y }) => `${x},${y}`).join(" ");

/** @type {[string, string, any[]][]} */
const SHAPES = [
  ["to the next in the row: straight", "168,28 300,28", [task(0, 0), task(300, 0), between("Right", "Left")]],
  ["to the next, lower: bends half-way", "168,28 234,28 234,128 300,128", [task(0, 0), task(300, 100), between("Right", "Left")]],
  ["down to the next column: bends half-way", "84,56 84,128 384,128 384,200", [task(0, 0), task(300, 200), between("Bottom", "Top")]],
  ["around one corner", "168,28 384,28 384,100", [task(0, 0), task(300, 100), between("Right", "Top")]],
  ["out of a gateway upwards", "20,0 20,-72 120,-72", [gateway(0, 0), task(120, -100), between("Top", "Left")]],
  ["through a gap of 44: in its middle", "40,20 62,20 62,120 84,120", [gateway(0, 0), task(84, 92), between("Right", "Left")]],
  ["through a gap of 12, too narrow for margins, where there is no other way: in its middle", "168,28 174,28 174,48 180,48", [task(0, 0), task(180, 20), between("Right", "Left")]],
  ["past a gap of 12 between the columns: between the rows", "168,28 192,28 192,78 156,78 156,128 180,128", [task(0, 0), task(180, 100), between("Right", "Left")]],
  ["back to an earlier one of the row: around, above", "768,28 792,28 792,-24 -24,-24 -24,28 0,28", [task(600, 0), task(0, 0), between("Right", "Left")]],
  ["back to an earlier one of another row: between the rows", "768,28 792,28 792,78 -24,78 -24,128 0,128", [task(600, 0), task(0, 100), between("Right", "Left")]],
  ["back below", "684,56 684,80 84,80 84,56", [task(600, 0), task(0, 0), between("Bottom", "Bottom"), [task(300, 0)]]],
  ["back above", "684,0 684,-24 84,-24 84,0", [task(600, 0), task(0, 0), between("Top", "Top"), [task(300, 0)]]],
  ["out and in at the same side", "168,28 492,28 492,128 468,128", [task(0, 0), task(300, 100), between("Right", "Right")]],
  ["past one that stands in the row", "168,28 254,28 254,-24 514,-24 514,28 600,28", [task(0, 0), task(600, 0), between("Right", "Left"), [task(300, 0)]]],
  ["past one that stands in the row, below when it is higher", "168,28 254,28 254,70 514,70 514,28 600,28", [task(0, 0), task(600, 0), between("Right", "Left"), [task(300, -10)]]],
  ["behind one that stands in the other's row", "168,28 514,28 514,128 600,128", [task(0, 0), task(600, 100), between("Right", "Left"), [task(300, 100)]]],
  ["before one that stands in its own row", "168,28 254,28 254,128 600,128", [task(0, 0), task(600, 100), between("Right", "Left"), [task(300, 0)]]],
];

for (const [name, expected, args] of SHAPES) {
  test(name, () => assert.equal(corners(...args), expected));
}

test("half-way bends stay half-way as long as nothing comes near", () => {
  const lone = corners(task(0, 0), task(600, 300), between("Right", "Left"));
  assert.equal(lone, "168,28 384,28 384,328 600,328");
  assert.equal(corners(task(0, 0), task(600, 300), between("Right", "Left"), [task(450, 150), task(150, 150)]), lone);
});

test("a node that comes nearer pushes a bend away little by little", () => {
  const bendAt = (/** @type {number} */ left) => route(task(0, 0), task(600, 300), between("Right", "Left"), [task(left, 150)])[1].x;
  const places = Array.from({ length: 60 }, (_, i) => bendAt(460 - i));
  for (let i = 1; i < places.length; i++) assert.ok(Math.abs(places[i] - places[i - 1]) <= 1, `${places[i - 1]} to ${places[i]}`);
});

test("a line goes far around rather than wind its way between", () => {
  const walls = [[250, -150], [350, 0], [450, -150]].map(([x, y]) => ({ x, y, width: 40, height: 210 }));
  assert.equal(corners(task(0, 0), task(600, 0), between("Right", "Left"), walls), "168,28 221.5,28 221.5,-174 528.5,-174 528.5,28 600,28");
});

test("an enclosed node is reached the plain way", () => {
  const ring = [{ x: 250, y: -60, width: 20, height: 180 }, { x: 500, y: -60, width: 20, height: 180 }, { x: 250, y: -60, width: 270, height: 20 }, { x: 250, y: 100, width: 270, height: 20 }];
  assert.equal(corners(task(0, 0), task(300, 0), between("Right", "Left"), ring), "168,28 300,28");
});

test("a line between two sides that touch has both its ends", () => {
  assert.equal(corners(task(0, 0), task(168, 0), between("Right", "Left")), "168,28 168,28");
});

test("a stretch that loses its length where nodes crowd leaves no corner", () => {
  const way = corners({ x: 10, y: 50, width: 40, height: 40 }, { x: 30, y: 0, width: 40, height: 40 }, between("Right", "Top"), [{ x: 60, y: 0, width: 40, height: 80 }, { x: 0, y: 80, width: 80, height: 40 }]);
  assert.equal(way, "50,70 50,0");
});

test("a node inside of an opened subprocess is reached from inside of it", () => {
  assert.equal(corners(task(20, 20), task(300, 20), between("Right", "Left"), [{ x: 0, y: 0, width: 500, height: 100 }]), "188,48 300,48");
});

test("every line begins and ends at its sides, runs level and upright, and turns at its corners", () => {
  fc.assert(fc.property(box, box, sides, fc.array(box, { maxLength: 8 }), (source, target, ends, boxes) => {
    fc.pre(distance(source, target) > 0);
    assertLine(route(source, target, ends, boxes), source, target, ends);
  }), { numRuns: 2000 });
});

test("among nodes that leave room, every line keeps 10 away from all and is straight at its ends", () => {
  fc.assert(fc.property(box, box, sides, fc.array(box, { maxLength: 12 }), (source, target, ends, boxes) => {
    const all = spaced([source, target, ...boxes], 20);
    fc.pre(all.length > 1 && all[1] === target);
    const points = route(source, target, ends, all);
    assertStubs(points, ends, 10);
    assertClear(points, all, all.slice(2));
  }), { numRuns: 2000 });
});

test("no line runs through a node where that can be avoided, and none is much longer than the cheapest", () => {
  fc.assert(fc.property(box, box, sides, fc.array(box, { maxLength: 7 }), (source, target, ends, boxes) => {
    fc.pre(distance(source, target) >= 20);
    const others = boxes.filter((b) => distance(b, source) > 0 && distance(b, target) > 0), least = cheapest(source, target, ends, others);
    fc.pre(least !== null);
    const points = route(source, target, ends, others);
    for (const stretch of stretches(points).slice(1, -1)) for (const b of [source, target, ...others]) assert.ok(!runsThrough(stretch, b, 0), JSON.stringify([stretch, b]));
    assert.ok(costOf(points) <= least + 24 * (points.length - 1), `${costOf(points)} instead of ${least}: ${JSON.stringify(points)}`);
  }), { numRuns: 120 });
});

test("the same nodes make the same line, in whatever order and wherever they lie", () => {
  fc.assert(fc.property(box, box, sides, fc.array(box, { maxLength: 8 }), fc.integer({ min: -500, max: 500 }), fc.integer({ min: -500, max: 500 }), (source, target, ends, boxes, dx, dy) => {
    const moved = (b) => ({ ...b, x: b.x + dx, y: b.y + dy });
    const points = route(source, target, ends, boxes);
    assert.deepEqual(route(source, target, ends, [...boxes].reverse()), points);
    assert.deepEqual(route(moved(source), moved(target), ends, boxes.map(moved)), points.map(moved));
  }), { numRuns: 500 });
});

test("nodes outside of the area that a line tells make no difference to it", () => {
  fc.assert(fc.property(box, box, sides, fc.array(box, { maxLength: 8 }), fc.array(box, { maxLength: 5 }), (source, target, ends, boxes, more) => {
    const { points, scene: { area } } = routed(source, target, ends, boxes);
    const outside = more.map((b) => ({ ...b, x: b.x * 4 - 800, y: b.y * 4 - 800 })).filter((b) => b.x > area.right || b.x + b.width < area.left || b.y > area.bottom || b.y + b.height < area.top);
    assert.deepEqual(route(source, target, ends, [...boxes, ...outside]), points);
  }), { numRuns: 500 });
});

/** Those of some boxes that are so far apart from all before them. */
function spaced(boxes, room) {
  return boxes.reduce((kept, b) => (kept.every((k) => distance(k, b) >= room) ? [...kept, b] : kept), /** @type {any[]} */ ([]));
}

/** Between its ends a line keeps its distance from all; its ends from all but their own nodes. */
function assertClear(points, all, others) {
  const parts = stretches(points);
  for (const stretch of parts.slice(1, -1)) for (const b of all) assert.ok(!runsThrough(stretch, b, 10), JSON.stringify({ stretch, b, points }));
  for (const stretch of [parts[0], parts.at(-1)]) for (const b of others) assert.ok(!runsThrough(stretch, b, 9.99), JSON.stringify({ stretch, b, points }));
}
