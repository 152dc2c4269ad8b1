/** Keeps snapshots of the flow in this browser: one every five minutes while it is edited, and those that are given a name. */
import { moment } from "../words.js";

const EVERY_MS = 5 * 60 * 1000;

export default class Snapshots {
  /** @param {any} eventBus @param {any} session @param {any} treeStore */
  constructor(eventBus, session, treeStore) {
    this.session = session;
    this.store = treeStore;
    /** What was kept last; at first what was opened. @type {string | null} */
    let last = null;
    const timer = window.setInterval(() => {
      if (session.text === (last ?? session.openedText) || !session.page.may_edit) return;
      last = session.text;
      this.#keep(moment(Date.now(), { timeOnly: true }), false);
    }, EVERY_MS);
    eventBus.on("tree.opened", () => void (last = null));
    eventBus.on("diagram.destroy", () => window.clearInterval(timer));
  }

  /** Keep one that somebody has named. @param {string} label @returns {Promise<void>} */
  keep(label) {
    return this.#keep(label, true);
  }

  /** @param {string} label @param {boolean} isNamed */
  #keep(label, isNamed) {
    const { name, version, revision, local } = this.session;
    return local.snapshot({ name, tree: this.store.tree, version, revision, at: Date.now(), label, isNamed });
  }
}
Snapshots.$inject = ["eventBus", "session", "treeStore"];
