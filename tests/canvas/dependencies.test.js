/** Graphs of dependencies: activities with several lines in and out, and no gateways. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import Adding from "../../app/static/canvas/gestures/adding/adding.js";
import Choices from "../../app/static/canvas/gestures/adding/choices.js";
import History from "../../app/static/canvas/gestures/history.js";
import Healing from "../../app/static/canvas/gestures/lines/healing.js";
import Inserting from "../../app/static/canvas/gestures/lines/inserting.js";
import { readTree } from "../../app/static/canvas/tree/reading.js";
import { writeTree } from "../../app/static/canvas/tree/writing.js";
import { DIAMOND, graph } from "./graphs.js";
import { editorOn } from "./headless.js";

const MODULES = [{ __init__: ["healing", "inserting", "history"], healing: ["type", Healing], inserting: ["type", Inserting], history: ["type", History], choices: ["type", Choices], adding: ["type", Adding] }];

/** @param {any} editor */
const lines = (editor) => Object.values(editor.get("treeStore").tree.flows).map((f) => `${f.source}>${f.target}`).sort().join(" ");
/** @param {any} editor @param {string} id */
const at = (editor, id) => editor.get("elementRegistry").get(id);

test("a graph of dependencies is written as it was read", () => {
  assert.deepEqual(writeTree(readTree(DIAMOND)), DIAMOND);
});

test("lines of steps are lists, also when there is one", () => {
  const editor = editorOn(DIAMOND, MODULES);
  editor.get("modeling").connect(at(editor, "b"), at(editor, "c"));
  editor.get("modeling").removeElements([at(editor, "a>c")]);
  const { activities } = editor.get("treeStore").tree;
  assert.equal(activities.c.incoming.length, 1);
  assert.deepEqual(activities.a.outgoing, ["a>b"]);
  assert.deepEqual(activities.a.step, { rule: "one_success", retries: 2 });
});

test("a step may lead to several others, and a task of a common flow to one only", () => {
  const graphs = editorOn(DIAMOND, MODULES), flows = editorOn({ ...DIAMOND, kind: undefined }, MODULES);
  assert.equal(graphs.get("treeRules").whyNot(at(graphs, "a"), at(graphs, "d")), "");
  assert.match(flows.get("treeRules").whyNot(at(flows, "b"), at(flows, "c")), /Only 1 line/);
});

test("a line that would let steps wait for one another is refused, and one that is drawn elsewhere does not count", () => {
  const editor = editorOn(graph("start>a a>b b>c c>end start>x x>end"), MODULES), rules = editor.get("treeRules");
  assert.match(rules.whyNot(at(editor, "c"), at(editor, "a")), /wait for one another/);
  assert.match(rules.whyNot(at(editor, "b"), at(editor, "a")), /wait for one another/);
  assert.equal(rules.whyNot(at(editor, "c"), at(editor, "x")), "");
  assert.equal(rules.whyNot(at(editor, "b"), at(editor, "a"), at(editor, "a>b")), "");
});

test("a common flow may lead back", () => {
  const flows = editorOn({ ...DIAMOND, kind: undefined }, MODULES);
  flows.get("modeling").removeElements([at(flows, "d>end")]);
  assert.equal(flows.get("treeRules").whyNot(at(flows, "d"), at(flows, "a")), "");
});

test("gateways are offered in common flows only", () => {
  assert.equal(editorOn(DIAMOND, MODULES).get("choices").gateways.length, 0);
  assert.equal(editorOn({ ...DIAMOND, kind: undefined }, MODULES).get("choices").gateways.length, 4);
});

test("what is added after the last step stands between it and the end, after another step beside what follows", () => {
  const editor = editorOn(DIAMOND, MODULES), adding = editor.get("adding"), { task } = editor.get("choices");
  const last = adding.add(task, { element: at(editor, "d") });
  assert.deepEqual([last.incoming[0].source.id, last.outgoing[0].target.id], ["d", "end"]);
  const beside = adding.add(task, { element: at(editor, "a") });
  assert.deepEqual([beside.incoming[0].source.id, beside.outgoing[0].target.id], ["a", "end"]);
});

test("a step is tied to the start and the end while nothing else comes before and after it", () => {
  const editor = editorOn(DIAMOND, MODULES), { task } = editor.get("choices");
  const lone = editor.get("adding").add(task, { point: { x: 500, y: 700 } });
  assert.deepEqual([lone.incoming[0].source.id, lone.outgoing[0].target.id], ["start", "end"]);
  editor.get("modeling").connect(lone, at(editor, "b"));
  assert.deepEqual(lone.outgoing.map((/** @type {any} */ l) => l.target.id), ["b"]);
  editor.get("modeling").removeElements([lone.outgoing[0]]);
  assert.deepEqual(lone.outgoing.map((/** @type {any} */ l) => l.target.id), ["end"]);
});

test("deleting the step in the middle leaves no loose ends", () => {
  const editor = editorOn(DIAMOND, MODULES);
  editor.get("modeling").removeElements([at(editor, "a")]);
  assert.equal(lines(editor), "b>d c>d d>end start>b start>c");
});

test("whatever is edited, every step has something before and behind it, and undo brings the very graph back", () => {
  const edits = fc.array(fc.tuple(fc.constantFrom("add", "connect", "remove", "cut"), fc.nat(1000), fc.nat(1000)), { maxLength: 25 });
  fc.assert(fc.property(edits, (list) => {
    const editor = editorOn(DIAMOND, MODULES), store = editor.get("treeStore"), stack = editor.get("commandStack");
    for (const [what, a, b] of list) edit(editor, what, a, b);
    for (const step of Object.values(store.tree.activities)) assert.ok(step.incoming.length && step.outgoing.length, `${step.id} hangs loose`);
    while (stack.canUndo()) stack.undo();
    assert.deepEqual(store.tree, DIAMOND);
  }), { numRuns: 60 });
});

/** @param {any} editor @param {string} what @param {number} a @param {number} b */
function edit(editor, what, a, b) {
  const { nodes } = editor.get("treeStore"), modeling = editor.get("modeling"), steps = nodes.filter((/** @type {any} */ n) => n.businessObject.kind === "ServiceActivity");
  const one = nodes[a % nodes.length], other = nodes[b % nodes.length], drawn = nodes.flatMap((/** @type {any} */ n) => n.outgoing);
  if (what === "add") editor.get("adding").add(editor.get("choices").task, { element: steps[a % steps.length] ?? one });
  else if (what === "connect" && !editor.get("treeRules").whyNot(one, other)) modeling.connect(one, other);
  else if (what === "remove" && steps.length > 1) modeling.removeElements([steps[b % steps.length]]);
  else if (what === "cut") modeling.removeElements([drawn[a % drawn.length]]);
}
