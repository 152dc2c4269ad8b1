/** The arrow keys: presses that follow one another are one step, and never take another step back. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { DIAMOND } from "./graphs.js";
import { editorOn } from "./headless.js";

globalThis.document ??= /** @type {any} */ ({ documentElement: { lang: "en" }, createElement: () => ({ getContext: () => null }) });
const { default: History } = await import("../../app/static/canvas/gestures/history.js");
const { default: MovingByKeys } = await import("../../app/static/canvas/gestures/selecting/moving_by_keys.js");

function opened() {
  let selected = /** @type {any[]} */ ([]);
  const editor = editorOn(DIAMOND, [{
    __init__: ["history", "moves"], history: ["type", History], moves: ["type", MovingByKeys],
    keyboard: ["value", { addListener() {}, isCmd() {}, isShift() {} }], selection: ["value", { get: () => selected }],
  }]);
  const [id] = Object.keys(DIAMOND.activities), shape = editor.get("elementRegistry").get(id);
  selected = [shape];
  return { editor, shape, press: (/** @type {string[]} */ ...ways) => ways.forEach((way) => editor.get("moves").moveSelection(way)) };
}

test("presses that follow one another are one step to undo", () => {
  const { editor, shape, press } = opened(), { x } = shape;
  press("right", "right", "right");
  assert.equal(shape.x, x + 3);
  editor.get("history").undo();
  assert.equal(shape.x, x);
});

test("there and back and on again leaves what was done before as it is", () => {
  const { editor, shape, press } = opened(), { x } = shape;
  editor.get("modeling").updateNode(shape, { name: "renamed" });
  press("right", "left", "left");
  assert.deepEqual([shape.x, shape.businessObject.node.name], [x - 1, "renamed"]);
});
