/** What gestures decide without a canvas: the order of Tab, healed lines, free places, keys. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { freePlace, placeBeside, ROOM } from "../../app/static/canvas/gestures/pure/free_place.js";
import { healing } from "../../app/static/canvas/gestures/pure/healing.js";
import { isPressed, shownKeys } from "../../app/static/canvas/gestures/pure/keys.js";
import { distanceTo, nearestLine, nearestPart } from "../../app/static/canvas/gestures/pure/lines.js";
import { matching } from "../../app/static/canvas/gestures/pure/matching.js";
import { pointAt } from "../../app/static/canvas/diagram/routing_labels.js";
import { walkOrder } from "../../app/static/canvas/layout/walk_order.js";

/** Lines written as "a>b b>c", each called by its ends. @param {string} text */
const lines = (text) => text.split(" ").map((id) => ({ id, source: id.split(">")[0], target: id.split(">")[1] }));
/** @param {string} text @param {string} [start] */
const walk = (text, start = "start") => {
  const flows = lines(text), ids = [...new Set(flows.flatMap((f) => [f.source, f.target]))];
  return walkOrder(ids.map((id, i) => ({ id, x: i, y: 0 })), flows, start).join(" ");
};
/** @param {string} text @param {string} gone @param {string} [cut] @param {(s: string, t: string) => boolean} [isForbidden] */
const heal = (text, gone, cut = "", isForbidden = () => false) =>
  healing(lines(text), new Set(gone.split(" ")), new Set(cut.split(" ")), isForbidden).map((h) => `${h.line} to ${h.target}`);

test("tab walks one branch to its end before the next, and what joins them behind both", () => {
  assert.equal(walk("start>gate gate>a gate>b a>a2 a2>join b>join join>end"), "start gate a a2 b join end");
});

test("tab walks a circle once", () => {
  assert.equal(walk("start>a a>gate gate>a gate>end"), "start a gate end");
});

test("tab also reaches nodes that nothing leads to", () => {
  assert.equal(walk("start>end lone>other"), "start end lone other");
});

test("tab visits every node once, and a node before those that it leads to when there is no circle", () => {
  const edges = fc.array(fc.tuple(fc.nat(30), fc.nat(30)).filter(([a, b]) => a < b), { maxLength: 90 });
  fc.assert(fc.property(edges, (pairs) => {
    const nodes = Array.from({ length: 31 }, (_, i) => ({ id: String(i), x: (i * 7) % 31, y: i }));
    const order = walkOrder(nodes, pairs.map(([a, b]) => ({ source: String(a), target: String(b) })), "0");
    const place = new Map(order.map((id, i) => [id, i]));
    assert.equal(place.size, 31);
    assert.equal(order.length, 31);
    for (const [a, b] of pairs) if (place.get("0") === 0 && reachedFrom("0", pairs).has(a)) assert.ok(Number(place.get(String(a))) < Number(place.get(String(b))));
  }));
});

/** @param {string} start @param {number[][]} pairs */
function reachedFrom(start, pairs) {
  const found = new Set([Number(start)]);
  for (const id of found) for (const [a, b] of pairs) if (a === id) found.add(b);
  return found;
}

test("a deleted node heals to one line", () => {
  assert.deepEqual(heal("a>b b>c", "b"), ["a>b to c"]);
});

test("a chain of deleted nodes heals as one", () => {
  assert.deepEqual(heal("a>b b>c c>d d>e", "b c d"), ["a>b to e"]);
});

test("a whole parallel block that is deleted heals as one", () => {
  assert.deepEqual(heal("a>par par>b par>c b>join c>join join>d", "par b c join"), ["a>par to d"]);
});

test("nodes with more than one line in or out do not heal", () => {
  assert.deepEqual(heal("a>par par>b par>c", "par"), []);
  assert.deepEqual(heal("a>join b>join join>c", "join"), []);
});

test("no line is healed that leads from a node to itself, or stands beside another", () => {
  assert.deepEqual(heal("gate>a a>gate", "a"), []);
  assert.deepEqual(heal("gate>a a>b gate>b", "a"), []);
  assert.deepEqual(heal("gate>a a>c gate>b b>c", "a b"), ["gate>a to c"]);
});

test("no line is healed that the rules forbid, nor through a line that is deleted by itself", () => {
  assert.deepEqual(heal("start>a a>end", "a", "", (s, t) => s === "start" && t === "end"), []);
  assert.deepEqual(heal("a>b b>c", "b", "a>b"), []);
});

test("nothing is healed where nothing led through", () => {
  assert.deepEqual(heal("a>b c>d b>x y>c", "b c", "b>x y>c"), []);
});

