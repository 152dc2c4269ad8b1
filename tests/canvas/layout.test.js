/** Automatic layout: rows and columns of nodes, the sides of lines; and tidying up what people have arranged. */
import assert from "node:assert/strict";
import { test } from "node:test";
import ELK from "elkjs/lib/elk.bundled.js";
import fc from "fast-check";
import { turned } from "../../app/static/canvas/diagram/facing.js";
import { commonLength, pointAfter } from "../../app/static/canvas/diagram/routing_labels.js";
import { arranged, crossings } from "../../app/static/canvas/layout/arranging.js";
import { forward, layered } from "../../app/static/canvas/layout/layers.js";
import { layoutGraph, reordered } from "../../app/static/canvas/layout/graph.js";
import { arrangedPlacesOf, placesOf } from "../../app/static/canvas/layout/places.js";
import { sidesAfterLayout, sidesOfAll } from "../../app/static/canvas/layout/sides.js";
import { tidied } from "../../app/static/canvas/gestures/pure/tidying.js";
import { walkOrder } from "../../app/static/canvas/layout/walk_order.js";
import { KINDS } from "../../app/static/canvas/tree/kinds.js";

const GATEWAYS = /** @type {Record<string, any>} */ ({ par: "ParallelGateway", xor: "ExclusiveGateway", cpg: "ConditionalParallelGateway", join: "ConvergeGateway" });

/**
 * A flow as the Python tests draw theirs: "start > par ; par > a > join ; par > b > join ; join > end".
 * @param {string} drawing
 */
function flow(drawing) {
  const lines = drawing.split(";").flatMap((chain) => {
    const ids = chain.trim().split(/\s*>\s*/);
    return ids.slice(1).map((target, i) => ({ id: `${ids[i]}>${target}`, source: ids[i], target, label: 0 }));
  });
  const kindOf = (/** @type {string} */ id) => (id === "start" ? "EmptyStartEvent" : id === "end" ? "EmptyEndEvent" : GATEWAYS[/^[a-z]+/.exec(id)?.[0] ?? ""] ?? "ServiceActivity");
  const ids = [...new Set(lines.flatMap(({ source, target }) => [source, target]))], places = ids.map((id) => ({ id, x: 0, y: 0 }));
  const nodes = walkOrder(places, lines, "start").map((id) => ({ id, kind: kindOf(id), x: 40, y: 40, width: KINDS[kindOf(id)].width, height: KINDS[kindOf(id)].height }));
  return { nodes, lines };
}

/** @param {{ nodes: any[], lines: any[] }} flow @param {any} [order] */
async function laidOut({ nodes, lines }, order) {
  const places = await (order ? arrangedPlacesOf(nodes, lines, order) : placesOf(nodes, lines)), placed = nodes.map((n) => ({ ...n, ...places.get(n.id) }));
  const byId = new Map(placed.map((n) => [n.id, { ...n, middle: { x: n.x + n.width / 2, y: n.y + n.height / 2 } }]));
  return { nodes: placed, lines, at: (/** @type {string} */ id) => byId.get(id), sides: sidesOfAll(placed, lines) };
}

const ELKJS = new ELK();
/** @param {any} graph @returns {Promise<any>} */
const askElk = (graph) => ELKJS.layout(graph);

/** @typedef {{ first: string, last: string, chains: string[] }} Part */

/** Flows of nested gateways: a drawing of one, and its gateways with the converge and the heads of the branches of each. */
const NESTED = fc.infiniteStream(fc.nat(99)).map((stream) => {
  const next = (/** @type {number} */ count) => stream.next().value % count, gateways = /** @type {{ id: string, join: string, heads: string[] }[]} */ ([]);
  let number = 0;
  const block = (/** @type {number} */ depth) => {
    const what = next(3);
    number += 1;
    if (depth === 0 || what === 0) return { first: `t${number}`, last: `t${number}`, chains: [] };
    if (what === 1) {
      const one = block(depth - 1), other = block(depth - 1);
      return { first: one.first, last: other.last, chains: [...one.chains, ...other.chains, `${one.last} > ${other.first}`] };
    }
    const id = `${["par", "xor", "cpg"][next(3)]}${number}`, join = `join${number}`, parts = /** @type {Part[]} */ (Array.from({ length: 2 + next(4) }, () => block(depth - 1)));
    gateways.push({ id, join, heads: parts.map(({ first }) => first) });
    const isEmpty = next(4) === 0 ? next(parts.length + 1) : -1;
    const chains = parts.flatMap(({ first, last, chains: own }, i) => [...(i === isEmpty ? [`${id} > ${join}`] : []), `${id} > ${first}`, ...own, `${last} > ${join}`]);
    return { first: id, last: join, chains };
  };
  const { first, last, chains } = /** @type {Part} */ (block(3));
  return { drawing: [`start > ${first}`, ...chains, `${last} > end`].join(" ; "), gateways };
});

