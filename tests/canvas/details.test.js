/** What there is to a flow beside its tree: what the server did not take is not lost. */
import assert from "node:assert/strict";
import { test } from "node:test";
import EventBus from "diagram-js/lib/core/EventBus.js";
import { Details } from "../../app/static/canvas/panels/inspector/details.js";
import { Refused } from "../../app/static/canvas/server.js";

globalThis.window ??= /** @type {any} */ (new EventTarget());

/** A server that answers when it is told to. */
class Server {
  constructor() {
    /** @type {{ sent: any, answer: () => Promise<void>, refuse: (error: Error) => Promise<void> }[]} */
    this.asked = [];
  }

  send(_method, _path, sent) {
    return new Promise((resolve, reject) => {
      const then = (/** @type {() => void} */ act) => (act(), new Promise((done) => setTimeout(done)));
      this.asked.push({ sent, answer: () => then(() => resolve({})), refuse: (error) => then(() => reject(error)) });
    });
  }
}

/** @param {number | null} [id] */
function opened(id = 1) {
  const server = new Server(), bus = new EventBus(), template = { id, description: "", category: "Other" };
  return { server, bus, template, details: new Details({ template }, server, bus) };
}

test("what failed is sent again with what was changed since, and the newer counts", async () => {
  const { server, details } = opened();
  details.set({ description: "first", category: "DevTools" });
  details.set({ description: "second" });
  await server.asked[0].refuse(new TypeError("Failed to fetch"));
  assert.equal(details.state, "failed");
  assert.match(details.error, /The server cannot be reached/);

  window.dispatchEvent(new Event("online"));

  assert.deepEqual(server.asked[1].sent, { description: "second", category: "DevTools" });
  await server.asked[1].answer();
  assert.equal(details.state, "saved");
  assert.equal(server.asked.length, 2);
});

test("what failed goes with the next that is saved, and not with each edit", async () => {
  const { server, bus, details } = opened();
  details.set({ description: "kept" });
  await server.asked[0].refuse(new Refused(422, { error: "too long" }));
  assert.equal(details.error, "too long");

  bus.fire("session.changed", { state: "unsaved" });
  assert.equal(server.asked.length, 1);
  bus.fire("session.changed", { state: "saved" });

  assert.deepEqual(server.asked[1].sent, { description: "kept" });
});

test("who leaves is asked until the server has it", async () => {
  const { server, bus, template, details } = opened(null);
  assert.equal(bus.fire("editor.leaving"), undefined);
  details.set({ description: "of a new flow" });
  assert.equal(bus.fire("editor.leaving"), true);
  template.id = 7;
  bus.fire("session.changed", { state: "saved" });
  assert.equal(bus.fire("editor.leaving"), true);

  await server.asked[0].answer();

  assert.equal(bus.fire("editor.leaving"), undefined);
});
