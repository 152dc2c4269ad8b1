/** Words beside lines: chips stand on what is their line's alone, names where no line runs, neither over anything else. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import fc from "fast-check";
import Labels from "../../app/static/canvas/diagram/labels.js";
import { areaOfChip, areaOfName, chipPlace, namePlace, stretchesOf } from "../../app/static/canvas/diagram/routing_labels.js";
import { editorOn } from "./headless.js";

const line = (...corners) => corners.map(([x, y]) => ({ x, y }));
const NOTHING = { lines: [], nodes: [], words: [] };
const overlap = (a, b) => a.left < b.right && a.right > b.left && a.top < b.bottom && a.bottom > b.top;
const area = (left, top, right, bottom) => ({ left, top, right, bottom });

test("the chips of branches above, straight on and below stand in a column", () => {
  const left = [line([20, 0], [20, -80], [200, -80]), line([40, 20], [200, 20]), line([20, 40], [20, 120], [200, 120])].map((points) => areaOfChip(chipPlace(points, 60)).left);
  assert.deepEqual(left, [58, 58, 58]);
});

test("a chip stands on the upright stretch when the level one is too short", () => {
  assert.deepEqual(chipPlace(line([20, 0], [20, -80], [64, -80]), 60).x, 20);
});

test("a chip stands behind the fork when branches share a trunk", () => {
  const own = line([20, 40], [20, 220], [200, 220]), other = line([20, 40], [20, 120], [200, 120]);
  const chip = areaOfChip(chipPlace(own, 60, { ...NOTHING, lines: stretchesOf(other) }));
  assert.ok(chip.top >= 120, `${chip.top} is below the fork`);
});

test("a chip keeps off a node beside its line", () => {
  const points = line([20, 0], [20, -200], [64, -200]), node = area(40, -120, 200, -10);
  assert.ok(!overlap(areaOfChip(chipPlace(points, 60, { ...NOTHING, nodes: [node] })), node));
});

test("a chip keeps off words that stand already, by a little", () => {
  const points = line([40, 20], [400, 20]), free = areaOfChip(chipPlace(points, 60));
  const chip = areaOfChip(chipPlace(points, 60, { ...NOTHING, words: [free] }));
  assert.ok(chip.left >= free.right + 4, `${chip.left} behind ${free.right}`);
});

test("a chip that fits nowhere on its line gets narrower or stands above it, never over a node", () => {
  const nodes = [area(-200, -8, -20, 48), area(6, 6, 34, 34), area(84, -8, 252, 48)];
  const chip = chipPlace(line([40, 20], [84, 20]), 70, { ...NOTHING, nodes });
  assert.ok(chip.width < 70 && chip.width >= 40);
  for (const node of nodes) assert.ok(!overlap(areaOfChip(chip), node), JSON.stringify(chip));
});

test("a chip stands on its line or right above it, as wide as asked or narrower", () => {
  const way = fc.array(fc.integer({ min: 20, max: 300 }), { minLength: 1, maxLength: 5 }).map((lengths) => lengths.reduce((points, length, i) => {
    const last = points.at(-1);
    return [...points, i % 2 ? { x: last.x, y: last.y + length } : { x: last.x + length, y: last.y }];
  }, [{ x: 0, y: 0 }]));
  fc.assert(fc.property(way, fc.integer({ min: 20, max: 140 }), (points, width) => {
    const chip = chipPlace(points, width), near = stretchesOf(points);
    assert.ok(chip.width <= width);
    assert.ok(near.some((s) => chip.x >= s.left && chip.x <= s.right && [0, 14].some((lift) => chip.y + lift >= s.top && chip.y + lift <= s.bottom)), JSON.stringify({ chip, points }));
  }));
});

const GATEWAY = area(0, 0, 40, 40);
const UP = area(20, -100, 20, 0), RIGHT = area(40, 20, 140, 20), DOWN = area(20, 40, 20, 140), LEFT = area(-100, 20, 0, 20);
/** @type {[string, any[], string, (name: any) => boolean][]} */
const NAMES = [
  ["below", [LEFT, RIGHT], "middle", (n) => n.y > 40],
  ["above when a line leaves below", [LEFT, RIGHT, DOWN], "middle", (n) => n.y < 0],
  ["beside the line below when lines leave above and below", [LEFT, RIGHT, UP, DOWN], "start", (n) => n.y > 40 && n.x > 20],
];
for (const [where, lines, at, holds] of NAMES) {
  test(`the name of a gateway stands ${where}`, () => {
    const name = namePlace(GATEWAY, 60, { ...NOTHING, lines });
    assert.equal(name.at, at);
    assert.ok(holds(name), JSON.stringify(name));
    for (const l of lines) assert.ok(!overlap(areaOfName(name), area(l.left - 1, l.top - 1, l.right + 1, l.bottom + 1)));
  });
}

test("the name of a gateway keeps off nodes near", () => {
  const below = area(-60, 50, 108, 106);
  const name = namePlace(GATEWAY, 60, { ...NOTHING, nodes: [below] });
  assert.ok(!overlap(areaOfName(name), below));
  assert.equal(name.width, 60);
});

const RELEASE = JSON.parse(readFileSync("app/samples/20_release.json", "utf8")).tree;

/** An editor with labels, in which every letter is as wide as another; `drawn` names what was drawn again. */
function labelled(context) {
  globalThis.document = { createElement: () => ({ getContext: () => null }) };
  context.after(() => delete globalThis.document);
  const editor = editorOn(RELEASE, [{ __init__: ["labels"], labels: ["type", Labels] }]), drawn = new Set();
  editor.get("eventBus").on("element.changed", ({ element }) => drawn.add(element.id));
  return { editor, drawn, labels: editor.get("labels"), gateway: editor.get("elementRegistry").get("xor") };
}

test("a gateway's chips and name are drawn again when one of its lines goes", (context) => {
  const { editor, drawn, gateway } = labelled(context), [first, second] = gateway.outgoing;
  editor.get("modeling").removeElements([first]);
  assert.ok(drawn.has(gateway.id) && drawn.has(second.id), [...drawn].join());
});

test("a chip is drawn again, elsewhere, when a node comes to where it stands", (context) => {
  const { editor, drawn, labels, gateway } = labelled(context), [line] = gateway.outgoing, before = labels.chipOf(line);
  const node = editor.get("elementFactory").createNode("ServiceActivity", {});
  editor.get("modeling").createShape(node, { x: before.x - 110, y: before.y }, editor.get("treeStore").root);
  assert.ok(drawn.has(line.id), [...drawn].join());
  const after = areaOfChip(labels.chipOf(line));
  assert.ok(!overlap(after, area(node.x, node.y, node.x + node.width, node.y + node.height)));
});

test("a chip keeps off the name of its gateway", (context) => {
  const { labels, gateway } = labelled(context), name = areaOfName(labels.nameOf(gateway));
  for (const line of gateway.outgoing) assert.ok(!overlap(areaOfChip(labels.chipOf(line)), name));
});

test("what does not touch a label draws none again", (context) => {
  const { editor, drawn } = labelled(context), start = editor.get("elementRegistry").get("start");
  editor.get("modeling").moveElements([start], { x: -20, y: 0 });
  assert.deepEqual([...drawn], []);
});
