/** Opens the bar at the node or the line on which the pointer comes to rest, and takes it away when the pointer has gone. */

/** How long the pointer rests before the bar shows, and how long the bar waits for a pointer on its way to it. */
const REST_MS = 250, LEAVE_MS = 400;

export default class Resting {
  /** @param {any} eventBus @param {any} canvas @param {any} elementRegistry @param {any} contextPad @param {any} selection @param {any} injector */
  constructor(eventBus, canvas, elementRegistry, contextPad, selection, injector) {
    this.registry = elementRegistry;
    this.pad = contextPad;
    this.selection = selection;
    this.injector = injector;
    this.resting = this.leaving = 0;
    const container = canvas.getContainer();
    this.drawing = container.querySelector("svg");
    container.addEventListener("pointermove", (/** @type {PointerEvent} */ event) => this.#moved(event));
    container.addEventListener("pointerdown", () => clearTimeout(this.resting));
    container.addEventListener("pointerleave", () => {
      clearTimeout(this.resting);
      this.#leave();
    });
    eventBus.on(["drag.start", "chooser.opened", "diagram.clear", "diagram.destroy"], () => {
      clearTimeout(this.resting);
      if (this.pad.hovered) this.pad.back();
    });
  }

  /** @param {PointerEvent} event */
  #moved(event) {
    clearTimeout(this.resting);
    if (event.pointerType === "touch" || event.buttons) return;
    const below = /** @type {Element} */ (event.target), element = this.#elementAt(below);
    const isIn = below.closest(".djs-context-pad, .handles") || (element?.parent ? element === this.pad.hovered : this.pad.isOnWay(event));
    if (isIn) {
      clearTimeout(this.leaving);
      this.leaving = 0;
      return;
    }
    this.#leave();
    if (element?.parent) this.resting = window.setTimeout(() => this.#rested(element, event), REST_MS);
  }

  /** The element of this flow, not of one that a frame or the map shows. @param {Element} below */
  #elementAt(below) {
    const drawn = /** @type {SVGElement | null} */ (below.closest(".djs-element"));
    return drawn?.ownerSVGElement === this.drawing ? this.registry.get(drawn) : null;
  }

  #leave() {
    if (!this.pad.hovered || this.leaving) return;
    this.leaving = window.setTimeout(() => {
      this.leaving = 0;
      if (this.pad.hovered) this.pad.back();
    }, LEAVE_MS);
  }

  /** @param {any} element @param {PointerEvent} event */
  #rested(element, event) {
    const isBusy = this.injector.get("dragging").context() || this.injector.get("panning").isHeld || this.pad.isAway;
    if (isBusy || !element.parent || element.waypoints?.length === 0 || this.selection.get().length > 1 || this.pad.isOpen(element)) return;
    clearTimeout(this.leaving);
    this.leaving = 0;
    this.pad.openAt(element, this.injector.get("view").atPointer(event));
  }
}
Resting.$inject = ["eventBus", "canvas", "elementRegistry", "contextPad", "selection", "injector"];