test("after deleting, healed lines end only at nodes that are left, none twice", () => {
  const edges = fc.uniqueArray(fc.tuple(fc.nat(8), fc.nat(8)).filter(([a, b]) => a !== b), { maxLength: 20, selector: String });
  fc.assert(fc.property(edges, fc.uniqueArray(fc.nat(8), { maxLength: 5 }), (pairs, deleted) => {
    const all = lines(pairs.map(([a, b]) => `${a}>${b}`).join(" ") || "0>1"), gone = new Set(deleted.map(String));
    const heals = healing(all, gone, new Set(), () => false);
    const left = all.filter((l) => !gone.has(l.source) && !gone.has(l.target)).map((l) => l.id);
    const made = heals.map((h) => `${all.find((l) => l.id === h.line)?.source}>${h.target}`);
    assert.equal(new Set([...left, ...made]).size, left.length + made.length);
    for (const pair of made) for (const end of pair.split(">")) assert.ok(!gone.has(end));
    for (const pair of made) assert.notEqual(pair.split(">")[0], pair.split(">")[1]);
  }));
});

test("a new node takes a free place, on the grid, as near as there is room", () => {
  const size = { width: 168, height: 56 };
  assert.deepEqual(freePlace(size, { x: 104, y: 97 }, []), { x: 100, y: 100 });
  const below = freePlace(size, { x: 100, y: 100 }, [{ x: 16, y: 72, width: 168, height: 56 }]);
  assert.equal(below.x, 100);
  assert.ok(Math.abs(below.y - 100) <= 90, `${below.y}`);
});

test("a new node never overlaps another", () => {
  const box = fc.record({ x: fc.integer({ min: -400, max: 400 }), y: fc.integer({ min: -400, max: 400 }), width: fc.integer({ min: 30, max: 300 }), height: fc.integer({ min: 30, max: 300 }) });
  fc.assert(fc.property(fc.array(box, { maxLength: 40 }), (taken) => {
    const size = { width: 168, height: 56 }, { x, y } = placeBeside({ x: 0, y: 0, width: 168, height: 56 }, "Right", size, taken);
    for (const b of taken) {
      const apartX = Math.max(b.x - (x + 84), x - 84 - (b.x + b.width)), apartY = Math.max(b.y - (y + 28), y - 28 - (b.y + b.height));
      assert.ok(Math.max(apartX, apartY) >= ROOM);
    }
  }));
});

/** @param {string} key @param {string} [held] @param {string} [code] */
const pressed = (key, held = "", code = "") => ({ key, code, ctrlKey: held.includes("c"), metaKey: held.includes("m"), shiftKey: held.includes("s"), altKey: held.includes("a") });

test("keys are told apart by what is held with them", () => {
  assert.ok(isPressed("Mod+Z", pressed("z", "c")));
  assert.ok(isPressed("Mod+Z", pressed("z", "m")));
  assert.ok(!isPressed("Mod+Z", pressed("Z", "cs")));
  assert.ok(isPressed("Mod+Shift+Z", pressed("Z", "cs")));
  assert.ok(isPressed("N", pressed("n")));
  assert.ok(!isPressed("N", pressed("n", "c")));
  assert.ok(!isPressed("N", pressed("N", "s")));
  assert.ok(!isPressed("F10", pressed("F10", "s")));
});

test("a sign counts wherever the keyboard has it, a letter on any alphabet", () => {
  assert.ok(isPressed("/", pressed("/")));
  assert.ok(isPressed("/", pressed("/", "s", "Digit7")));
  assert.ok(isPressed("?", pressed("?", "s")));
  assert.ok(isPressed("Mod++", pressed("+", "cs")));
  assert.ok(isPressed("N", pressed("т", "", "KeyN")));
  assert.ok(!isPressed("N", pressed("b", "", "KeyN")));
});

test("keys are shown as people know them", () => {
  assert.equal(shownKeys("Mod+Shift+Z", false), "Ctrl+Shift+Z");
  assert.equal(shownKeys("Mod++", false), "Ctrl++");
  assert.equal(shownKeys("Mod+Shift+Z", true), "⌘⇧Z");
});

test("a point is as far from a line as from its nearest stretch", () => {
  const bent = [{ x: 0, y: 0 }, { x: 100, y: 0 }, { x: 100, y: 100 }];
  assert.equal(distanceTo({ x: 50, y: 7 }, bent), 7);
  assert.equal(distanceTo({ x: 104, y: 60 }, bent), 4);
  const near = { waypoints: bent }, far = { waypoints: bent.map((p) => ({ x: p.x, y: p.y + 12 })) };
  assert.equal(nearestLine({ x: 50, y: 2 }, [far, near], 10), near);
  assert.equal(nearestLine({ x: 50, y: 40 }, [far, near], 10), null);
});

test("a part of a line and the point there belong together", () => {
  const line = [{ x: 0, y: 0 }, { x: 100, y: 0 }, { x: 100, y: 300 }];
  assert.deepEqual(pointAt(line, 0.25), { x: 100, y: 0 });
  assert.equal(nearestPart({ x: 130, y: 100 }, line), 0.5);
  fc.assert(fc.property(fc.double({ min: 0, max: 1, noNaN: true }), (part) => assert.ok(Math.abs(nearestPart(pointAt(line, part), line) - part) < 1e-6)));
});

test("what is called as was typed comes first, then what begins so", () => {
  const found = matching([{ label: "Run a shell script" }, { label: "Run a script twice" }, { label: "Run a script" }], "run a script");
  assert.deepEqual(found.map((f) => f.label), ["Run a script", "Run a script twice", "Run a shell script"]);
});
