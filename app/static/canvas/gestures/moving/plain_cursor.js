/**
 * In large flows the cursor stays as it is while something is dragged. diagram-js sets it on the whole page, all that is
 * drawn inherits it, and styling that anew takes longer than a frame may.
 */
const LARGE = 600;

export default class PlainCursor {
  /** @param {any} eventBus @param {any} canvas @param {any} dragging */
  constructor(eventBus, canvas, dragging) {
    eventBus.on("drag.start", () => {
      const drag = dragging.context();
      if (drag && canvas.getRootElement().children.length > LARGE) drag.cursor = null;
    });
  }
}
PlainCursor.$inject = ["eventBus", "canvas", "dragging"];
