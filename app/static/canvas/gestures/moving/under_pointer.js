/**
 * What lies under the pointer while something is dragged: the node that a line is drawn to, for all else the canvas. The
 * layer over the flow takes the pointer meanwhile, so that the browser need not look through all that is drawn for each
 * move, several times.
 */
import { topmostAt } from "../pure/topmost.js";

/** The drags that ask which node they are over. */
const ASKING = ["connect", "bendpoint.move"];

export default class UnderPointer {
  /** @param {any} eventBus @param {any} canvas @param {any} dragging @param {any} movingLayer @param {any} view */
  constructor(eventBus, canvas, dragging, movingLayer, view) {
    this.canvas = canvas;
    this.dragging = dragging;
    this.layer = movingLayer.svg;
    this.view = view;
    this.drawing = canvas.getContainer().querySelector("svg");
    eventBus.on("drag.start", () => this.layer.classList.add("catching"));
    eventBus.on("drag.cleanup", () => this.layer.classList.remove("catching"));
    // Before diagram-js looks for it.
    eventBus.on("drag.move", 2000, (/** @type {any} */ event) => this.#look(event));
  }

  /** @param {any} event */
  #look(event) {
    const element = this.#elementAt(event.originalEvent);
    if (element === event.hover) return;
    if (event.hover) this.dragging.out();
    const gfx = element && this.canvas.getGraphics(element);
    if (element) this.dragging.hover({ element, gfx });
    Object.assign(event, { hover: element, hoverGfx: gfx });
  }

  /** @param {any} event of a mouse or of a finger */
  #elementAt(event) {
    const drawn = event.target.closest?.("svg"), root = this.canvas.getRootElement();
    if (drawn !== this.layer && drawn !== this.drawing) return null;
    if (!ASKING.includes(this.dragging.context().prefix)) return root;
    return topmostAt(this.view.atPointer(event.touches?.[0] ?? event), root.children.filter((/** @type {any} */ e) => e.businessObject.node)) ?? root;
  }
}
UnderPointer.$inject = ["eventBus", "canvas", "dragging", "movingLayer", "view"];
