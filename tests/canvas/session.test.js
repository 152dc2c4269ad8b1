/** The session of a flow: what becomes of a draft or a version that is refused. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Refused } from "../../app/static/canvas/server.js";
import { DIAMOND } from "./graphs.js";
import { editorOn } from "./headless.js";

globalThis.window ??= /** @type {any} */ (new EventTarget());
Object.assign(window, { setTimeout: (/** @type {() => void} */ act, /** @type {number} */ ms) => setTimeout(act, ms).unref() });
const { default: Session } = await import("../../app/static/canvas/session/session.js");

const THEIRS = { tree: DIAMOND, by: "ann", at: "2026-11-22T00:00:00Z" };
const version = new Refused(409, { theirs: { ...THEIRS, version: 2, message: "" } });
const draft = new Refused(409, { theirs: { ...THEIRS, revision: 5, base_version: 1, name: "Theirs" } });

/** Open a flow with a draft on a server that gives these answers in turn; an error is thrown. @param {...any} answers */
function opened(...answers) {
  /** @type {string[]} */
  const asked = [], sent = [];
  const server = {
    async send(/** @type {string} */ method, /** @type {string} */ path, /** @type {any} */ body) {
      asked.push(`${method} ${path}`);
      sent.push(body);
      const answer = answers.shift();
      if (answer instanceof Error) throw answer;
      return answer;
    },
  };
  const page = { may_edit: true, project: { id: 1 }, template: { id: 1, name: "Flow", version: 1 }, draft: { revision: 4, base_version: 1, at: "2026-11-21T00:00:00Z", name: "Flow" } };
  const editor = editorOn(DIAMOND), get = (/** @type {string} */ name) => editor.get(name);
  const session = new Session(get("eventBus"), get("treeStore"), get("modeling"), page, server);
  get("eventBus").fire("tree.opened");
  session.rename("Mine");
  return { session, asked, sent, get };
}

test("a draft that stands against a version stays a draft, begun with theirs", async () => {
  const { session, asked, sent } = opened(version, { revision: 6 });
  assert.equal(await session.saveDraft(), false);
  assert.equal(await session.takeMine(session.conflict), true);
  assert.deepEqual(asked, ["PUT /flows/1/draft", "PUT /flows/1/draft"]);
  assert.deepEqual([sent[1].force, sent[1].base_version, sent[1].revision], [true, 2, null]);
  assert.deepEqual([session.version, session.hasDraft, session.conflict], [2, true, null]);
});

test("a version that stands against a draft is published", async () => {
  const { session, asked, sent } = opened(draft, { version: 2 });
  assert.equal(await session.publish({ message: "why" }), false);
  assert.equal(await session.takeMine(session.conflict), true);
  assert.deepEqual(asked, ["POST /flows/1/publish", "POST /flows/1/publish"]);
  assert.deepEqual([sent[1].force, sent[1].message], [true, "why"]);
});

test("their draft comes with its name", async () => {
  const { session } = opened(draft);
  await session.saveDraft();
  await session.takeTheirs(session.conflict);
  assert.deepEqual([session.name, session.revision, session.isUnsaved], ["Theirs", 5, false]);
});

test("a conflict stays until it is settled, and nothing is saved or published before", async () => {
  const { session, asked } = opened(version, new TypeError("Failed to fetch"));
  await session.saveDraft();
  session.putOff(true);
  assert.equal(await session.saveDraft(), false);
  assert.equal(await session.publish(), false);
  assert.equal(session.conflict?.isPutOff, false);
  assert.equal(asked.length, 1);

  await assert.rejects(session.takeMine(session.conflict), /The server cannot be reached/);
  assert.equal(session.state, "conflict");
});

test("why a draft was refused is kept until it is saved, which the focus of the page tries again", async () => {
  const { session, asked } = opened(new Refused(401, {}), { revision: 5 });
  assert.equal(await session.saveDraft(), false);
  assert.deepEqual([session.state, session.reason?.isLoggedOut], ["refused", true]);

  window.dispatchEvent(new Event("focus"));
  await session.saving;

  assert.equal(asked.length, 2);
  assert.deepEqual([session.state, session.reason], ["saved", null]);
});

test("publishing what is saved and refused leaves it saved", async () => {
  const { session } = opened({ revision: 5 }, new Refused(422, { error: "no", problems: [{ rule: "x", message: "no", where: "a" }] }));
  await session.saveDraft();
  await assert.rejects(session.publish(), Refused);
  assert.equal(session.state, "clean");
});

test("going back to what was opened is an edit of what was saved since", async () => {
  const { session } = opened({ revision: 5 });
  await session.saveDraft();
  assert.equal(session.wouldBeLost, false);
  session.rename("Flow");
  assert.equal(session.wouldBeLost, true);
});