/** @param {any[]} nodes @param {number} [room] */
function assertApart(nodes, room = 0) {
  nodes.forEach((a, i) => nodes.slice(i + 1).forEach((b) => {
    const isApart = a.x + a.width + room <= b.x || b.x + b.width + room <= a.x || a.y + a.height + room <= b.y || b.y + b.height + room <= a.y;
    assert.ok(isApart, `${a.id} and ${b.id} lie on each other`);
  }));
}

/** @param {any} laid */
function assertNoSideIsMixed({ lines, sides }) {
  const out = new Set(lines.map((/** @type {any} */ l) => `${l.source} ${sides.get(l.id).source}`));
  for (const { id, target } of lines) assert.ok(!out.has(`${target} ${sides.get(id).target}`), `${id} comes in at a side where another goes out`);
}

/** @param {any[]} nodes */
function assertOnGrid(nodes) {
  for (const { id, x, y, width, height } of nodes) assert.deepEqual([Math.abs((x + width / 2) % 10), Math.abs((y + height / 2) % 10)], [0, 0], id);
}

test("branches stand in their order, begin in one column, and meet in the row that they part in", async () => {
  await fc.assert(fc.asyncProperty(NESTED, async ({ drawing, gateways }) => {
    const { nodes, at } = await laidOut(flow(drawing));
    assertApart(nodes, 20);
    assertOnGrid(nodes);
    for (const { id, join, heads } of gateways) {
      const middles = heads.map((head) => at(head).middle);
      assert.deepEqual(middles, [...middles].sort((a, b) => a.y - b.y), `the branches of ${id} in their order`);
      assert.equal(new Set(middles.map(({ x }) => x)).size, 1, `the branches of ${id} begin in one column`);
      assert.equal(at(id).middle.y, at(join).middle.y, `${id} and ${join} stand in one row`);
    }
  }), { numRuns: 40 });
});

test("no side of a node has both a line in and a line out, and up to three branches leave by a side of their own", async () => {
  await fc.assert(fc.asyncProperty(NESTED, async ({ drawing, gateways }) => {
    const laid = await laidOut(flow(drawing));
    assertNoSideIsMixed(laid);
    for (const { id } of gateways) {
      const used = laid.lines.filter((l) => l.source === id).map((l) => laid.sides.get(l.id)?.source);
      if (used.length <= 3) assert.equal(new Set(used).size, used.length, `${id} by ${used}`);
    }
  }), { numRuns: 40 });
});

test("nor has one where lines lead back or end early, wherever", async () => {
  const jumps = fc.array(fc.tuple(fc.nat(), fc.nat()), { maxLength: 5 });
  await fc.assert(fc.asyncProperty(NESTED, jumps, async ({ drawing }, more) => {
    const ids = flow(drawing).nodes.map((n) => n.id), deciding = ids.filter((id) => /^(xor|cpg)/.test(id)), aims = ids.filter((id) => id !== "start");
    const extra = deciding.length ? more.map(([from, to]) => `${deciding[from % deciding.length]} > ${aims[to % aims.length]}`) : [];
    const all = flow([...new Set([drawing, ...extra.filter((line) => !drawing.includes(line))])].join(" ; "));
    const laid = await laidOut(all, (/** @type {any} */ part, /** @type {any} */ lines) => arranged(part, lines, true, askElk));
    assertNoSideIsMixed(laid);
    assertApart(laid.nodes, 20);
  }), { numRuns: 60 });
});

test("a converge goes on at its right, above or below whatever comes to the next one", async () => {
  const { sides, at } = await laidOut(flow("start > par1 ; par1 > a > join1 ; par1 > par2 ; par2 > en > join2 ; par2 > zh > join2 ; join2 > join1 ; par1 > b > join1 ; join1 > end"));
  assert.deepEqual(sides.get("join2>join1"), { source: "Right", target: "Left" });
  assert.deepEqual([sides.get("en>join2"), sides.get("zh>join2")].map((s) => s?.target), ["Top", "Bottom"]);
  assert.equal(at("join2").middle.y, at("join1").middle.y);
});

