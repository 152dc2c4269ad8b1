/** The session of a flow: what becomes of a draft or a version that is refused. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Refused } from "../../app/static/canvas/server.js";
import { DIAMOND } from "./graphs.js";
import { editorOn } from "./headless.js";

globalThis.window ??= /** @type {any} */ (new EventTarget());
Object.assign(window, { history: { replaceState() {} }, setTimeout: (/** @type {() => void} */ act, /** @type {number} */ ms) => setTimeout(act, ms).unref() });
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
  session.putOff();
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
  await session.asked;

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

/** A browser's store that tells what is done to it. */
function watched(/** @type {any} */ session) {
  const done = /** @type {string[]} */ ([]);
  session.local = { keep: async (/** @type {any} */ { name }) => void done.push(`keep ${name}`), forget: async () => void done.push("forget") };
  return done;
}

/** An answer that comes when it is let go. @param {any} answer */
function held(answer) {
  let letGo = () => undefined;
  const promise = new Promise((done) => (letGo = () => done(answer)));
  return { promise, letGo };
}

const onItsWay = () => new Promise((done) => setTimeout(done));

test("what is edited while a draft is on its way stays in the browser until the server has it too", async () => {
  const slow = held({ revision: 5 }), { session } = opened(slow.promise), done = watched(session);
  const saving = session.saveDraft();
  await onItsWay();
  session.rename("Edited meanwhile");
  slow.letGo();
  await saving;
  assert.deepEqual([session.state, done.at(-1)], ["unsaved", "keep Edited meanwhile"]);
});

test("what is asked of the server waits until it has answered what was asked before", async () => {
  const slow = held({ revision: 5 }), { session, asked, sent } = opened(slow.promise, { revision: 6 }, { version: 2 });
  session.saveDraft();
  await onItsWay();
  session.rename("Edited meanwhile");
  session.saveDraft();
  const published = session.publish();
  await onItsWay();
  assert.deepEqual(asked, ["PUT /flows/1/draft"]);
  slow.letGo();
  await published;
  assert.deepEqual(asked, ["PUT /flows/1/draft", "PUT /flows/1/draft", "POST /flows/1/publish"]);
  assert.equal(sent[1].revision, 5);
});

test("a flow that is published twice in a moment is published once", async () => {
  const { session, asked } = opened({ id: 7, version: 1, url: "/projects/1/flows/7/edit" });
  Object.assign(session, { id: null, version: null, hasDraft: false, revision: null });
  assert.deepEqual(await Promise.all([session.publish(), session.publish()]), [true, true]);
  assert.deepEqual(asked, ["POST /flows"]);
});

test("a draft that is discarded is not saved once more", async () => {
  const { session, asked } = opened({});
  let reloaded = 0;
  Object.assign(window, { location: { reload: () => void (reloaded += 1) } });
  const discarding = session.discard();
  session.saveDraft();
  await discarding;
  await session.asked;
  assert.deepEqual([asked, reloaded], [["DELETE /flows/1/draft"], 1]);
});

test("a screen that becomes too small to edit on takes no edits back", async () => {
  const { session, get } = opened({ revision: 5 });
  Object.assign(session.page, { may_edit: false, is_small: true });
  assert.equal(get("eventBus").fire("editor.leaving"), true);
  assert.equal(await session.saveDraft(), true);
});

test("opening a flow does not write it; an edit that is undone leaves nothing unsaved", () => {
  const editor = editorOn(DIAMOND), get = (/** @type {string} */ name) => editor.get(name), store = get("treeStore");
  const page = { may_edit: true, project: { id: 1 }, template: { id: 1, name: "Flow", version: 1 }, draft: null };
  let written = 0;
  const watched = { get tree() { return (written += 1), store.tree; } };
  const session = new Session(get("eventBus"), watched, get("modeling"), page, {});
  get("eventBus").fire("tree.opened");
  assert.deepEqual([session.isUnsaved, session.wouldBeLost, written], [false, false, 0]);

  get("modeling").updateRest({ description: "edited" });
  assert.equal(session.isUnsaved, true);
  get("commandStack").undo();
  assert.equal(session.isUnsaved, false);
});
