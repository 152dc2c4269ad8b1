/** What a graph of dependencies says of its steps, edited as the inspector does. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { fitClip, makeClip } from "../../app/static/canvas/gestures/pure/clip.js";
import { changeNode, stepEdits } from "../../app/static/canvas/panels/inspector/edits.js";
import { patchedTree, renameKey, unusedKeys, whereUsed } from "../../app/static/canvas/tree/references.js";
import { nextSteps, shareKind, triesOf, unitOf, UNITS, withSettings, withTries } from "../../app/static/canvas/tree/step_settings.js";
import { DIAMOND, graph } from "./graphs.js";
import { editorOn } from "./headless.js";

test("a setting is one step to undo, keeps what it does not know, and leaves no trace when it is given up", () => {
  const editor = editorOn(graph("start>a a>end", { a: { step: { theirs: 1 } } })), store = editor.get("treeStore"), before = store.tree;
  const step = () => store.tree.activities.a.step, set = stepEdits(editor, editor.get("elementRegistry").get("a"));
  set({ rule: "one_failed", condition: "${x > 1}" });
  assert.deepEqual(step(), { theirs: 1, rule: "one_failed", condition: "${x > 1}" });
  set({ rule: null, condition: "" });
  assert.deepEqual(step(), { theirs: 1 });
  editor.get("commandStack").undo();
  editor.get("commandStack").undo();
  assert.deepEqual(store.tree, before);
});

test("a step without settings is written without one", () => {
  const editor = editorOn(graph("start>a a>end", { a: {} })), store = editor.get("treeStore"), set = stepEdits(editor, editor.get("elementRegistry").get("a"));
  set({ manual: true });
  assert.deepEqual(store.tree.activities.a.step, { manual: true });
  set({ manual: null });
  assert.ok(!("step" in store.tree.activities.a));
});

test("false and nought that a program wrote stay until they are edited", () => {
  assert.deepEqual(withSettings({ step: { manual: false, retries: 0, context: {} } }, { rule: "always" }).step, { manual: false, retries: 0, context: {}, rule: "always" });
});

test("what a step tries as a common task is told, and gives way to what is said anew", () => {
  const old = { auto_retry: { enable: true, times: 2, interval: 3 }, timeout_config: { enable: true, seconds: 60, action: "forced_fail" } };
  assert.deepEqual(triesOf(old), { retries: 2, afterMs: 3000, timeoutMs: 60_000 });
  assert.deepEqual(triesOf({ ...old, step: { retries: 5, timeout_ms: 10 } }), { retries: 5, afterMs: 0, timeoutMs: 10 });
  const made = withTries(old, { retries: 0 });
  assert.deepEqual([made.step, made.auto_retry.enable, made.timeout_config.enable], [{ timeout_ms: 60_000 }, false, false]);
  assert.deepEqual(withTries({ step: { retries: 1, retry_after_ms: 5 } }, { retries: 4 }), { step: { retries: 4, retry_after_ms: 5 } });
});

test("a time is counted in the largest unit that needs no fraction", () => {
  assert.deepEqual([0, 1, 1500, 5000, 90_000, 600_000, 7_200_000].map(unitOf), ["s", "ms", "ms", "s", "s", "min", "h"]);
  fc.assert(fc.property(fc.nat(), (ms) => Number.isInteger(ms / UNITS[unitOf(ms)])));
});

test("how many elements of a loop is a number, a part or none", () => {
  assert.deepEqual([undefined, {}, { count: 0 }, { ratio: 0.5 }, { count: 3 }].map(shareKind), ["none", "none", "none", "ratio", "count"]);
});

test("a switch chooses among the steps that lines lead to", () => {
  const editor = editorOn(DIAMOND), at = (/** @type {string} */ id) => editor.get("elementRegistry").get(id);
  assert.deepEqual(nextSteps(at("a")).map((s) => s.id), ["b", "c"]);
  assert.deepEqual(nextSteps(at("d")), []);
});

test("variables that only a step's settings name are used, and renamed there", () => {
  const tree = graph("start>a a>end", { a: { step: { condition: "${n > 1}", each: [{ x: "${m}" }] } } });
  tree.constants = Object.fromEntries(["${n}", "${m}", "${spare}"].map((key) => [key, { key, value: "" }]));
  assert.deepEqual(whereUsed(tree).get("${n}"), [{ kind: "step", id: "a", name: "a", tag: "step" }]);
  assert.deepEqual(unusedKeys(tree), ["${spare}"]);
  assert.deepEqual(patchedTree(tree, renameKey(tree, "${m}", "${hosts}")).activities.a.step, { condition: "${n > 1}", each: [{ x: "${hosts}" }] });
});

test("a copied switch chooses among the copies; what did not come along it cannot choose", () => {
  const tree = graph("start>a a>b a>c b>end c>end", { a: { step: { switch: { cases: [{ case: "${x}", next: "b" }, { case: true, next: "c" }], default: "c" } } } });
  const editor = editorOn(tree), clip = makeClip(editor.get("treeStore").drawing, new Set(["a", "b"]));
  let count = 0;
  const { nodes } = fitClip(clip, {}, (word) => `${word}${(count += 1)}`), [a, b] = ["a", "b"].map((name) => nodes.find((n) => n.node.name === name));
  assert.deepEqual(a.node.step.switch, { cases: [{ case: "${x}", next: b.id }] });
});

test("a node that is gone is not edited", () => {
  const editor = editorOn(DIAMOND), shape = editor.get("elementRegistry").get("a");
  editor.get("modeling").removeElements([shape]);
  const before = editor.get("treeStore").tree;
  changeNode(editor, shape, (node) => ({ ...node, name: "late" }));
  assert.equal(editor.get("treeStore").tree, before);
});
