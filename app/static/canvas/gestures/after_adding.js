/** What was added is selected and in view, and keys go to the canvas again. */
export default class AfterAdding {
  /** @param {any} eventBus @param {any} selection @param {any} view @param {any} canvas */
  constructor(eventBus, selection, view, canvas) {
    eventBus.on("adding.added", 2000, (/** @type {any} */ { element }) => {
      selection.select(element);
      view.reveal(element);
      canvas.focus();
    });
    eventBus.on("create.end", 400, (/** @type {any} */ { context }) => {
      if (context.canExecute) eventBus.once("create.ended", () => eventBus.fire("adding.added", { element: context.shape }));
    });
  }
}
AfterAdding.$inject = ["eventBus", "selection", "view", "canvas"];
