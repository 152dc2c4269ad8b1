/**
 * What shows on the element below the pointer, and on the one that is selected: for a node a dot on each side to draw a
 * line from, and a plus behind it for the next node; for a line a plus to put a node into it, a cross,
 * and once it is selected its ends to move.
 */
import { append, attr, classes, clear, create } from "tiny-svg";
import { makerOf } from "./marks.js";

const LEAVE_MS = 350, CROSS_MS = 140;

export default class Handles {
  /** @param {any} eventBus @param {any} canvas @param {any} selection @param {any} mode @param {any} elementRegistry @param {any} injector */
  constructor(eventBus, canvas, selection, mode, elementRegistry, injector) {
    this.canvas = canvas;
    this.selection = selection;
    this.mode = mode;
    this.registry = elementRegistry;
    this.injector = injector;
    /** @type {any} */
    this.shown = null;
    this.timer = 0;
    this.factor = 1;
    this.group = /** @type {any} */ (create("g"));
    eventBus.on("diagram.init", () => this.#make());
    eventBus.on("element.hover", (/** @type {any} */ { element }) => this.#entered(element));
    eventBus.on("element.out", () => this.#leaveSoon());
    eventBus.on(["selection.changed", "mode.changed"], () => {
      this.#show(null);
      this.#rest();
    });
    eventBus.on("elements.changed", (/** @type {any} */ { elements }) => void (elements.includes(this.shown) && this.#again()));
    eventBus.on("canvas.viewbox.changed", (/** @type {any} */ { viewbox }) => this.#scale(viewbox.scale));
    // Not when a drag may begin: a handle that is gone before the button is let go was never clicked.
    eventBus.on(["drag.start", "chooser.opened", "diagram.clear"], () => this.#show(null));
    eventBus.on(["drag.ended", "drag.canceled"], () => void (this.shown || this.#rest()));
    eventBus.on("chooser.closed", () => this.#rest());
  }

  #make() {
    classes(this.group).add("handles");
    append(this.canvas.getLayer("handles", 900), this.group);
    for (const name of ["mouseover", "mouseout", "mousemove", "mousedown", "click", "dblclick", "contextmenu"]) {
      this.group.addEventListener(name, (/** @type {Event} */ event) => event.stopPropagation());
    }
    this.group.addEventListener("mouseenter", () => clearTimeout(this.timer));
    this.group.addEventListener("mouseleave", () => this.#leaveSoon());
  }

  /** @param {any} element */
  #entered(element) {
    if (!makerOf(element) || this.injector.get("dragging").context()?.active) return;
    clearTimeout(this.timer);
    // On its way from a node to the node's plus the pointer crosses the line between them, or what lies close behind.
    if (this.shown) this.timer = window.setTimeout(() => this.#show(element), element.source === this.shown ? LEAVE_MS : CROSS_MS);
    else this.#show(element);
  }

  #leaveSoon() {
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => this.#rest(), LEAVE_MS);
  }

  /** Show what shows without the pointer: the handles of the only selected element. */
  #rest() {
    const selected = this.selection.get(), [only] = selected;
    this.#showIfThere(selected.length === 1 && makerOf(only) ? only : null);
  }

  /** The element has changed: its handles are made anew. */
  #again() {
    const element = this.shown;
    this.#show(null);
    this.#showIfThere(element);
  }

  /** @param {any} element */
  #showIfThere(element) {
    const isActive = this.injector.get("dragging").context()?.active;
    this.#show(element && this.registry.get(element.id) === element && !isActive ? element : null);
  }

  /** @param {any} element */
  #show(element) {
    clearTimeout(this.timer);
    if (element && element === this.shown && this.mode.mayEdit) return;
    this.shown = this.mode.mayEdit ? element : null;
    clear(this.group);
    if (!this.shown) return;
    const scale = this.canvas.zoom(), seen = { isSelected: this.selection.isSelected(this.shown), scale };
    for (const part of makerOf(this.shown)?.(this.shown, this.injector, seen) ?? []) append(this.group, part);
    this.#place(factorAt(scale));
  }

  /** The view has moved; only another scale places them anew. @param {number} scale */
  #scale(scale) {
    if (this.shown && factorAt(scale) !== this.factor) this.#place(factorAt(scale));
  }

  /** @param {number} factor */
  #place(factor) {
    this.factor = factor;
    for (const part of this.group.children) {
      const place = part.place(factor);
      attr(part, { visibility: place ? "visible" : "hidden", transform: place ? `translate(${place.x},${place.y}) scale(${factor})` : "" });
    }
  }
}
Handles.$inject = ["eventBus", "canvas", "selection", "mode", "elementRegistry", "injector"];

/** How much larger than the flow they are: they stay large enough to hit, however small it is drawn. @param {number} scale */
const factorAt = (scale) => Math.max(0.8, Math.min(2.5, 1 / scale));
