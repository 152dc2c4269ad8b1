/**
 * What diagram-js draws elements into, made with as few calls of the browser as can be: a flow may have thousands. Of a flow
 * that opens, what is in view is drawn first, and the rest as the browser finds time; until then it has its place, its name
 * for screen readers and what takes the pointer, but no picture.
 *
 * @import { Box } from "./quiet_canvas.js"
 */
import GraphicsFactory from "diagram-js/lib/core/GraphicsFactory.js";
import { getBBox } from "diagram-js/lib/util/Elements.js";
import { whenIdle } from "../idle.js";

const SVG = "http://www.w3.org/2000/svg";
/** How long the page may stand still while what is out of view is drawn. */
const SLICE_MS = 45;

export default class Graphics extends GraphicsFactory {
  constructor(/** @type {any} */ eventBus, /** @type {any} */ elementRegistry) {
    super(eventBus, elementRegistry);
    /** Empty containers to copy, by what they are for. @type {Map<string, SVGElement>} */
    this.empty = new Map();
    /** Whether elements that are added have to wait for their pictures. */
    this.isHeld = false;
    /** Those that wait, with what they are drawn into. @type {Map<any, { type: "shape" | "connection", gfx: SVGElement }>} */
    this.waiting = new Map();
    this.callOff = () => {};
    eventBus.on("canvas.viewbox.changed", (/** @type {{ viewbox: Box }} */ { viewbox }) => this.drawSeen(viewbox));
    eventBus.on(["shape.remove", "connection.remove"], (/** @type {any} */ { element }) => void this.waiting.delete(element));
    eventBus.on("diagram.destroy", () => this.callOff());
  }

  /** Draw what waits and is in view, or nearly so; the rest follows. @param {Box} view */
  drawSeen(view) {
    if (!this.waiting.size || this.isHeld) return;
    const left = view.x - view.width / 2, right = view.x + 1.5 * view.width, top = view.y - view.height / 2, bottom = view.y + 1.5 * view.height;
    try {
      for (const [element, { type, gfx }] of this.waiting) {
        const { x, y, width, height } = getBBox(element);
        if (x <= right && x + width >= left && y <= bottom && y + height >= top) this.update(type, element, gfx);
      }
    } finally {
      this.#goOn();
    }
  }

  /** Draw all that waits. */
  drawAll() {
    for (const [element, { type, gfx }] of [...this.waiting]) this.update(type, element, gfx);
  }

  #goOn() {
    this.callOff();
    if (this.waiting.size) this.callOff = whenIdle(() => this.#drawSome());
  }

  #drawSome() {
    const end = performance.now() + SLICE_MS;
    try {
      for (const [element, { type, gfx }] of this.waiting) {
        this.update(type, element, gfx);
        if (performance.now() > end) break;
      }
    } finally {
      this.#goOn();
    }
  }

  /**
   * @param {string} type
   * @param {SVGElement} children what it goes into
   * @param {number} [at] its place there
   * @returns {SVGElement}
   */
  _createContainer(type, children, at) {
    const group = /** @type {SVGElement} */ (this.#emptyOf(type).cloneNode(true));
    children.insertBefore(group, at === undefined ? null : (children.childNodes[at] ?? children.firstChild));
    return /** @type {SVGElement} */ (group.firstChild);
  }

  /** Draw an element anew. @param {"shape" | "connection"} type @param {any} element @param {SVGElement} gfx */
  update(type, element, gfx) {
    this.waiting.delete(element);
    if (!element.parent) return;
    if (type === "shape") gfx.setAttribute("transform", `translate(${element.x},${element.y})`);
    if (this.isHeld) {
      this.waiting.set(element, { type, gfx });
      return;
    }
    const visual = /** @type {SVGElement} */ (gfx.firstChild);
    visual.replaceChildren();
    if (type === "shape") this.drawShape(visual, element);
    else this.drawConnection(visual, element);
  }

  /** @param {string} type */
  #emptyOf(type) {
    const known = this.empty.get(type);
    if (known) return known;
    const made = ["djs-visual", `djs-element djs-${type}`, "djs-group"].reduce((/** @type {SVGElement | null} */ inner, name) => {
      const group = document.createElementNS(SVG, "g");
      group.setAttribute("class", name);
      if (inner) group.append(inner);
      return group;
    }, null);
    this.empty.set(type, /** @type {SVGElement} */ (made));
    return /** @type {SVGElement} */ (made);
  }
}
Graphics.$inject = ["eventBus", "elementRegistry"];
