/** Lines beside one another: what clashes is put apart, what belongs together stays, nothing is pushed into a node. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { routed } from "../../app/static/canvas/diagram/routing.js";
import { putApart } from "../../app/static/canvas/diagram/routing_apart.js";
import { assertLine, runsThrough, stretches } from "./routing_reference.js";

const task = (x, y) => ({ x, y, width: 168, height: 56 });

/**
 * Lines between nodes by their names, put apart.
 * @param {Record<string, any>} nodes
 * @param {[string, string, string][]} flows source, target, and the first letters of the sides
 */
function laid(nodes, flows) {
  const side = { T: "Top", R: "Right", B: "Bottom", L: "Left" }, boxes = Object.values(nodes);
  const lines = flows.map(([source, target, [out, into]]) => {
    const sides = { source: side[out], target: side[into] };
    return { id: `${source}${target}`, from: source + out, into: target + into, sides, source: nodes[source], target: nodes[target], ...routed(nodes[source], nodes[target], sides, boxes) };
  });
  putApart(lines);
  return lines;
}

const corners = (lines) => Object.fromEntries(lines.map((l) => [l.id, l.points.map((p) => `${p.x},${p.y}`).join(" ")]));

test("two lines that cross a gap at once take a track each, so that they cross only once", () => {
  const lines = laid({ a: task(0, 0), b: task(0, 200), c: task(300, 0), d: task(300, 200) }, [["a", "d", "RL"], ["b", "c", "RL"]]);
  assert.deepEqual(corners(lines), { ad: "168,28 229,28 229,228 300,228", bc: "168,228 239,228 239,28 300,28" });
});

test("lines of one side share their trunk, lines into one side their end", () => {
  const lines = laid({ a: task(0, 100), b: task(300, 0), c: task(300, 200), d: task(600, 100) }, [["a", "b", "RL"], ["a", "c", "RL"], ["b", "d", "RL"], ["c", "d", "RL"]]);
  assert.deepEqual(corners(lines), { ab: "168,128 234,128 234,28 300,28", ac: "168,128 234,128 234,228 300,228", bd: "468,28 534,28 534,128 600,128", cd: "468,228 534,228 534,128 600,128" });
});

test("a line that turns away and one that turns in do not look like one that goes straight on", () => {
  const { points: away } = laid({ a: task(0, 100), b: task(300, 100), c: task(300, 200), d: task(0, 0) }, [["a", "c", "RL"], ["d", "b", "RL"]])[0];
  const { points: towards } = laid({ a: task(0, 100), b: task(300, 100), c: task(300, 200), d: task(0, 0) }, [["a", "c", "RL"], ["d", "b", "RL"]])[1];
  assert.ok(away[1].x + 8 <= towards[2].x, `${away[1].x} before ${towards[2].x}`);
});

test("a line that comes from the other side turns before it lies on one that ends there", () => {
  const [up, back] = laid({ a: task(0, 300), j: { x: 300, y: 100, width: 40, height: 40 }, n: task(600, 300), p: task(-400, 100) }, [["a", "j", "RB"], ["n", "p", "LB"]]);
  assert.equal(up.points[1].x, 320);
  assert.ok(back.points[1].x >= 328, `${back.points[1].x}`);
});

test("lines that only pass each other are not moved", () => {
  const lines = laid({ a: task(0, 0), b: task(300, 100), c: task(0, 300), d: task(300, 400) }, [["a", "b", "RL"], ["c", "d", "RL"]]);
  assert.deepEqual(lines.map((l) => l.points[1].x), [234, 234]);
});

const names = "abcdefghijkl".split("");
const place = fc.tuple(fc.nat(3), fc.nat(4), fc.nat(2));
const graph = fc.record({
  places: fc.uniqueArray(place, { minLength: 4, maxLength: 12, selector: ([column, row]) => column * 10 + row }),
  flows: fc.array(fc.tuple(fc.nat(50), fc.nat(50), fc.constantFrom("RL", "RL", "BT", "TL", "BB", "RT")), { minLength: 3, maxLength: 14 }),
}).map(({ places, flows }) => {
  const nodes = Object.fromEntries(places.map(([column, row, shift], i) => [names[i], task(column * 240 + shift * 10, row * 100)]));
  const all = flows.map(([a, b, ends]) => [names[a % places.length], names[b % places.length], ends]).filter(([a, b]) => a !== b);
  return { nodes, flows: [...new Map(all.map((flow) => [`${flow[0]}${flow[1]}`, flow])).values()] };
});

test("lines that are put apart are still lines, and run through no node", () => {
  fc.assert(fc.property(graph, ({ nodes, flows }) => {
    for (const { points, source, target, sides } of laid(nodes, flows)) {
      assertLine(points, source, target, sides);
      for (const stretch of stretches(points).slice(1, -1)) for (const node of Object.values(nodes)) assert.ok(!runsThrough(stretch, node, 9.99), JSON.stringify({ stretch, node, points }));
    }
  }), { numRuns: 600 });
});

test("hardly any stretch that could move stays on another line's", () => {
  let before = 0, after = 0;
  fc.assert(fc.property(graph, ({ nodes, flows }) => {
    const lines = laid(nodes, flows), boxes = Object.values(nodes);
    before += clashes(lines.map((l) => ({ ...l, ...routed(l.source, l.target, l.sides, boxes) })));
    after += clashes(lines);
  }), { numRuns: 600, seed: 7 });
  assert.ok(before > 100, `${before} to begin with`);
  assert.ok(after < before / 20, `${after} of ${before} are left`);
});

test("lines come out the same in whatever order they are given", () => {
  fc.assert(fc.property(graph, ({ nodes, flows }) => {
    assert.deepEqual(corners(laid(nodes, [...flows].reverse())), corners(laid(nodes, flows)));
  }), { numRuns: 300 });
});

/** How many movable stretches lie on those of lines that share no end with theirs. */
function clashes(lines) {
  let count = 0;
  for (const one of lines) for (const other of lines) {
    if (one === other || one.from === other.from || one.into === other.into) continue;
    for (const a of stretches(one.points).slice(1, -1)) for (const b of stretches(other.points)) if (lieOnOneAnother(a, b)) count++;
  }
  return count;
}

function lieOnOneAnother(a, b) {
  return ["x", "y"].some((axis) => {
    const along = axis === "x" ? "y" : "x", low = (s) => Math.min(s.from[along], s.to[along]), high = (s) => Math.max(s.from[along], s.to[along]);
    return a.from[axis] === a.to[axis] && b.from[axis] === b.to[axis] && Math.abs(a.from[axis] - b.from[axis]) < 2 && low(a) < high(b) && low(b) < high(a);
  });
}