test("a branch that skips the rest goes below it, and the rest goes straight on", async () => {
  const { sides, at } = await laidOut(flow("start > a > xor ; xor > b > c > end ; xor > end"));
  assert.deepEqual(["start", "a", "xor", "b", "c", "end"].map((id) => at(id).middle.y), Array(6).fill(at("start").middle.y));
  assert.deepEqual(sides.get("xor>b"), { source: "Right", target: "Left" });
  assert.deepEqual(sides.get("xor>end"), { source: "Bottom", target: "Bottom" });
});

test("of three branches one goes up, one straight on and one down; of more the outer ones share a side", async () => {
  const three = await laidOut(flow("start > xor ; xor > a > end ; xor > b > end ; xor > c > end"));
  assert.deepEqual(["a", "b", "c"].map((id) => three.sides.get(`xor>${id}`)?.source), ["Top", "Right", "Bottom"]);
  const five = await laidOut(flow("start > cpg ; cpg > a > join ; cpg > b > join ; cpg > c > join ; cpg > d > join ; cpg > e > join ; join > end"));
  assert.deepEqual(["a", "b", "c", "d", "e"].map((id) => five.sides.get(`cpg>${id}`)?.source), ["Top", "Top", "Right", "Bottom", "Bottom"]);
});

test("a line back goes around below, and the branch that goes on stays straight", async () => {
  const { sides, at } = await laidOut(flow("start > a > b > xor ; xor > a ; xor > c > end"));
  assert.deepEqual(sides.get("xor>a"), { source: "Bottom", target: "Bottom" });
  assert.equal(at("xor").middle.y, at("c").middle.y);
});

test("steps of a chain are even, and words have room behind their gateway", async () => {
  const { at } = await laidOut(flow("start > a > b > c > d > end")), steps = ["a", "b", "c"].map((id, i) => at(["b", "c", "d"][i]).x - at(id).x);
  assert.equal(new Set(steps).size, 1);
  const worded = flow("start > xor ; xor > a > end ; xor > b > end");
  worded.lines[1].label = 140;
  const { at: there } = await laidOut(worded);
  assert.ok(there("a").x - there("xor").x - 40 >= 140 + 40);
});

test("the first node stays where it was, and what is not joined to it comes below", async () => {
  const { nodes, lines } = flow("start > a > end ; b > c");
  const { at } = await laidOut({ nodes, lines });
  assert.deepEqual([at("start").x, at("start").y], [42, 42]);
  assert.ok(at("b").y >= at("a").y + 56 + 40);
  assert.equal(at("b").middle.x, at("start").middle.x);
});

test("a line from a node to itself is none that counts", async () => {
  const { at, sides } = await laidOut(flow("start > a > a ; a > end"));
  assert.equal(at("a").middle.y, at("end").middle.y);
  assert.notEqual(sides.get("a>a")?.source, sides.get("a>a")?.target);
});

test("in a graph of steps elkjs finds the order in which no lines cross", async () => {
  const steps = flow("start > a ; start > b ; start > c ; a > f ; b > e ; c > d ; d > end ; e > end ; f > end");
  steps.lines.reverse();
  const { at } = await laidOut(steps, (/** @type {any} */ part, /** @type {any} */ lines) => arranged(part, lines, false, askElk));
  const order = (/** @type {string[]} */ ids) => [...ids].sort((p, q) => at(p).y - at(q).y).join("");
  assert.equal(order(["f", "e", "d"]), order(["a", "b", "c"]).replace("a", "f").replace("b", "e").replace("c", "d"));
});

test("where lines pass by others, an order is found in which fewer cross, and nothing lies on something else", async () => {
  const branches = ["a", "b", "c", "d"].map((id) => `cpg > ${id} > join`).join(" ; "), passing = flow(`start > cpg ; ${branches} ; join > e > f > g > end ; cpg > f ; cpg > join`);
  const onward = forward(passing.nodes, passing.lines), inOrder = layered(passing.nodes, onward), fewer = await arranged(inOrder, onward, true, askElk);
  assert.ok(crossings(fewer) < crossings(inOrder), `${crossings(fewer)} instead of ${crossings(inOrder)}`);
  const laid = await laidOut(passing, async () => fewer);
  assertApart(laid.nodes, 20);
  assertNoSideIsMixed(laid);
});

