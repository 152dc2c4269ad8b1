/** A click selects; with Ctrl or Shift it adds to what is selected, or takes away. */

export default class Selecting {
  /** @param {any} eventBus @param {any} selection @param {any} canvas @param {any} move */
  constructor(eventBus, selection, canvas, move) {
    eventBus.on("element.click", 1500, (/** @type {any} */ { element, originalEvent }) => {
      if (originalEvent.button !== 0) return undefined;
      const adds = originalEvent.ctrlKey || originalEvent.metaKey || originalEvent.shiftKey, isRoot = element === canvas.getRootElement();
      if (isRoot && adds) return true;
      if (!adds) selection.select(isRoot ? null : element);
      else if (selection.isSelected(element)) selection.deselect(element);
      else selection.select(element, true);
      return true;
    });
    eventBus.on("element.mousedown", 2000, (/** @type {any} */ { element, originalEvent }) => {
      const { button, ctrlKey, metaKey } = originalEvent;
      if (button !== 0 || !(ctrlKey || metaKey) || element === canvas.getRootElement()) return undefined;
      canvas.focus();
      move.start(originalEvent, element);
      return true;
    });
  }
}
Selecting.$inject = ["eventBus", "selection", "canvas", "move"];
