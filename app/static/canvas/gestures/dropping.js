/**
 * Whatever is moved or made lies on the canvas itself, also when it is dropped on a node or a line; and what is moved stays
 * as far in front as it was. diagram-js would draw it, and with it everything behind it, anew in front.
 */
import CommandInterceptor from "diagram-js/lib/command/CommandInterceptor.js";

const PHASES = ["hover", "move", "out", "end"].flatMap((phase) => [`shape.move.${phase}`, `create.${phase}`]);

export default class Dropping extends CommandInterceptor {
  /** @param {any} eventBus @param {any} canvas */
  constructor(eventBus, canvas) {
    super(eventBus);
    this.preExecute(["shape.move", "connection.move"], (/** @type {any} */ { context }) => {
      const { parent } = context.shape ?? context.connection;
      if (!context.newParent || context.newParent === parent) context.newParentIndex ??= parent.children.indexOf(context.shape ?? context.connection);
    });
    eventBus.on(PHASES, 5000, (/** @type {any} */ event) => {
      if (!event.hover) return;
      event.hover = canvas.getRootElement();
      event.hoverGfx = canvas.getGraphics(event.hover);
    });
  }
}
Dropping.$inject = ["eventBus", "canvas"];
