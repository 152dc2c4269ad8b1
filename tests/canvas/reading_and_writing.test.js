/** A tree that was opened and not edited is written as it was: every tree of the documents, every sample. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { KINDS } from "../../app/static/canvas/tree/kinds.js";
import { readTree } from "../../app/static/canvas/tree/reading.js";
import { writeTree } from "../../app/static/canvas/tree/writing.js";
import { readText } from "../../app/static/canvas/panels/code/reading.js";
import { DIAMOND } from "./graphs.js";

const TREES = ["tests/data/trees", "app/samples"].flatMap((folder) =>
  readdirSync(folder).map((name) => ({ name, document: JSON.parse(readFileSync(`${folder}/${name}`, "utf8")) })));

for (const { name, document } of TREES) {
  test(`${name} is written as it was read`, () => {
    const tree = document.tree ?? document.pipeline_tree ?? document;
    assert.deepEqual(writeTree(readTree(tree)), tree);
  });
}

const SMALL = JSON.parse(readFileSync("app/samples/20_release.json", "utf8")).tree;

test("the order of keys and lists is kept too, where it means something", () => {
  const written = writeTree(readTree(SMALL));
  for (const group of ["activities", "gateways", "flows", "constants"]) assert.deepEqual(Object.keys(written[group]), Object.keys(SMALL[group]));
});

test("the branches of a gateway come in the order in which it names them, however the lines are stored", () => {
  const gateway = /** @type {any} */ (Object.values(SMALL.gateways).find((/** @type {any} */ g) => g.outgoing.length > 2));
  const stored = Object.fromEntries(Object.entries(SMALL.flows).sort(([a], [b]) => (a < b ? 1 : -1)));
  for (const flows of [stored, Object.fromEntries(Object.entries(stored).reverse())]) {
    assert.deepEqual(readTree({ ...SMALL, flows }).flows.filter((f) => f.source === gateway.id).map((f) => f.id), gateway.outgoing);
  }
});

test("a node that moves takes its new place along, and no other entry changes", () => {
  const drawing = readTree(SMALL), node = drawing.nodes[1], before = SMALL.location.find((/** @type {any} */ p) => p.id === node.id);
  node.x += 30;
  const written = writeTree(drawing);
  assert.deepEqual(written.location?.find((p) => p.id === node.id), { ...before, x: before.x + 30 });
  assert.deepEqual(written.location?.filter((p) => p.id !== node.id), SMALL.location.filter((/** @type {any} */ p) => p.id !== node.id));
});

test("a tree without places gets them once one node is moved", () => {
  const { location: _places, line: _lines, ...bare } = SMALL;
  const drawing = readTree(bare);
  assert.equal(writeTree(drawing).location, undefined);
  drawing.nodes[1].x += 10;
  assert.equal(writeTree(drawing).location?.length, drawing.nodes.length);
});

test("a branch that is moved before another is asked before it", () => {
  const drawing = readTree(SMALL);
  const gateway = drawing.nodes.find((n) => n.kind === "ExclusiveGateway");
  assert.ok(gateway);
  const own = drawing.flows.filter((f) => f.source === gateway.id);
  drawing.flows = [...drawing.flows.filter((f) => f.source !== gateway.id), ...own.reverse()];
  assert.deepEqual(writeTree(drawing).gateways[gateway.id].outgoing, own.map((f) => f.id));
});

test("notes that are no notes of the canvas are kept as they are", () => {
  for (const notes of [[null], [{ id: "n", text: 5 }], "words", [{ id: "n" }, { id: "n" }]]) {
    const tree = { ...structuredClone(DIAMOND), notes }, drawing = readTree(tree);
    assert.deepEqual(drawing.notes, []);
    assert.deepEqual(writeTree(drawing), tree);
  }
});

test("text of a flow that the canvas cannot show says why", () => {
  const [node] = Object.values(DIAMOND.activities);
  const problem = (/** @type {any} */ change) => /** @type {any} */ (readText(JSON.stringify({ ...DIAMOND, ...change }))).problem;
  assert.equal(problem({}), undefined);
  assert.match(problem({ gateways: { ...DIAMOND.gateways, [node.id]: node } }), new RegExp(`two nodes with the id ${node.id}`));
  assert.match(problem({ location: [null] }), /location\[0\] has to be an object/);
  assert.match(problem({ notes: [null] }), /notes has to be a list of notes/);
});

test("a tree without places is laid out, and has none when it is written as it was", () => {
  const { location: _places, line: _lines, ...bare } = structuredClone(SMALL), drawing = readTree(/** @type {any} */ (bare)), at = new Map(drawing.nodes.map((n) => [n.id, n]));
  const [split] = drawing.nodes.filter(({ kind }) => kind === "ParallelGateway"), heads = drawing.flows.filter(({ source }) => source === split.id);
  assert.equal(new Set(heads.map(({ target }) => at.get(target)?.x)).size, 1, "branches begin in one column");
  assert.ok(new Set(heads.map(({ sides }) => sides.source)).size > 1, "and leave by sides of their own");
  assert.ok(drawing.nodes.every(({ x, y }) => x >= 40 && y >= 40));
  assert.deepEqual(writeTree(drawing), bare);
});

test("a very large tree without places is shown in columns", () => {
  const ids = Array.from({ length: 700 }, (_, i) => `n${i}`), event = (/** @type {string} */ type, /** @type {string} */ id) => ({ id, type, name: "", incoming: "", outgoing: "" });
  const flows = Object.fromEntries(["start", ...ids].map((source, i) => [`f${i}`, { id: `f${i}`, source, target: ids[i] ?? "end" }]));
  const activities = Object.fromEntries(ids.map((id) => [id, { ...event("ServiceActivity", id), component: { code: "x", data: {} } }]));
  const { nodes } = readTree(/** @type {any} */ ({ start_event: event("EmptyStartEvent", "start"), end_event: event("EmptyEndEvent", "end"), activities, gateways: {}, flows, constants: {}, outputs: [] }));
  assert.equal(new Set(nodes.map(({ x, y, kind }) => `${x + KINDS[kind].width / 2} ${y}`)).size, 702);
});

test("a line that has the id of a node is shown with an id of its own", () => {
  const text = JSON.stringify(SMALL), [gateway] = Object.values(SMALL.gateways).filter((/** @type {any} */ g) => g.type === "ExclusiveGateway"), [line] = /** @type {any} */ (gateway).outgoing;
  const clashing = JSON.parse(text.replaceAll(`"${line}"`, `"${/** @type {any} */ (gateway).id}"`)), written = writeTree(readTree(clashing)), fresh = `line_${/** @type {any} */ (gateway).id}`;
  assert.deepEqual(written, JSON.parse(text.replaceAll(`"${line}"`, `"${fresh}"`)));
});
