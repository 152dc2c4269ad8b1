/** A node that is put into a tight line pushes on what comes after; a line back goes around what lies between. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { makingRoom } from "../../app/static/canvas/gestures/pure/making_room.js";
import { sidesBetween } from "../../app/static/canvas/tree/sides.js";

/** @param {string} id @param {number} x @param {number} [y] */
const task = (id, x, y = 0) => ({ id, x, y, width: 168, height: 56 });
const NEW = { width: 168, height: 56 };
/** @param {any[]} nodes @param {string} lines @param {any} box */
const room = (nodes, lines, box) => {
  const at = Object.fromEntries(nodes.map((n) => [n.id, n])), [first] = lines.split(" "), [source, target] = first.split(">");
  return makingRoom(box, at[source], at[target], nodes, lines.split(" ").map((l) => ({ source: l.split(">")[0], target: l.split(">")[1] })));
};

test("where there is room nothing moves", () => {
  const found = room([task("a", 0), task("b", 500)], "a>b", { ...NEW, x: 250, y: 0 });
  assert.deepEqual(found, { by: { x: 0, y: 0 }, pushed: [], way: { x: 0, y: 0 } });
});

test("what comes after a tight line is pushed on, with all that follows it", () => {
  const found = room([task("a", 0), task("b", 230), task("c", 460), task("d", 460, 300)], "a>b b>c", { ...NEW, x: 199, y: 0 });
  assert.deepEqual(found.pushed, ["b", "c"]);
  assert.equal(found.by.x > 0, true);
  assert.ok(230 + found.way.x >= 199 + found.by.x + 168 + 40);
});

test("what stands in the way of what is pushed is pushed as well", () => {
  const found = room([task("a", 0), task("b", 230), task("c", 460)], "a>b", { ...NEW, x: 199, y: 0 });
  assert.deepEqual(found.pushed, ["b", "c"]);
});

test("a branch beside stays, and so does what a line back leads to", () => {
  const found = room([task("a", 0), task("b", 230), task("beside", 230, 200)], "a>b b>a", { ...NEW, x: 199, y: 0 });
  assert.deepEqual(found.pushed, ["b"]);
});

test("a line down pushes down", () => {
  const found = room([task("a", 0), task("b", 0, 100)], "a>b", { ...NEW, x: 0, y: 50 });
  assert.deepEqual([found.way.x, found.pushed], [0, ["b"]]);
  assert.ok(100 + found.way.y >= 50 + found.by.y + 56 + 40);
});

test("whatever the places, nothing that was clear of another lies on it after", () => {
  const place = fc.tuple(fc.integer({ min: 0, max: 12 }), fc.integer({ min: 0, max: 6 }));
  fc.assert(fc.property(fc.uniqueArray(place, { minLength: 2, maxLength: 14, selector: String }), (places) => {
    const nodes = places.map(([x, y], i) => task(`n${i}`, x * 200, y * 90));
    const lines = nodes.slice(1).map((n, i) => `n${i}>${n.id}`).join(" ");
    const { pushed, way } = room(nodes, lines, { ...NEW, x: nodes[0].x + 100, y: nodes[0].y });
    const after = nodes.map((n) => (pushed.includes(n.id) ? { ...n, x: n.x + way.x, y: n.y + way.y } : n));
    for (const a of after) for (const b of after) if (a !== b) assert.ok(a.x >= b.x + b.width || b.x >= a.x + a.width || a.y >= b.y + b.height || b.y >= a.y + a.height, `${a.id} lies on ${b.id}`);
  }));
});

test("a line back to an earlier node leaves and enters below, or above where it leads up", () => {
  assert.deepEqual(sidesBetween(task("a", 600), task("b", 0)), { source: "Bottom", target: "Bottom" });
  assert.deepEqual(sidesBetween(task("a", 600, 20), task("b", 0)), { source: "Top", target: "Top" });
  assert.deepEqual(sidesBetween(task("a", 600, 300), task("b", 500)), { source: "Top", target: "Bottom" });
});