test("one crossing is not worth branches out of their order, unless they have none", async () => {
  const { nodes, lines } = flow("start > xor1 ; xor1 > a > x > join ; xor1 > b > xor2 ; xor2 > c > join ; xor2 > d > x ; join > end"), onward = forward(nodes, lines), inOrder = layered(nodes, onward);
  assert.equal(crossings(inOrder), 1);
  assert.equal(await arranged(inOrder, onward, true, askElk), inOrder);
  assert.equal(crossings(await arranged(inOrder, onward, false, askElk)), 0);
});

test("where no lines cross elkjs is not asked", async () => {
  const { nodes, lines } = flow("start > xor ; xor > a > join ; xor > b > join ; join > end"), inOrder = layered(nodes, lines);
  assert.equal(await arranged(inOrder, lines, true, () => assert.fail("asked")), inOrder);
});

test("crossings are counted as they are when each pair of lines is looked at", () => {
  fc.assert(fc.property(fc.array(fc.tuple(fc.nat(6), fc.nat(6)), { maxLength: 14 }), (pairs) => {
    const layers = [0, 1].map((layer) => Array.from({ length: 7 }, (_, i) => ({ id: `${layer} ${i}`, layer, isNode: true })));
    const steps = pairs.map(([from, to]) => ({ from: layers[0][from], to: layers[1][to], isWeak: false }));
    const all = pairs.flatMap(([a, b], i) => pairs.slice(i + 1).filter(([c, d]) => (a - c) * (b - d) < 0));
    assert.equal(crossings({ layers, steps }), all.length);
  }));
});

test("what elkjs says of the order holds, and nothing else does", () => {
  const { nodes, lines } = flow("start > a ; start > b ; a > end ; b > end"), flowing = layered(nodes, lines), [, two] = flowing.layers;
  const graph = layoutGraph(flowing, 0), upside = reordered(flowing, graph.children.map(({ id }, i) => ({ id, y: -i })));
  assert.deepEqual(upside.layers[1], [...two].reverse());
});

test("a canvas without nodes has nothing to lay out", () => assert.equal(placesOf([], []).size, 0));

/** @param {string} id @param {string} kind @param {number} x @param {number} y */
const node = (id, kind, x, y) => ({ id, kind: /** @type {any} */ (kind), x, y, width: kind.endsWith("Gateway") ? 40 : 168, height: kind.endsWith("Gateway") ? 40 : 56 });

test("one line by itself leaves a gateway up or down where branches part, and enters a converge so where they meet", () => {
  const gate = node("g", "ParallelGateway", 0, 100), task = (/** @type {number} */ y) => node("t", "ServiceActivity", 100, y), join = node("j", "ConvergeGateway", 400, 100);
  assert.deepEqual(sidesAfterLayout(gate, task(92)), { source: "Right", target: "Left" });
  assert.deepEqual(sidesAfterLayout(gate, task(0)), { source: "Top", target: "Left" });
  assert.deepEqual(sidesAfterLayout(task(200), join), { source: "Right", target: "Bottom" });
  assert.deepEqual(sidesAfterLayout(join, node("k", "ConvergeGateway", 600, 0)), { source: "Right", target: "Bottom" });
  assert.deepEqual(sidesAfterLayout(join, gate), { source: "Bottom", target: "Bottom" });
});

test("a line whose node has moved keeps the sides that still point the right way", () => {
  const gate = node("par", "ParallelGateway", 0, 100), moved = node("b", "ServiceActivity", 150, 0), line = { id: "l", source: gate, target: moved, sides: /** @type {any} */ ({ source: "Top", target: "Left" }) };
  assert.deepEqual([...turned([line], [])], []);
});

test("a line that has to turn leaves the sides of others to them", () => {
  const gate = node("par", "ParallelGateway", 0, 100), below = node("b", "ServiceActivity", 150, 200), straight = node("d", "ServiceActivity", 150, 92);
  const turns = turned([{ id: "l", source: gate, target: below, sides: { source: "Top", target: "Left" } }], [{ id: "m", source: gate, target: straight, sides: { source: "Right", target: "Left" } }]);
  assert.deepEqual(turns.get("l"), { source: "Bottom", target: "Left" });
});

