/** Keeps a snapshot of the flow in this browser every five minutes while it is edited. */
import { moment } from "../words.js";

const EVERY_MS = 5 * 60 * 1000;

export default class Snapshots {
  /** @param {any} eventBus @param {any} session @param {any} treeStore */
  constructor(eventBus, session, treeStore) {
    let last = "";
    const keep = () => {
      if (session.text === last || !session.page.may_edit) return;
      last = session.text;
      session.local.snapshot({ name: session.name, tree: treeStore.tree, version: session.version, revision: session.revision, at: Date.now(), label: moment(Date.now(), { timeOnly: true }) });
    };
    const timer = window.setInterval(keep, EVERY_MS);
    eventBus.on("tree.opened", () => {
      last = session.text;
    });
    eventBus.on("diagram.destroy", () => window.clearInterval(timer));
  }
}
Snapshots.$inject = ["eventBus", "session", "treeStore"];
