/**
 * The browser's own copy, cut and paste while the canvas has the focus: they reach the system's clipboard without asking,
 * on plain http too.
 */
export default class ClipboardEvents {
  /** @param {any} eventBus @param {any} canvas @param {any} copying @param {any} mode */
  constructor(eventBus, canvas, copying, mode) {
    const mine = () => canvas.isFocused() && !document.querySelector("dialog[open]");
    const give = (/** @type {ClipboardEvent} */ event, /** @type {() => void} */ after) => {
      if (!mine()) return;
      event.preventDefault();
      const text = copying.copied();
      if (!text) return;
      event.clipboardData?.setData("text/plain", text);
      after();
    };
    const listeners = /** @type {Record<string, (event: any) => void>} */ ({
      copy: (event) => give(event, () => undefined),
      cut: (event) => (mode.mayEdit ? give(event, () => copying.deleteCopied()) : undefined),
      paste: (event) => {
        if (!mine() || !mode.mayEdit) return;
        event.preventDefault();
        copying.pasteText(event.clipboardData?.getData("text/plain") ?? "");
      },
    });
    for (const [name, listener] of Object.entries(listeners)) document.addEventListener(name, listener);
    eventBus.on("diagram.destroy", () => Object.entries(listeners).forEach(([name, listener]) => document.removeEventListener(name, listener)));
  }
}
ClipboardEvents.$inject = ["eventBus", "canvas", "copying", "mode"];
