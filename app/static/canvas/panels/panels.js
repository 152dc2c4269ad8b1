/** Which panel of the strip is open, and what it is to show. Fires `panels.changed`. */
export default class Panels {
  /** @param {any} eventBus */
  constructor(eventBus) {
    this.bus = eventBus;
    /** The name of the open tab; empty when the strip is closed. */
    this.open = "";
    /** What the open panel is to show first: the key of a variable, the id of a node. */
    this.about = "";
  }

  /** @param {string} tab @param {string} [about] */
  show(tab, about = "") {
    this.open = tab;
    this.about = about;
    this.bus.fire("panels.changed", { tab, about });
  }

  /** @param {string} tab */
  toggle(tab) {
    this.show(this.open === tab ? "" : tab);
  }
}
Panels.$inject = ["eventBus"];
