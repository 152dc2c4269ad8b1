/** Finds a node by its name, id, plugin or stage, and goes there. */
import { t } from "../../words.js";

export default class Finding {
  /** @param {any} chooser @param {any} walking @param {any} looking @param {any} selection */
  constructor(chooser, walking, looking, selection) {
    this.chooser = chooser;
    this.walking = walking;
    this.looking = looking;
    this.selection = selection;
  }

  open() {
    this.chooser.open({
      title: t("Find a node by name, id, plugin or stage"),
      entries: this.walking.order.map((/** @type {any} */ element) => this.looking.entryOf(element)),
      onLook: (/** @type {any} */ entry) => this.looking.at(entry?.element),
      onCancel: () => this.looking.back(),
      onChoose: (/** @type {any} */ { element }) => {
        this.looking.at(element);
        this.looking.stay();
        this.selection.select(element);
      },
    });
  }
}
Finding.$inject = ["chooser", "walking", "looking", "selection"];
