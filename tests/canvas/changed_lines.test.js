import assert from "node:assert/strict";
import { test } from "node:test";
import { changedLines } from "../../app/static/canvas/session/changed_lines.js";

test("of two texts only the lines that differ are told, in their order", () => {
  assert.deepEqual(changedLines("set -e\nmake\nmake test\ndone", "set -e\nmake all\nmake test\necho ok\ndone"), [
    { kind: "removed", text: "make" }, { kind: "added", text: "make all" }, { kind: "added", text: "echo ok" },
  ]);
  assert.deepEqual(changedLines("a\nb", "a\nb"), []);
});
