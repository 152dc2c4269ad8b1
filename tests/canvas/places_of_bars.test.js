/** Where the bar at a node and the frame of a subprocess stand. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { barPlace, overlap, reachOf } from "../../app/static/canvas/gestures/pure/bar_place.js";
import { coveredBy, offsetOf } from "../../app/static/canvas/gestures/pure/frame_place.js";

const ROOM = { x: 56, y: 8, width: 950, height: 780 }, BAR = { width: 300, height: 36 };
const at = (/** @type {any} */ place) => ({ ...place, ...BAR });

test("the bar stands above its node, in its middle", () => {
  assert.deepEqual(barPlace(BAR, { x: 400, y: 300, width: 80, height: 28 }, ROOM, []), { x: 290, y: 250 });
});

test("the bar goes where it covers no neighbour: below, or farther off", () => {
  const node = { x: 400, y: 300, width: 80, height: 28 }, above = { x: 400, y: 255, width: 80, height: 28, weight: 1 }, below = { x: 400, y: 345, width: 80, height: 28, weight: 1 };
  assert.ok(barPlace(BAR, node, ROOM, [above]).y > node.y);
  const place = at(barPlace(BAR, node, ROOM, [above, below]));
  assert.equal(overlap(place, above) + overlap(place, below), 0);
});

test("what is farther off than the bar reaches has no part in where it stands", () => {
  const box = fc.record({ x: fc.integer({ min: -400, max: 1200 }), y: fc.integer({ min: -400, max: 1000 }), width: fc.integer({ min: 10, max: 400 }), height: fc.integer({ min: 10, max: 400 }), weight: fc.constant(1) });
  fc.assert(fc.property(box, fc.array(box, { minLength: 5, maxLength: 30 }), (anchor, others) => {
    const near = others.filter((other) => overlap(other, reachOf(BAR, anchor)));
    assert.deepEqual(barPlace(BAR, anchor, ROOM, near), barPlace(BAR, anchor, ROOM, others));
  }));
});

test("the bar of what is in view is always inside the canvas", () => {
  const box = fc.record({ x: fc.integer({ min: -400, max: 1200 }), y: fc.integer({ min: -400, max: 1000 }), width: fc.integer({ min: 10, max: 2000 }), height: fc.integer({ min: 10, max: 1500 }) });
  fc.assert(fc.property(box, fc.array(box), (anchor, others) => {
    fc.pre(overlap(anchor, ROOM) > 0);
    const { x, y } = barPlace(BAR, anchor, ROOM, others.map((other) => ({ ...other, weight: 1 })));
    assert.ok(x >= ROOM.x && y >= ROOM.y && x + BAR.width <= ROOM.x + ROOM.width && y + BAR.height <= ROOM.y + ROOM.height);
  }));
});

test("the bar of what was moved out of view is out of view too", () => {
  assert.equal(overlap(at(barPlace(BAR, { x: 400, y: -200, width: 80, height: 28 }, ROOM, [])), ROOM), 0);
});

test("a frame stands below its node on the side where it covers less, and tells what it lies on", () => {
  const node = { x: 500, y: 0, width: 160, height: 54 }, right = { x: 700, y: 100, width: 160, height: 54 }, size = { width: 600, height: 200 };
  const left = offsetOf(node, size, 76, [right]);
  assert.equal(left, 160 - 600);
  assert.deepEqual(coveredBy({ x: node.x + left, y: 76, ...size }, [right]), []);
  assert.deepEqual(coveredBy({ x: node.x, y: 76, ...size }, [right]), [right]);
});
