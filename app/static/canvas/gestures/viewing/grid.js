/**
 * The soft dots of the grid, from 60 % on: every second of them up to 140 %, then all. They are the background of an
 * element of their own, without children: whatever a step of the view changes there costs nothing.
 */
import { GRID } from "../../layout/grid.js";

export default class Grid {
  /** @param {any} eventBus @param {any} canvas */
  constructor(eventBus, canvas) {
    const dots = document.createElement("div");
    dots.className = "grid-dots";
    canvas.getContainer().prepend(dots);
    eventBus.on(["canvas.viewbox.changed", "tree.opened"], () => {
      const { x, y, scale } = canvas.viewbox(), step = GRID * (scale < 1.4 ? 2 : 1) * scale;
      dots.hidden = scale < 0.6;
      Object.assign(dots.style, { backgroundSize: `${step}px ${step}px`, backgroundPosition: `${-x * scale - step / 2}px ${-y * scale - step / 2}px` });
    });
  }
}
Grid.$inject = ["eventBus", "canvas"];
