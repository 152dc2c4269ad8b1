/**
 * The text of the flow that was edited in its panel and is not applied yet: it is there for as long as the page is, whatever
 * panel is open.
 *
 * @typedef {{ text: string, of: string }} Edited `of` is what it was made from
 */
export default class CodeText {
  /** @param {any} eventBus */
  constructor(eventBus) {
    this.bus = eventBus;
    /** @type {Edited | null} */
    this.edited = null;
    eventBus.on("editor.leaving", () => this.edited !== null || undefined);
  }

  /** @param {string} text @param {string} written the flow as it is */
  type(text, written) {
    const of = this.edited?.of ?? written;
    this.#become(text === of ? null : { text, of });
  }

  drop() {
    this.#become(null);
  }

  /** @param {Edited | null} edited */
  #become(edited) {
    this.edited = edited;
    this.bus.fire("code.changed");
  }
}
CodeText.$inject = ["eventBus"];
