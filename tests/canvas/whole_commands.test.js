/** A command that fails leaves everything as it was, and the editor goes on. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { DIAMOND } from "./graphs.js";
import { editorOn } from "./headless.js";

/** @param {any} editor */
function watched(editor) {
  let told = 0;
  editor.get("eventBus").on("commandStack.changed", () => void (told += 1));
  return { get told() { return told; } };
}

test("what a failed command has done is taken back, and later edits are told of", () => {
  const editor = editorOn(DIAMOND), modeling = editor.get("modeling"), store = editor.get("treeStore"), stack = editor.get("commandStack");
  modeling.updateRest({ description: "first" });
  const before = store.tree;
  assert.throws(() => modeling.together(() => {
    modeling.updateRest({ description: "second" });
    modeling.removeElements([store.nodes[1]]);
    throw new Error("on its way");
  }), /on its way/);
  assert.deepEqual(store.tree, before);

  const watch = watched(editor);
  modeling.updateRest({ description: "third" });
  assert.equal(watch.told, 1);
  stack.undo();
  assert.deepEqual(store.tree, before);
  stack.undo();
  assert.deepEqual(store.tree, DIAMOND);
});

test("what could be done again still can after a command that failed", () => {
  const editor = editorOn(DIAMOND), modeling = editor.get("modeling"), stack = editor.get("commandStack");
  modeling.updateRest({ description: "first" });
  stack.undo();
  assert.throws(() => modeling.together(() => {
    modeling.updateRest({ description: "second" });
    throw new Error("on its way");
  }));
  stack.redo();
  assert.equal(editor.get("treeStore").tree.description, "first");
});

test("a tree that the canvas cannot show changes nothing", () => {
  const editor = editorOn(DIAMOND), [id] = Object.keys(DIAMOND.activities), twice = { ...DIAMOND, gateways: { ...DIAMOND.gateways, [id]: DIAMOND.activities[id] } };
  assert.throws(() => editor.get("modeling").replaceTree(twice));
  assert.deepEqual(editor.get("treeStore").tree, DIAMOND);
});
