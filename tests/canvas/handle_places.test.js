/** Where the buttons of nodes and lines stand, at every zoom. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { buttonsNear, buttonsPlaces, plusPlace } from "../../app/static/canvas/gestures/pure/handle_places.js";
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
      const { add, cross } = /** @type {any} */ (buttonsPlaces(line, [], [], factor));
      assert.ok(Math.hypot(add.x - cross.x, add.y - cross.y) >= 2 * REACH * factor);
      for (const place of [add, cross]) assert.ok(distanceTo(place, line) >= (REACH + 8) * factor, JSON.stringify(place));
    });
  }
}

test("the buttons of a line cover no condition and no node, or they are not there before it is selected", () => {
  const chips = fc.record({ x: fc.integer({ min: -20, max: 160 }), y: fc.integer({ min: -20, max: 170 }), width: fc.integer({ min: 30, max: 140 }) });
  const boxes = fc.array(fc.record({ x: fc.integer({ min: -200, max: 200 }), y: fc.integer({ min: -200, max: 200 }), width: fc.constant(168), height: fc.constant(56) }), { maxLength: 3 });
  fc.assert(fc.property(fc.constantFrom(...Object.values(LINES)), boxes, chips, fc.constantFrom(...FACTORS), (line, others, chip, factor) => {
    const found = buttonsPlaces(line, others, [chip], factor), places = found ? [found.add, found.cross] : [];
    for (const place of places) for (const box of [...others, around(chip)]) assert.ok(isOff(place, box, REACH * factor), JSON.stringify({ place, box }));
  }));
});

test("a selected line whose own place is taken has its buttons near by, on nothing, and not below the pointer", () => {
  const chip = { x: 16, y: 0, width: 60 }, others = [{ x: -168, y: -28, width: 168, height: 56 }, { x: 32, y: -28, width: 168, height: 56 }];
  for (const factor of FACTORS) {
    if (factor > 1) assert.equal(buttonsPlaces(LINES.short, others, [chip], factor), null);
    const { add, cross } = buttonsNear(LINES.short, others, [chip], factor);
    for (const place of [add, cross]) {
      assert.ok(distanceTo(place, LINES.short) >= REACH * factor);
      for (const box of [...others, around(chip)]) assert.ok(isOff(place, box, REACH * factor), JSON.stringify({ place, box, factor }));
    }
  }
});

/** @param {{ x: number, y: number, width: number }} chip */
const around = ({ x, y, width }) => ({ x: x - width / 2, y: y - 11, width, height: 22 });

/** Whether a round thing lies beside a box. @param {{ x: number, y: number }} place @param {any} box @param {number} reach */
const isOff = ({ x, y }, box, reach) => x + reach <= box.x || x - reach >= box.x + box.width || y + reach <= box.y || y - reach >= box.y + box.height;

const TASK = { x: 0, y: 0, width: 168, height: 56 };

test("the plus stands behind its node, off the edge", () => {
  for (const factor of FACTORS) assert.deepEqual(plusPlace(TASK, [], [], factor), { x: 168 + 34 * factor, y: 28 });
});

test("where the next node is near, as bk-sops draws flows, the plus stands aside of it and of its own node", () => {
  const next = { x: 200, y: 0, width: 168, height: 56 };
  for (const factor of [1, 1.5, 2]) {
    const { x, y } = plusPlace(TASK, [next], [], factor), reach = REACH * factor;
    for (const box of [TASK, next]) assert.ok(isOff({ x, y }, box, reach), JSON.stringify({ x, y, box }));
  }
});

test("the plus does not cover the condition of a branch", () => {
  const gateway = { x: 0, y: 0, width: 40, height: 40 }, chip = { x: 75, y: 20, width: 50 }, { y } = plusPlace(gateway, [], [chip], 1);
  assert.ok(Math.abs(y - chip.y) >= 11 + REACH);
});
