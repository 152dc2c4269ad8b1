/** Whatever is moved or made lies on the canvas itself, also when it is dropped on a node or a line. */

const PHASES = ["hover", "move", "out", "end"].flatMap((phase) => [`shape.move.${phase}`, `create.${phase}`]);

export default class Dropping {
  /** @param {any} eventBus @param {any} canvas */
  constructor(eventBus, canvas) {
    eventBus.on(PHASES, 5000, (/** @type {any} */ event) => {
      if (!event.hover) return;
      event.hover = canvas.getRootElement();
      event.hoverGfx = canvas.getGraphics(event.hover);
    });
  }
}
Dropping.$inject = ["eventBus", "canvas"];
