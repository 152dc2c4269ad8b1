/**
 * Where what is being dragged is drawn: a drawing of its own over that of the flow. A browser paints the whole of a
 * drawing anew when anything in it moves; so the flow, however large, is not touched while something is dragged over it.
 */
import { create } from "tiny-svg";

/** What the drags of diagram-js and ours draw, by where they keep it. @type {((context: any) => any)[]} */
const PARTS = [({ draggedLines }) => draggedLines?.group, ({ dragGroup }) => dragGroup, ({ frame }) => frame, ({ connectionPreviewGfx }) => connectionPreviewGfx];
const DRAWN = ["shape.move.start", "lasso.start", "create.move", "connect.move", "bendpoint.move.move"];

export default class MovingLayer {
  /** @param {any} eventBus @param {any} canvas */
  constructor(eventBus, canvas) {
    this.svg = create("svg");
    this.svg.setAttribute("class", "moving-layer");
    this.svg.setAttribute("aria-hidden", "true");
    this.group = create("g");
    this.svg.append(this.group);
    canvas.getContainer().append(this.svg);
    eventBus.on(["canvas.viewbox.changed", "tree.opened"], () => {
      const { x, y, scale } = canvas.viewbox();
      this.group.setAttribute("transform", `matrix(${scale},0,0,${scale},${-x * scale},${-y * scale})`);
    });
    eventBus.on(DRAWN, 50, (/** @type {any} */ { context }) => {
      for (const part of PARTS.map((partOf) => partOf(context))) if (part?.parentNode && part.parentNode !== this.group) this.group.append(part);
    });
  }
}
MovingLayer.$inject = ["eventBus", "canvas"];
