/** The soft dots of the grid, from 60 % on: every second of them up to 140 %, then all. They are the container's background. */
import { GRID } from "../pure/free_place.js";

export default class Grid {
  /** @param {any} eventBus @param {any} canvas */
  constructor(eventBus, canvas) {
    const container = canvas.getContainer();
    container.classList.add("dotted");
    eventBus.on(["canvas.viewbox.changed", "tree.opened"], () => {
      const { x, y, scale } = canvas.viewbox(), step = GRID * (scale < 1.4 ? 2 : 1) * scale;
      container.classList.toggle("no-dots", scale < 0.6);
      container.style.setProperty("--dot-step", `${step}px`);
      container.style.setProperty("--dot-size", `${Math.max(0.8, Math.min(1.4, scale))}px`);
      container.style.setProperty("--dot-at", `${-x * scale - step / 2}px ${-y * scale - step / 2}px`);
    });
  }
}
Grid.$inject = ["eventBus", "canvas"];
