/**
 * What happens to the flow between opening and publishing: kept in the browser at once, on the server as a draft a little
 * later, published when its author says so. It never gives up what was typed, and never overwrites what someone else saved
 * without being told to.
 *
 * @import { Tree } from "../tree/types.js"
 * @import { Conflict, Reason } from "./refusals.js"
 * @typedef {"clean" | "unsaved" | "saving" | "saved" | "offline" | "refused" | "conflict"} State
 */
import { Refused } from "../server.js";
import { LocalCopy } from "./local.js";
import { conflictOf, NotSaved, reasonOf } from "./refusals.js";

/** How long after the last edit the draft goes to the browser's store, and to the server. */
const LOCAL_MS = 400, SERVER_MS = 4000, AGAIN_MS = 10000;
/** Before anybody else hears of a command. */
const EARLY = 100000;

export default class Session {
  /** @param {any} eventBus @param {any} treeStore @param {any} modeling @param {any} page @param {any} server */
  constructor(eventBus, treeStore, modeling, page, server) {
    this.bus = eventBus;
    this.modeling = modeling;
    this.store = treeStore;
    this.server = server;
    this.page = page;
    /** @type {number | null} */
    this.id = page.template.id;
    this.name = page.draft?.name || page.template.name;
    /** @type {number | null} */
    this.version = page.template.version;
    /** The version that the work on the canvas began with; a draft may be older than the current version. @type {number | null} */
    this.base = page.draft ? page.draft.base_version : page.template.version;
    /** @type {number | null} */
    this.revision = page.draft?.revision ?? null;
    /** @type {State} */
    this.state = "clean";
    /** @type {Conflict | null} */
    this.conflict = null;
    /** Why the draft was not saved. @type {Reason | null} */
    this.reason = null;
    /** @type {Date | null} */
    this.savedAt = page.draft ? new Date(page.draft.at) : null;
    this.hasDraft = Boolean(page.draft) || (this.id !== null && this.version === null);
    this.local = new LocalCopy(`${page.project.id}.${this.id ?? "new"}`);
    /** What the server has, as text: nothing of a new flow, null while it is what was opened. @type {string | null} */
    this.saved = this.id === null ? "" : null;
    /** What was opened, as text; null until somebody asks. @type {string | null} */
    this.opened = null;
    /** What was asked for last, since the page asks at every move of the view. */
    this.written = { tree: /** @type {any} */ (null), name: "", text: "" };
    /** What was asked of the server last: one thing after the other, so that none meets what another is about to change. @type {Promise<any>} */
    this.asked = Promise.resolve();
    /** @type {Promise<boolean> | null} */
    this.publishing = null;
    this.timers = { local: 0, server: 0 };
    eventBus.on("commandStack.changed", () => this.edited());
    eventBus.on("tree.opened", () => this.#opened());
    // Early enough: the flow is still as it was opened.
    eventBus.on("commandStack.preExecute", EARLY, () => void this.openedText);
    eventBus.on("editor.leaving", () => (this.isAuthors && this.wouldBeLost) || undefined);
    const again = () => void (this.reason && this.saveDraft());
    // Who logs in again does so in another tab.
    for (const event of ["online", "focus"]) window.addEventListener(event, again);
    eventBus.on("diagram.destroy", () => ["online", "focus"].forEach((event) => window.removeEventListener(event, again)));
  }

  /** Whether edits are kept: a screen that has become too small to edit on does not take back those that were made. */
  get isAuthors() {
    return this.page.may_edit || this.page.is_small;
  }

  /** Whether there is something that the server does not have. */
  get isUnsaved() {
    const isAsOpened = this.saved === null && this.opened === null;
    return this.saved === "" || (!isAsOpened && this.text !== (this.saved ?? this.openedText));
  }

  /** Whether there is something that nobody has anywhere: a new flow is nobody's work until it is edited. */
  get wouldBeLost() {
    return this.isUnsaved && (this.id !== null || this.text !== this.openedText);
  }

  /** Whether the draft began with a version that is no longer the current one. */
  get isOutdated() {
    return this.hasDraft && this.version !== null && this.base !== this.version;
  }

  /** What was opened, as text. It takes a moment with a large flow, which opening it need not wait for. */
  get openedText() {
    return (this.opened ??= this.text);
  }

  /** What would be saved, as text. */
  get text() {
    const { tree } = this.store, { written } = this;
    if (written.tree !== tree || written.name !== this.name) this.written = { tree, name: this.name, text: JSON.stringify([this.name, tree]) };
    return this.written.text;
  }

  /** @param {string} name */
  rename(name) {
    void this.openedText;
    this.name = name;
    this.edited();
  }

  /** Told of each edit: plans what is to be kept. */
  edited() {
    if (!this.isAuthors) return;
    clearTimeout(this.timers.local);
    if (this.state !== "conflict") this.#become(this.state === "saving" ? "saving" : "unsaved");
    this.timers.local = window.setTimeout(() => this.keepLocally(), LOCAL_MS);
    if (this.id !== null) this.#saveAfter(SERVER_MS);
  }

  /** Keep what the server does not have in this browser, now. */
  async keepLocally() {
    clearTimeout(this.timers.local);
    if (!this.isAuthors) return;
    if (!this.wouldBeLost) {
      if (this.state === "unsaved" && !this.isUnsaved) this.#become("clean");
      await this.local.forget();
      return;
    }
    await this.local.keep({ name: this.name, tree: this.store.tree, version: this.version, revision: this.revision, at: Date.now() });
  }

  /**
   * Save the draft on the server.
   * @param {{ force?: boolean }} [options] force takes the place of what someone else saved in between
   * @returns {Promise<boolean>} whether the server has it; `reason` or `conflict` tells why not
   */
  async saveDraft({ force = false } = {}) {
    this.bus.fire("editor.flush");
    return this.#inTurn(async () => {
      if (this.conflict && !force) return false;
      if (this.isUnsaved || force) return this.#send(force);
      this.reason = null;
      this.#become("clean");
      return true;
    });
  }

  /**
   * Publish what is on the canvas as a new version. While a conflict is undecided nothing is published, but asked again;
   * while something is being published, this is what is waited for.
   * @param {{ message?: string, force?: boolean, goesOn?: boolean }} [options] force takes the place of what someone else
   *   saved in between; goesOn is kept with a conflict, for whoever settles it
   * @returns {Promise<boolean>} false on a conflict; other refusals are thrown
   */
  async publish({ message = "", force = false, goesOn = false } = {}) {
    this.bus.fire("editor.flush");
    this.publishing ??= this.#inTurn(() => this.#publish(message, force, goesOn)).finally(() => void (this.publishing = null));
    return this.publishing;
  }

  /** @param {string} message @param {boolean} force @param {boolean} goesOn @returns {Promise<boolean>} */
  async #publish(message, force, goesOn) {
    if (this.conflict && !force) {
      this.decide(goesOn);
      return false;
    }
    clearTimeout(this.timers.server);
    const text = this.text, tree = this.store.tree;
    try {
      if (this.id === null) await this.#create(tree, { draft: false, message });
      else this.version = (await this.server.send("POST", `/flows/${this.id}/publish`, { tree, message, force, name: this.name, base_version: this.base, revision: this.revision })).version;
    } catch (error) {
      this.#notPublished(error, { message, goesOn });
      return false;
    }
    this.base = this.version;
    this.#kept(text, { hasDraft: false, revision: null });
    return true;
  }

  /** Throw the draft away and show what was published last. */
  async discard() {
    if (this.id === null) return;
    clearTimeout(this.timers.server);
    await this.#inTurn(async () => {
      if (this.hasDraft) await this.server.send("DELETE", `/flows/${this.id}/draft`, { revision: this.revision });
      this.saved = this.text;
    });
    await this.local.forget();
    window.location.reload();
  }

  /**
   * Show another tree as one step to undo: someone else's draft, an older version, an imported file.
   * @param {Tree} tree
   */
  take(tree) {
    this.modeling.replaceTree(tree);
    this.bus.fire("session.taken");
    this.conflict = null;
    this.#become("unsaved");
  }

  /**
   * Settle a conflict by what the other one saved.
   * @param {Conflict} conflict
   */
  async takeTheirs({ kind, theirs }) {
    if (kind === "draft") [this.revision, this.base] = [theirs.revision, theirs.base_version];
    else await this.#goOnFrom(theirs.version);
    this.name = theirs.name || this.name;
    this.take(theirs.tree);
    this.#kept(this.text, { hasDraft: kind === "draft" });
  }

  /**
   * Settle a conflict by what is on the canvas: as what was refused, a draft or a version. When that fails it is thrown, and
   * the conflict stays.
   * @param {Conflict} conflict
   */
  async takeMine({ act, kind, theirs, message, goesOn }) {
    if (act === "publish") return this.publish({ message, force: true, goesOn });
    if (kind === "version") [this.version, this.base, this.revision] = [theirs.version, theirs.version, null];
    return this.saveDraft({ force: true });
  }

  /** Decide a conflict later; nothing goes on from it any more. */
  putOff() {
    this.#ask({ isPutOff: true, goesOn: false });
  }

  /** Decide a conflict now. @param {boolean} [goesOn] whether a task is to follow */
  decide(goesOn = false) {
    this.#ask({ isPutOff: false, goesOn });
  }

  /** @param {Partial<Conflict>} how */
  #ask(how) {
    if (!this.conflict) return;
    this.conflict = { ...this.conflict, ...how };
    this.#become("conflict");
  }

  /** Someone's version takes the place of the draft here. @param {number} version */
  async #goOnFrom(version) {
    if (this.hasDraft && this.revision !== null) {
      await this.server.send("DELETE", `/flows/${this.id}/draft`, { revision: this.revision }).catch((/** @type {unknown} */ error) => {
        if (!(error instanceof Refused)) throw error;
      });
    }
    this.version = this.base = version;
    this.revision = null;
  }

  /** @param {boolean} force */
  async #send(force) {
    this.#become("saving");
    const text = this.text, tree = this.store.tree;
    try {
      if (this.id === null) await this.#create(tree, { draft: true });
      else await this.#putDraft(tree, force);
    } catch (error) {
      return this.#notSaved(error, force);
    }
    this.#kept(text, { hasDraft: true });
    return true;
  }

  /** @param {Tree} tree @param {boolean} force */
  async #putDraft(tree, force) {
    const { revision } = await this.server.send("PUT", `/flows/${this.id}/draft`, { tree, force, name: this.name, base_version: this.base, revision: this.revision });
    this.revision = revision;
  }

  /** @param {Tree} tree @param {any} more */
  async #create(tree, more) {
    const made = await this.server.send("POST", "/flows", { tree, name: this.name, category: this.page.template.category, description: this.page.template.description, ...more });
    this.id = made.id;
    this.page.template.id = made.id;
    this.version = this.base = made.version ?? null;
    this.revision = made.revision ?? null;
    const { local } = this;
    this.local = new LocalCopy(`${this.page.project.id}.${made.id}`);
    await this.keepLocally();
    await local.forget();
    window.history.replaceState(null, "", made.url);
  }

  /**
   * @param {unknown} error
   * @param {boolean} force
   * @returns {boolean} false, for it is settled later
   */
  #notSaved(error, force) {
    const conflict = conflictOf(error, "draft"), reason = reasonOf(error);
    if (force && !conflict) {
      this.#become("conflict");
      throw new NotSaved(reason);
    }
    this.conflict = conflict;
    this.reason = conflict ? null : reason;
    if (reason.isOffline) this.#saveAfter(AGAIN_MS);
    this.#become(conflict ? "conflict" : reason.isOffline ? "offline" : "refused");
    return false;
  }

  /** Keeps the conflict that it met; throws what else it was refused for. @param {unknown} error @param {{ message: string, goesOn: boolean }} wish */
  #notPublished(error, wish) {
    const conflict = conflictOf(error, "publish", wish);
    if (conflict) this.conflict = conflict;
    this.#become(this.conflict ? "conflict" : this.isUnsaved ? "unsaved" : "clean");
    if (conflict) return;
    if (this.isUnsaved && this.id !== null) this.#saveAfter(SERVER_MS);
    const reason = reasonOf(error);
    throw reason.isOffline || reason.isLoggedOut ? new NotSaved(reason) : error;
  }

  /** @param {string} text @param {{ hasDraft: boolean, revision?: null }} now */
  #kept(text, now) {
    Object.assign(this, now);
    this.saved = text;
    this.savedAt = new Date();
    this.conflict = this.reason = null;
    this.keepLocally();
    this.#become(this.isUnsaved ? "unsaved" : "saved");
  }

  /** Ask the server once it has answered all that was asked before. @template T @param {() => Promise<T>} ask @returns {Promise<T>} */
  #inTurn(ask) {
    const answer = this.asked.then(ask);
    this.asked = answer.catch(() => undefined);
    return answer;
  }

  /** @param {number} ms */
  #saveAfter(ms) {
    clearTimeout(this.timers.server);
    this.timers.server = window.setTimeout(() => this.saveDraft(), ms);
  }

  #opened() {
    this.opened = null;
    this.saved = this.id === null ? "" : null;
    this.#become(this.id === null ? "unsaved" : "clean");
  }

  /** @param {State} state */
  #become(state) {
    this.state = state;
    this.bus.fire("session.changed", { state });
  }
}
Session.$inject = ["eventBus", "treeStore", "modeling", "page", "server"];
