/**
 * What becomes selected by hand, in place of diagram-js' own: a click selects, with Ctrl or Shift it adds to what is
 * selected or takes away; a line that was drawn and a node that was moved are selected. What is selected stays so while
 * something is dragged, or the panels would go blank meanwhile.
 */
export default class Selecting {
  /** @param {any} eventBus @param {any} selection @param {any} canvas @param {any} injector */
  constructor(eventBus, selection, canvas, injector) {
    this.selection = selection;
    this.canvas = canvas;
    eventBus.on("diagram.init", () => injector.get("dragging").setOptions({ keepSelection: true }));
    eventBus.on("element.click", (/** @type {any} */ { element, originalEvent }) => void (originalEvent.button === 0 && this.#clicked(element, originalEvent)));
    eventBus.on("connect.end", 500, (/** @type {any} */ { context: { connection } }) => void (connection && selection.select(connection)));
    eventBus.on("shape.move.end", 500, (/** @type {any} */ { context: { shape } }) => void (selection.isSelected(shape) || selection.select(shape)));
    eventBus.on("element.mousedown", 2000, (/** @type {any} */ { element, originalEvent }) => {
      const { button, ctrlKey, metaKey } = originalEvent;
      if (button !== 0 || !(ctrlKey || metaKey) || element === canvas.getRootElement()) return undefined;
      canvas.focus();
      injector.get("move").start(originalEvent, element);
      return true;
    });
  }

  /** @param {any} element @param {MouseEvent} pointer */
  #clicked(element, { ctrlKey, metaKey, shiftKey }) {
    const adds = ctrlKey || metaKey || shiftKey, isRoot = element === this.canvas.getRootElement();
    if (!adds) this.selection.select(isRoot ? null : element);
    else if (isRoot) return;
    else if (this.selection.isSelected(element)) this.selection.deselect(element);
    else this.selection.select(element, true);
  }
}
Selecting.$inject = ["eventBus", "selection", "canvas", "injector"];
