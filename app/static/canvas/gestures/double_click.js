/** A double click goes on to what one most likely wants: the settings of a node or line, the text of a note, a new node. */
export default class DoubleClick {
  /** @param {any} eventBus @param {any} canvas @param {any} mode @param {any} view @param {any} injector */
  constructor(eventBus, canvas, mode, view, injector) {
    eventBus.on("element.dblclick", (/** @type {any} */ { element, originalEvent }) => {
      if (originalEvent.button !== 0) return;
      const { clientX, clientY } = originalEvent;
      if (element === canvas.getRootElement()) injector.get("quickAdd").open({ point: view.atPointer(originalEvent), at: { clientX, clientY } });
      else if (element.businessObject.kind === "Note" && mode.mayEdit) injector.get("noteEditing").open(element);
      else eventBus.fire("inspector.focus", { element });
    });
  }
}
DoubleClick.$inject = ["eventBus", "canvas", "mode", "view", "injector"];
