/**
 * Opens a list to choose from over the canvas. Closed, the canvas has the focus again. There is one at most.
 *
 * @typedef {import("./list.js").Entry} Entry
 * @typedef {{ title: string, entries: Entry[], empty?: string, at?: { clientX: number, clientY: number }, className?: string, onChoose: (entry: any) => void, onLook?: (entry: any | null) => void, onCancel?: () => void }} Asked
 */
import { render } from "preact";
import { html } from "../../panels/parts.js";
import { List } from "./list.js";

const MARGIN = 8;

export default class Chooser {
  /** @param {any} eventBus @param {any} canvas */
  constructor(eventBus, canvas) {
    this.bus = eventBus;
    this.canvas = canvas;
    this.place = canvas.getContainer().appendChild(Object.assign(document.createElement("div"), { className: "chooser", hidden: true }));
    this.place.addEventListener("wheel", (/** @type {Event} */ event) => event.stopPropagation());
    /** @type {Asked | null} */
    this.asked = null;
    this.elsewhere = (/** @type {Event} */ event) => this.place.contains(/** @type {Node} */ (event.target)) || this.close();
    eventBus.on(["diagram.destroy", "drag.start"], () => this.close());
  }

  /**
   * Ask for one of several things.
   * @param {Asked} asked `at` is where in the window; without, at the top of the canvas
   */
  open(asked) {
    this.close();
    this.asked = asked;
    this.place.hidden = false;
    this.place.className = `chooser ${asked.className ?? ""} ${asked.at ? "" : "at-top"}`;
    const choose = (/** @type {Entry} */ entry) => {
      this.#shut();
      this.canvas.focus();
      asked.onChoose(entry);
    };
    render(html`<${List} ...${asked} onChoose=${choose} onClose=${() => this.close()} />`, this.place);
    if (asked.at) this.#put(asked.at);
    document.addEventListener("pointerdown", this.elsewhere, true);
    this.bus.fire("chooser.opened");
  }

  /** Close it with nothing chosen. */
  close() {
    const { asked } = this;
    if (!asked) return;
    this.#shut();
    if (document.activeElement === document.body) this.canvas.focus();
    asked.onCancel?.();
  }

  #shut() {
    this.asked = null;
    document.removeEventListener("pointerdown", this.elsewhere, true);
    render(null, this.place);
    this.place.hidden = true;
    this.bus.fire("chooser.closed");
  }

  /** Where there is room, below and at the right of the point if possible. @param {{ clientX: number, clientY: number }} point */
  #put({ clientX, clientY }) {
    const { left, top, width, height } = this.canvas.getContainer().getBoundingClientRect();
    const within = (/** @type {number} */ value, /** @type {number} */ most) => Math.max(MARGIN, Math.min(value, most - MARGIN));
    this.place.style.left = `${within(clientX - left, width - this.place.offsetWidth)}px`;
    this.place.style.top = `${within(clientY - top, height - this.place.offsetHeight)}px`;
  }
}
Chooser.$inject = ["eventBus", "canvas"];
