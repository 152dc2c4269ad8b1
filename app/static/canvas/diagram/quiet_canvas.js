/**
 * A canvas whose root carries no marks. diagram-js marks it whenever the pointer leaves a node, and when a drag begins and
 * ends; a class up there has the browser style everything that is drawn anew. And one that is measured as seldom as can be:
 * each time the browser lays out all that is drawn by then.
 *
 * @typedef {{ x: number, y: number, width: number, height: number }} Box
 * @typedef {Box & { scale: number, outer: { width: number, height: number }, readonly inner: Box }} Viewbox `inner` is how far
 *   the flow reaches, measured when it is asked for
 */
import Canvas from "diagram-js/lib/core/Canvas.js";

export default class QuietCanvas extends Canvas {
  /**
   * Show a flow. The canvas is measured once, and drawn from what is in view on.
   * @param {() => void} add adds its elements
   * @param {() => void} shown told of it; brings it into view
   */
  show(add, shown) {
    const graphics = this.own._graphicsFactory;
    this.kept = super.getSize();
    try {
      graphics.isHeld = true;
      try {
        add();
      } finally {
        graphics.isHeld = false;
      }
      shown();
    } finally {
      this.kept = null;
      graphics.drawSeen(this.viewbox());
    }
  }

  /** Draw what is still to be drawn, for a picture of the whole flow. */
  drawAll() {
    this.own._graphicsFactory.drawAll();
  }

  /** @returns {{ width: number, height: number }} in pixels */
  getSize() {
    return this.kept ? { ...this.kept } : super.getSize();
  }

  /**
   * What is seen, on the canvas; given a box, that is shown.
   * @param {Box | false} [box] false has it read anew
   * @returns {any}
   */
  viewbox(box) {
    if (box) return super.viewbox(box);
    if (box === false) this.own._cachedViewbox = null;
    const seen = (this.own._cachedViewbox ??= this.#seen()), reach = () => this.#reach();
    return { ...seen, outer: { ...seen.outer }, get inner() { return reach(); } };
  }

  /** With what diagram-js does not tell of it. @returns {any} */
  get own() {
    return this;
  }

  #seen() {
    const { a: zoom, e: left, f: top } = this.own._viewport.transform.baseVal.consolidate()?.matrix ?? { a: 1, e: 0, f: 0 }, outer = this.getSize();
    const scale = rounded(zoom), x = rounded(-left), y = rounded(-top);
    return { x: x ? x / scale : 0, y: y ? y / scale : 0, width: outer.width / scale, height: outer.height / scale, scale, outer };
  }

  /** @returns {Box} */
  #reach() {
    const { x = 0, y = 0, width = 0, height = 0 } = this.own._rootElement ? this.own.getActiveLayer().getBBox() : {};
    return { x, y, width, height };
  }

  /** @param {any} element @param {string} marker */
  addMarker(element, marker) {
    if (element !== this.getRootElement()) super.addMarker(element, marker);
  }

  /** @param {any} element @param {string} marker */
  removeMarker(element, marker) {
    if (element !== this.getRootElement()) super.removeMarker(element, marker);
  }
}

/** @param {number} value */
function rounded(value) {
  return Math.round(value * 1000) / 1000;
}
