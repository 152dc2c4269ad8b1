/**
 * What there is to a flow beside its tree. It is no part of a version: it is sent at once, and counts for all. What the
 * server did not take stays unsent, and goes with the next that is saved.
 *
 * @typedef {"idle" | "saving" | "saved" | "failed"} State
 */
import { reasonOf } from "../../session/refusals.js";
import { t } from "../../words.js";

export class Details {
  /** @param {any} page @param {any} server @param {any} eventBus */
  constructor(page, server, eventBus) {
    this.template = page.template;
    this.server = server;
    this.bus = eventBus;
    /** @type {Record<string, any>} What the server does not have yet. */
    this.unsent = {};
    /** What is on its way. @type {Record<string, any>} */
    this.sent = {};
    /** @type {State} */
    this.state = "idle";
    this.error = "";
    // Nothing is returned, for an event ends at the first listener that returns something.
    eventBus.on("session.changed", (/** @type {{ state: string }} */ { state }) => void (state === "saved" && this.#send()));
    eventBus.on("editor.leaving", () => this.isUnsaved || undefined);
    const again = () => void (this.state === "failed" && this.#send());
    for (const event of ["online", "focus"]) window.addEventListener(event, again);
    eventBus.on("diagram.destroy", () => ["online", "focus"].forEach((event) => window.removeEventListener(event, again)));
  }

  /** Whether there is something that the server does not have. */
  get isUnsaved() {
    return Object.keys(this.unsent).length + Object.keys(this.sent).length > 0;
  }

  /** @param {Record<string, any>} patch */
  set(patch) {
    Object.assign(this.template, patch);
    Object.assign(this.unsent, patch);
    this.#send();
  }

  /** A flow that was never saved has no address yet: what is unsent waits until it has. */
  async #send() {
    if (this.template.id === null || this.state === "saving" || !Object.keys(this.unsent).length) return;
    [this.sent, this.unsent] = [this.unsent, {}];
    this.#become("saving");
    try {
      await this.server.send("PATCH", `/flows/${this.template.id}`, this.sent);
    } catch (error) {
      this.unsent = { ...this.sent, ...this.unsent };
      this.sent = {};
      this.error = wordsOf(error);
      this.#become("failed");
      return;
    }
    this.sent = {};
    this.#become("saved");
    this.#send();
  }

  /** @param {State} state */
  #become(state) {
    this.state = state;
    this.bus.fire("details.changed", { state });
  }
}

/** @param {unknown} error */
function wordsOf(error) {
  const { message, isOffline, isLoggedOut } = reasonOf(error);
  if (isLoggedOut) return t("Your session has ended. This is sent when you have logged in again.");
  return isOffline ? t("The server cannot be reached. This is sent again when it can be.") : message;
}

/** @type {WeakMap<any, Details>} */
const ofEditors = new WeakMap();

/** The details of the flow that an editor shows. @param {any} editor @param {any} page @param {any} server */
export function detailsOf(editor, page, server) {
  const found = ofEditors.get(editor) ?? new Details(page, server, editor.get("eventBus"));
  ofEditors.set(editor, found);
  return found;
}
