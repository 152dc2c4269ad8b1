/** Typing in one field becomes one step, and is never lost. */
import assert from "node:assert/strict";
import { mock, test } from "node:test";
import EventBus from "diagram-js/lib/core/EventBus.js";
import { Draft, Drafts, IDLE_MS } from "../../app/static/canvas/fields/drafts.js";

function drafted(value) {
  const saved = [];
  return { saved, draft: new Draft(value, { save: (now) => saved.push(now) }) };
}

test("typing is one edit, made when nothing follows for a while", () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  try {
    const { saved, draft } = drafted("");
    for (const text of ["a", "ab", "abc"]) {
      draft.type(text);
      mock.timers.tick(IDLE_MS - 1);
    }
    assert.deepEqual(saved, []);
    mock.timers.tick(1);
    assert.deepEqual(saved, ["abc"]);
    mock.timers.tick(10_000);
    assert.deepEqual(saved, ["abc"]);
  } finally {
    mock.timers.reset();
  }
});

test("leaving the field makes the edit at once, and none when it is what it was", () => {
  const { saved, draft } = drafted("x");
  draft.type("y");
  draft.flush();
  draft.flush();
  draft.type("z");
  draft.type("y");
  draft.flush();
  assert.deepEqual(saved, ["y"]);
  draft.commit({ a: 1 });
  draft.commit({ a: 1 });
  assert.deepEqual(saved, ["y", { a: 1 }]);
});

test("what the flow says is followed, but never over what is being typed", () => {
  const { saved, draft } = drafted("x");
  draft.follow("undone");
  assert.equal(draft.value, "undone");
  draft.type("typed");
  draft.follow("from elsewhere");
  assert.equal(draft.value, "typed");
  draft.flush();
  assert.deepEqual(saved, ["typed"]);
  draft.follow("x");
  assert.equal(draft.value, "x");
});

test("all that is being typed is made an edit when the editor says so, or something else is selected", () => {
  const bus = new EventBus(), drafts = new Drafts(bus), order = [];
  bus.on("selection.changed", () => order.push("others hear of it"));
  for (const event of ["editor.flush", "selection.changed"]) {
    const { saved, draft } = drafted("");
    drafts.open.add(draft);
    draft.save = (now) => order.push(now);
    draft.type(event);
    bus.fire(event);
    assert.equal(draft.isPending, false);
    assert.deepEqual(saved, []);
  }
  assert.deepEqual(order, ["editor.flush", "selection.changed", "others hear of it"]);
});
