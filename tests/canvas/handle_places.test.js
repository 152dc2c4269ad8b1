/** Where the buttons of nodes and lines stand, at every zoom. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { buttonsPlaces, plusPlace } from "../../app/static/canvas/gestures/pure/handle_places.js";
import { distanceTo } from "../../app/static/canvas/gestures/pure/lines.js";

/** How many times as large as the flow handles are drawn at 100, 67, 50 and 25 %. */
const FACTORS = [1, 1.5, 2, 2.5], REACH = 13;

const LINES = {
  level: [{ x: 0, y: 0 }, { x: 200, y: 0 }],
  short: [{ x: 0, y: 0 }, { x: 32, y: 0 }],
  upright: [{ x: 0, y: 0 }, { x: 0, y: -90 }],
  bent: [{ x: 0, y: 0 }, { x: 60, y: 0 }, { x: 60, y: 150 }, { x: 140, y: 150 }],
};

for (const [name, line] of Object.entries(LINES)) {
  for (const factor of FACTORS) {
    test(`a press on the ${name} line meets none of its buttons, and no button lies on the other, drawn ${factor} times as large`, () => {
      const { add, cross } = buttonsPlaces(line, null, factor);
      assert.ok(Math.hypot(add.x - cross.x, add.y - cross.y) >= 2 * REACH * factor);
      for (const place of [add, cross]) assert.ok(distanceTo(place, line) >= (REACH + 8) * factor, JSON.stringify(place));
    });
  }
}

test("the buttons of a line do not cover its condition, wherever that stands on the line", () => {
  const chips = fc.record({ x: fc.integer({ min: -20, max: 160 }), y: fc.integer({ min: -20, max: 170 }), width: fc.integer({ min: 30, max: 140 }) });
  fc.assert(fc.property(fc.constantFrom(...Object.values(LINES)), chips, fc.constantFrom(...FACTORS), (line, chip, factor) => {
    const { add, cross } = buttonsPlaces(line, chip, factor), reach = REACH * factor;
    for (const { x, y } of [add, cross]) assert.ok(Math.abs(x - chip.x) >= chip.width / 2 + reach || Math.abs(y - chip.y) >= 11 + reach, JSON.stringify({ x, y, chip }));
  }));
});

const TASK = { x: 0, y: 0, width: 168, height: 56 };

test("the plus stands behind its node, off the edge", () => {
  for (const factor of FACTORS) assert.deepEqual(plusPlace(TASK, [], [], factor), { x: 168 + 34 * factor, y: 28 });
});

test("where the next node is near, as bk-sops draws flows, the plus stands aside of it and of its own node", () => {
  const next = { x: 200, y: 0, width: 168, height: 56 };
  for (const factor of [1, 1.5, 2]) {
    const { x, y } = plusPlace(TASK, [next], [], factor), reach = REACH * factor;
    for (const box of [TASK, next]) assert.ok(x + reach <= box.x || x - reach >= box.x + box.width || y + reach <= box.y || y - reach >= box.y + box.height, JSON.stringify({ x, y, box }));
  }
});

test("the plus does not cover the condition of a branch", () => {
  const gateway = { x: 0, y: 0, width: 40, height: 40 }, chip = { x: 75, y: 20, width: 50 }, { y } = plusPlace(gateway, [], [chip], 1);
  assert.ok(Math.abs(y - chip.y) >= 11 + REACH);
});
