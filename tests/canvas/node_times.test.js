/** How nodes went before: asked once for the whole flow, and only of a flow that there is. */
import assert from "node:assert/strict";
import { test } from "node:test";
import NodeTimes from "../../app/static/canvas/panels/history/node_times.js";

const PASS = { task_id: 7, at: "2026-06-10T12:00:00+00:00", took_ms: 2500, state: "failed" };

/** A server that answers in turn, an Error by refusing, and tells what it was asked. @param {any[]} answers */
const serverOf = (...answers) => {
  const asked = /** @type {string[]} */ ([]);
  return { asked, get: async (/** @type {string} */ path) => {
    asked.push(path);
    const answer = answers[asked.length - 1];
    if (answer instanceof Error) throw answer;
    return answer;
  } };
};

test("whatever nodes are looked at, even at once, the server is asked once", async () => {
  const server = serverOf({ times: { a: [PASS] } }), times = new NodeTimes(server, { id: 3 });
  assert.deepEqual(await Promise.all([times.of("a"), times.of("b"), times.of("a")]), [[PASS], [], [PASS]]);
  assert.deepEqual(server.asked, ["/flows/3/node-times"]);
});

test("a flow that is not saved yet asks nothing, and asks once it is", async () => {
  const server = serverOf({ times: { a: [PASS] } }), session = { id: /** @type {number | null} */ (null) }, times = new NodeTimes(server, session);
  assert.deepEqual([await times.of("a"), server.asked], [[], []]);
  session.id = 4;
  assert.deepEqual(await times.of("a"), [PASS]);
});

test("where the server did not answer, the next node that is looked at asks again", async () => {
  const server = serverOf(new Error("away"), { times: { a: [PASS] } }), times = new NodeTimes(server, { id: 3 });
  assert.deepEqual(await times.of("a"), []);
  assert.deepEqual(await times.of("a"), [PASS]);
});
