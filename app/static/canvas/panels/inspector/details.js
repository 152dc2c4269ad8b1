/**
 * What there is to a flow beside its tree. It is no part of a version: it is sent at once, and counts for all.
 *
 * @typedef {"idle" | "saving" | "saved" | "failed"} State
 */
export class Details {
  /** @param {any} page @param {any} server @param {any} eventBus */
  constructor(page, server, eventBus) {
    this.template = page.template;
    this.server = server;
    this.bus = eventBus;
    /** @type {Record<string, any>} What the server does not have yet. */
    this.unsent = {};
    /** @type {State} */
    this.state = "idle";
    this.error = "";
    // Nothing is returned, for an event ends at the first listener that returns something.
    eventBus.on("session.changed", () => void this.#send());
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
    const sent = this.unsent;
    this.unsent = {};
    this.#become("saving");
    try {
      await this.server.send("PATCH", `/flows/${this.template.id}`, sent);
      this.#become("saved");
    } catch (error) {
      this.error = /** @type {Error} */ (error).message;
      this.#become("failed");
      return;
    }
    this.#send();
  }

  /** @param {State} state */
  #become(state) {
    this.state = state;
    this.bus.fire("details.changed", { state });
  }
}

/** @type {WeakMap<any, Details>} */
const ofEditors = new WeakMap();

/** The details of the flow that an editor shows. @param {any} editor @param {any} page @param {any} server */
export function detailsOf(editor, page, server) {
  const found = ofEditors.get(editor) ?? new Details(page, server, editor.get("eventBus"));
  ofEditors.set(editor, found);
  return found;
}
