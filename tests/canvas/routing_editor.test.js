/** Lines in the editor: after every command they lie as they would lie if the flow were opened anew, and undo is exact. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import fc from "fast-check";
import Rerouting from "../../app/static/canvas/diagram/rerouting.js";
import { editorOn } from "./headless.js";

const RELEASE = JSON.parse(readFileSync("app/samples/20_release.json", "utf8")).tree;
const opened = (tree) => editorOn(tree, [{ __init__: ["rerouting"], rerouting: ["type", Rerouting] }]);
const lines = (editor) => editor.get("elementRegistry").filter((e) => e.waypoints);
const nodes = (editor) => editor.get("treeStore").nodes;
const ways = (editor) => Object.fromEntries(lines(editor).map((l) => [l.id, l.waypoints.map(({ x, y }) => `${x},${y}`).join(" ")]).sort());
const middleOf = ({ waypoints }) => ({ x: (waypoints[0].x + waypoints.at(-1).x) / 2, y: waypoints[0].y });
const lineTo = (editor, id) => lines(editor).find((l) => l.target.id === id);
const changed = (before, after) => Object.keys(after).filter((id) => before[id] !== after[id]);

/** The long line back from the sample's task below to its end. */
const long = (editor) => lines(editor).find((l) => l.waypoints.length === 3 && l.waypoints[1].x - l.waypoints[0].x > 300);

test("a node that is put onto a line has the line go around it; undo brings back what was, redo what is", () => {
  const editor = opened(RELEASE), line = long(editor), before = ways(editor);
  const { modeling, elementFactory, treeStore, commandStack } = services(editor);
  modeling.createShape(elementFactory.createNode("ServiceActivity", { name: "in the way" }), middleOf(line), treeStore.root);
  const after = ways(editor);
  assert.deepEqual(changed(before, after), [line.id]);
  assert.ok(line.waypoints.length > 3);
  commandStack.undo();
  assert.deepEqual(ways(editor), before);
  commandStack.redo();
  assert.deepEqual(ways(editor), after);
});

test("a node that is taken out of a line's way lets it run straight again", () => {
  const editor = opened(RELEASE), before = ways(editor), { modeling, elementFactory, treeStore } = services(editor);
  const node = modeling.createShape(elementFactory.createNode("ServiceActivity", {}), middleOf(long(editor)), treeStore.root);
  assert.notDeepEqual(ways(editor), before);
  modeling.moveElements([node], { x: 0, y: 600 });
  assert.deepEqual(ways(editor), before);
  modeling.moveElements([node], { x: 0, y: -600 });
  modeling.removeElements([node]);
  assert.deepEqual(ways(editor), before);
});

test("what has nothing to do with lines lays none", () => {
  const editor = opened(RELEASE), { modeling, commandStack } = services(editor), [node] = nodes(editor);
  modeling.updateNode(node, { name: "another name" });
  modeling.createShape(editor.get("elementFactory").createNote({ text: "a note" }), middleOf(lineTo(editor, "end")), editor.get("treeStore").root);
  assert.deepEqual(commandStack._stack.filter((a) => a.command === "lines.lay"), []);
});

const EDITS = {
  add: (editor, a, b) => void editor.get("modeling").createShape(editor.get("elementFactory").createNode(["ServiceActivity", "ParallelGateway"][a % 2], {}), { x: (a % 120) * 10, y: (b % 50) * 10 }, editor.get("treeStore").root),
  connect: (editor, a, b) => {
    const source = pick(nodes(editor), a), target = pick(nodes(editor), b);
    if (!editor.get("treeRules").whyNot(source, target)) editor.get("modeling").connect(source, target);
  },
  remove: (editor, a) => editor.get("modeling").removeElements([pick(editor.get("elementRegistry").filter((e) => e.parent && !e.businessObject.kind.startsWith("Empty")), a)]),
  move: (editor, a, b) => editor.get("modeling").moveElements([pick(nodes(editor), a)], { x: (b % 40) * 10 - 200, y: (a % 40) * 10 - 200 }),
  moveTwo: (editor, a, b) => {
    const { source, target } = pick(lines(editor), a) ?? { source: nodes(editor)[0], target: nodes(editor)[1] };
    editor.get("modeling").moveElements([source, target], { x: (b % 20) * 10 - 100, y: (a % 20) * 10 - 100 });
  },
  undo: (editor) => editor.get("commandStack").undo(),
  redo: (editor) => editor.get("commandStack").redo(),
};
const pick = (list, n) => list[n % list.length];
const edit = fc.tuple(fc.constantFrom(...Object.keys(EDITS)), fc.nat(5000), fc.nat(5000));

test("after any edits lines lie as in a flow that is opened anew; undoing all brings the first ones back", () => {
  fc.assert(fc.property(fc.array(edit, { minLength: 5, maxLength: 40 }), (edits) => {
    const editor = opened(RELEASE), first = ways(editor), stack = editor.get("commandStack");
    for (const [name, a, b] of edits) {
      EDITS[name](editor, a, b);
      assert.deepEqual(ways(editor), ways(opened(editor.get("treeStore").tree)), name);
    }
    while (stack.canUndo()) stack.undo();
    assert.deepEqual(ways(editor), first);
  }), { numRuns: 60 });
});

test("every command is one step to undo, lines included", () => {
  const editor = opened(RELEASE), { modeling, commandStack } = services(editor), before = ways(editor);
  modeling.moveElements([nodes(editor)[3]], { x: 40, y: 250 });
  assert.notDeepEqual(ways(editor), before);
  commandStack.undo();
  assert.equal(commandStack.canUndo(), false);
  assert.deepEqual(ways(editor), before);
});

function services(editor) {
  return Object.fromEntries(["modeling", "elementFactory", "treeStore", "commandStack"].map((name) => [name, editor.get(name)]));
}
