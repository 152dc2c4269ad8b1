/** Where the pointer is on the canvas; null while it is elsewhere. */
export default class Pointer {
  /** @param {any} canvas @param {any} view */
  constructor(canvas, view) {
    /** @type {{ clientX: number, clientY: number } | null} */
    this.event = null;
    this.view = view;
    const container = canvas.getContainer();
    container.addEventListener("pointermove", (/** @type {PointerEvent} */ { clientX, clientY }) => void (this.event = { clientX, clientY }));
    container.addEventListener("pointerleave", () => void (this.event = null));
  }

  /** @returns {import("../diagram/types.js").Point | null} */
  get at() {
    return this.event && this.view.atPointer(this.event);
  }
}
Pointer.$inject = ["canvas", "view"];