test("a line that has to turn does not come in where another goes out", () => {
  const join = node("join", "ConvergeGateway", 0, 108), behind = node("b", "ServiceActivity", 200, 100), next = node("c", "ServiceActivity", 200, 300);
  const back = { id: "l", source: behind, target: join, sides: /** @type {any} */ ({ source: "Right", target: "Left" }) }, out = { id: "m", source: join, target: next, sides: /** @type {any} */ ({ source: "Right", target: "Left" }) };
  assert.deepEqual(turned([back], []).get("l"), { source: "Left", target: "Right" });
  assert.notEqual(turned([back], [out]).get("l")?.target, "Right");
});

test("lines run together as far as they do, and the stroke of the default branch stands behind that", () => {
  const one = [{ x: 0, y: 0 }, { x: 0, y: 100 }, { x: 50, y: 100 }], other = [{ x: 0, y: 0 }, { x: 0, y: 200 }, { x: 50, y: 200 }], third = [{ x: 0, y: 0 }, { x: 70, y: 0 }];
  assert.equal(commonLength(one, other), 100);
  assert.equal(commonLength(one, third), 0);
  assert.equal(commonLength(one, one), 150);
  assert.deepEqual(pointAfter(other, 109), { x: 0, y: 109 });
  assert.deepEqual(pointAfter(one, 109), { x: 9, y: 100 });
});

/** Nodes that somebody has put somewhere. */
const PLACED = fc.array(fc.record({ isSmall: fc.boolean(), x: fc.integer({ min: 0, max: 900 }), y: fc.integer({ min: 0, max: 500 }) }), { minLength: 1, maxLength: 14 })
  .map((all) => all.map(({ isSmall, x, y }, i) => node(`n${i}`, isSmall ? "ParallelGateway" : "ServiceActivity", x, y)));

/** Every second one leads to the next. @param {any[]} nodes */
const linesOf = (nodes) => nodes.slice(1).map(({ id }, i) => ({ source: nodes[i].id, target: id })).filter((_, i) => i % 2);

/** @param {any[]} nodes */
function tidy(nodes) {
  const places = tidied(nodes, linesOf(nodes));
  return nodes.map((n) => ({ ...n, ...places.get(n.id) }));
}

test("what is tidied up is on the grid, and nothing lies on something else", () => {
  fc.assert(fc.property(PLACED, (nodes) => {
    const done = tidy(nodes);
    assertOnGrid(done);
    assertApart(done);
  }), { numRuns: 300 });
});

test("what stood left of something, or above it, still does when it is tidied up", () => {
  fc.assert(fc.property(PLACED, (nodes) => {
    const done = new Map(tidy(nodes).map((n) => [n.id, n])), middle = (/** @type {any} */ n) => ({ x: n.x + n.width / 2, y: n.y + n.height / 2 });
    for (const a of nodes) for (const b of nodes) {
      if (a.x + a.width <= b.x) assert.ok(middle(done.get(a.id)).x < middle(done.get(b.id)).x, `${a.id} left of ${b.id}`);
      if (a.y + a.height <= b.y) assert.ok(middle(done.get(a.id)).y < middle(done.get(b.id)).y, `${a.id} above ${b.id}`);
    }
  }), { numRuns: 300 });
});

test("tidying up twice changes nothing more", () => {
  fc.assert(fc.property(PLACED, (nodes) => {
    const once = tidy(nodes);
    assert.deepEqual(tidy(once), once);
  }), { numRuns: 300 });
});

test("what a line joins comes into one row from farther apart", () => {
  const nodes = [node("a", "ServiceActivity", 0, 0), node("b", "ServiceActivity", 300, 34)], rows = (/** @type {any[]} */ lines) => new Set([...tidied(nodes, lines).values()].map(({ y }) => y)).size;
  assert.deepEqual([rows([]), rows([{ source: "a", target: "b" }])], [2, 1]);
});

test("nodes that stand nearly in a row come into one, and gaps that people left stay", () => {
  const done = tidied([node("a", "ServiceActivity", 0, 0), node("b", "ServiceActivity", 300, 12), node("c", "ParallelGateway", 600, 2), node("d", "ServiceActivity", 10, 140)]);
  const at = (/** @type {string} */ id) => /** @type {{ x: number, y: number }} */ (done.get(id));
  assert.deepEqual([at("a").y, at("c").y], [at("b").y, at("b").y + 8]);
  assert.equal(at("a").x, at("d").x);
  assert.ok(Math.abs(at("b").x - at("a").x - 300) <= 20);
});
