/**
 * What of the flow is seen: fits it into view, zooms, brings elements into view. A flow opens so that it is seen whole,
 * not larger than life, or, where its names could not be read then, its beginning; so it stays until somebody moves the view.
 *
 * @import { Point } from "../../diagram/types.js"
 */
import { getBBox } from "diagram-js/lib/util/Elements.js";

/** How far one zooms. A flow that is larger still is fitted into less when somebody wants to see it whole. */
export const LEAST = 0.25, MOST = 4;
/** The smallest scale at which names can be read: what does not fit in at this one opens at its beginning. */
const LEGIBLE = 0.7, SMALLEST = 0.02;
const STEPS = [0.25, 0.33, 0.5, 0.67, 0.8, 1, 1.25, 1.5, 2, 3, 4];
const MARGIN = 40;

export default class View {
  /** @param {any} eventBus @param {any} canvas */
  constructor(eventBus, canvas) {
    this.bus = eventBus;
    this.canvas = canvas;
    /** Whether the view is as the flow opened. */
    this.isUntouched = true;
    /** How much of the canvas is covered at its left. */
    this.covered = 0;
    eventBus.on("tree.opened", 1500, () => this.#opened());
    eventBus.on("session.taken", () => this.fit());
    eventBus.on("canvas.init", () => this.#watch());
    this.isOpen = false;
    eventBus.on(["element.mousedown", "drag.start", "commandStack.changed"], 10000, () => void (this.isUntouched = false));
    canvas.getContainer().addEventListener("wheel", () => void (this.isUntouched = false), { passive: true });
  }

  /** @returns {number} */
  get scale() {
    return this.canvas.zoom();
  }

  /** See the whole flow, as large as it gets up to 100 %. @param {number} [least] of a flow that does not fit in at this scale the beginning is seen */
  fit(least = SMALLEST) {
    const inner = this.#bounds(), { width, height } = this.canvas.getSize();
    if (!inner || !width) return;
    const room = { width: width - this.covered - 2 * MARGIN, height: height - 2 * MARGIN };
    const scale = Math.min(1, Math.max(least, Math.min(room.width / inner.width, room.height / inner.height)));
    const x = beginning(inner.x, inner.width, room.width / scale, inner.start.x), y = beginning(inner.y, inner.height, room.height / scale, inner.start.y);
    this.#show({ x: x - (MARGIN + this.covered) / scale, y: y - MARGIN / scale }, scale);
  }

  /** Say how much of the canvas is covered at its left: the flow moves aside as far as that. @param {number} width in pixels */
  cover(width) {
    const by = width - this.covered;
    this.covered = width;
    if (this.isUntouched && this.isOpen) this.fit(LEGIBLE);
    else if (by) this.canvas.scroll({ dx: by, dy: 0 });
  }

  /** Told when the canvas may have become larger or smaller; diagram-js goes by the size that it had last. */
  measured() {
    this.canvas.resized();
    if (this.isUntouched && this.isOpen) this.fit(LEGIBLE);
  }

  /**
   * Zoom by a step.
   * @param {1 | -1} direction
   * @param {Point} [around] in pixels of the canvas, else its middle
   */
  zoomBy(direction, around) {
    const next = direction > 0 ? STEPS.find((s) => s > this.scale * 1.01) ?? MOST : STEPS.findLast((s) => s < this.scale * 0.99) ?? Math.min(LEAST, this.scale);
    this.zoomTo(next, around);
  }

  /** @param {number} scale @param {Point} [around] in pixels of the canvas, else its middle */
  zoomTo(scale, around) {
    this.isUntouched = false;
    this.canvas.zoom(Math.max(Math.min(LEAST, this.scale), Math.min(MOST, scale)), around ?? this.#middle());
  }

  /** Zoom in as far as texts can be read. */
  makeLegible() {
    if (this.scale < LEGIBLE) this.zoomTo(LEGIBLE);
  }

  /** Move the view as little as need be to see elements. @param {any | any[]} elements @param {number} [top] what is covered above */
  reveal(elements, top = 0) {
    if (Array.isArray(elements) ? !elements.length : !elements) return;
    this.isUntouched = false;
    this.canvas.scrollToElement(elements, { top: 80 + top, bottom: 80, left: 80 + this.covered, right: 110 });
  }

  /** The middle of what is seen, on the canvas. @returns {Point} */
  get centre() {
    return this.toCanvas(this.#middle());
  }

  /** A place on the canvas from pixels of its container. @param {Point} pixel @returns {Point} */
  toCanvas({ x, y }) {
    const box = this.canvas.viewbox();
    return { x: box.x + x / box.scale, y: box.y + y / box.scale };
  }

  /** A place on the canvas from a place in the window. @param {{ clientX: number, clientY: number }} pointer @returns {Point} */
  atPointer({ clientX, clientY }) {
    const { left, top } = this.canvas.getContainer().getBoundingClientRect();
    return this.toCanvas({ x: clientX - left, y: clientY - top });
  }

  /** A place in the window from a place on the canvas. @param {Point} point @returns {Point} */
  toWindow({ x, y }) {
    const box = this.canvas.viewbox(), { left, top } = this.canvas.getContainer().getBoundingClientRect();
    return { x: left + (x - box.x) * box.scale, y: top + (y - box.y) * box.scale };
  }

  #middle() {
    const { width, height } = this.canvas.getSize();
    return { x: (width + this.covered) / 2, y: height / 2 };
  }

  /** The bounds of all that is drawn, with the names below gateways, and the middle of where the flow starts. */
  #bounds() {
    const elements = this.canvas.getRootElement().children;
    if (!elements.length) return null;
    const { x, y, width, height } = getBBox(elements), first = elements.find((/** @type {any} */ e) => e.businessObject?.kind === "EmptyStartEvent") ?? elements[0];
    return { x, y, width, height: height + 16, start: { x: first.x + (first.width ?? 0) / 2, y: first.y + (first.height ?? 0) / 2 } };
  }

  /** @param {Point} corner @param {number} scale */
  #show({ x, y }, scale) {
    const { width, height } = this.canvas.getSize();
    this.canvas.viewbox({ x, y, width: width / scale, height: height / scale });
  }

  #opened() {
    this.isOpen = this.isUntouched = true;
    this.fit(LEGIBLE);
  }

  #watch() {
    const watcher = new ResizeObserver(() => this.measured());
    watcher.observe(this.canvas.getContainer());
    this.bus.on("diagram.destroy", () => watcher.disconnect());
  }
}
View.$inject = ["eventBus", "canvas"];

/**
 * Where what is seen begins: so that all is in the middle of the room, or, where it is larger, its start is in view.
 * @param {number} from @param {number} size @param {number} room @param {number} start
 */
function beginning(from, size, room, start) {
  if (size <= room) return from - (room - size) / 2;
  return Math.max(from, Math.min(from + size - room, start - room / 2));
}
