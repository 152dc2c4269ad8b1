/** Whatever is edited, undoing it all brings the very tree back that was opened; redoing it all, the one that was left. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import fc from "fast-check";
import { editorOn } from "./headless.js";

const RELEASE = JSON.parse(readFileSync("app/samples/20_release.json", "utf8")).tree;
const KINDS = ["ServiceActivity", "SubProcess", "ExclusiveGateway", "ParallelGateway", "ConditionalParallelGateway", "ConvergeGateway"];

/** What an author may do; each takes two numbers that choose where. @type {Record<string, (editor: any, a: number, b: number) => void>} */
const EDITS = {
  add: (editor, a, b) => void editor.get("modeling").createShape(editor.get("elementFactory").createNode(KINDS[a % KINDS.length], { name: `n${b}` }), { x: a % 900, y: b % 700 }, editor.get("treeStore").root),
  connect: (editor, a, b) => {
    const source = pick(nodes(editor), a), target = pick(nodes(editor), b);
    if (!editor.get("treeRules").whyNot(source, target)) editor.get("modeling").connect(source, target);
  },
  remove: (editor, a) => {
    const element = pick(editor.get("elementRegistry").getAll().filter((e) => e.parent && !e.businessObject.kind.startsWith("Empty")), a);
    if (element) editor.get("modeling").removeElements([element]);
  },
  move: (editor, a, b) => editor.get("modeling").moveElements([pick(nodes(editor), a)], { x: (b % 40) * 10 - 200, y: (a % 40) * 10 - 200 }),
  rename: (editor, a, b) => editor.get("modeling").updateNode(pick(nodes(editor), a), { name: `name ${b}` }),
  variable: (editor, a) => editor.get("modeling").updateRest({ constants: { ...editor.get("treeStore").rest.constants, [`\${v${a}}`]: { key: `\${v${a}}`, value: a } } }),
  condition: (editor, a, b) => {
    const line = pick(editor.get("elementRegistry").filter((e) => e.businessObject.condition), a);
    if (line) editor.get("modeling").updateFlow(line, { condition: { ...line.businessObject.condition, evaluate: `${b} == 1` } });
  },
  reorder: (editor, a) => {
    const gateway = pick(nodes(editor), a);
    editor.get("modeling").reorderBranches(gateway, [...gateway.outgoing].reverse());
  },
  reconnect: (editor, a, b) => {
    const line = pick(editor.get("elementRegistry").filter((e) => e.waypoints), a), target = pick(nodes(editor), b);
    if (line && !editor.get("treeRules").whyNot(line.source, target, line)) editor.get("modeling").reconnectEnd(line, target, { x: target.x, y: target.y + 1 });
  },
  note: (editor, a, b) => void editor.get("modeling").createShape(editor.get("elementFactory").createNote({ text: `t${a}` }), { x: a % 900, y: b % 700 }, editor.get("treeStore").root),
  replace: (editor, a) => {
    if (a % 10 === 0) editor.get("modeling").replaceTree(RELEASE);
  },
};
const nodes = (editor) => editor.get("treeStore").nodes;
const pick = (list, n) => list[n % list.length];
const edit = fc.tuple(fc.constantFrom(...Object.keys(EDITS)), fc.nat(5000), fc.nat(5000));

test("200 random edits, then undo all: the tree is the first one; redo all: it is the last one", () => {
  fc.assert(fc.property(fc.array(edit, { minLength: 200, maxLength: 200 }), (edits) => {
    const editor = editorOn(RELEASE), stack = editor.get("commandStack"), store = editor.get("treeStore");
    for (const [name, a, b] of edits) EDITS[name](editor, a, b);
    const last = store.tree;
    while (stack.canUndo()) stack.undo();
    assert.deepEqual(store.tree, RELEASE);
    while (stack.canRedo()) stack.redo();
    assert.deepEqual(store.tree, last);
  }), { numRuns: 60 });
});

test("after every edit the tree holds together: each line has both ends, each end its line", () => {
  fc.assert(fc.property(fc.array(edit, { minLength: 30, maxLength: 60 }), (edits) => {
    const editor = editorOn(RELEASE);
    for (const [name, a, b] of edits) {
      EDITS[name](editor, a, b);
      assertWhole(editor.get("treeStore").tree);
    }
  }), { numRuns: 60 });
});

/** @param {any} tree */
function assertWhole(tree) {
  const list = (value) => (Array.isArray(value) ? value : value ? [value] : []);
  const all = Object.fromEntries([tree.start_event, tree.end_event, ...Object.values(tree.activities), ...Object.values(tree.gateways)].map((n) => [n.id, n]));
  for (const flow of Object.values(tree.flows)) {
    assert.ok(list(all[flow.source]?.outgoing).includes(flow.id), `line ${flow.id} leaves no node`);
    assert.ok(list(all[flow.target]?.incoming).includes(flow.id), `line ${flow.id} enters no node`);
  }
  for (const node of Object.values(all)) {
    for (const id of [...list(node.incoming), ...list(node.outgoing)]) assert.ok(tree.flows[id], `node ${node.id} names line ${id}, which is gone`);
    for (const id of Object.keys(node.conditions ?? {})) assert.equal(tree.flows[id]?.source, node.id, `a condition for line ${id}, which does not leave ${node.id}`);
  }
}
