/** A note grows with what is written into it, in the same step. */
import CommandInterceptor from "diagram-js/lib/command/CommandInterceptor.js";
import { heightFor } from "./note_text.js";

const GRID = 10;

export default class NoteBehavior extends CommandInterceptor {
  /** @param {any} eventBus @param {any} modeling */
  constructor(eventBus, modeling) {
    super(eventBus);
    this.postExecuted("element.update", (/** @type {any} */ { context: { element, before, businessObject } }) => {
      const { note } = businessObject;
      if (!note || note.text === before.note?.text) return;
      const { x, y, width } = element, height = Math.ceil(heightFor(note.text, width) / GRID) * GRID;
      if (height > element.height) modeling.resizeShape(element, { x, y, width, height });
    });
  }
}
NoteBehavior.$inject = ["eventBus", "modeling"];
