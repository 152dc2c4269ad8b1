/** Writes a note where it stands. A new note is written at once. */
import { t } from "../words.js";

export default class NoteEditing {
  /** @param {any} eventBus @param {any} overlays @param {any} modeling @param {any} canvas */
  constructor(eventBus, overlays, modeling, canvas) {
    this.overlays = overlays;
    this.modeling = modeling;
    this.canvas = canvas;
    /** @type {{ note: any, area: HTMLTextAreaElement, id: string } | null} */
    this.current = null;
    eventBus.on(["adding.added"], (/** @type {any} */ { element }) => void (element.businessObject.kind === "Note" && this.open(element)));
    eventBus.on(["drag.start", "diagram.clear"], () => this.close());
    eventBus.on("editor.flush", () => this.#keep());
  }

  /** @param {any} note */
  open(note) {
    this.close();
    const area = document.createElement("textarea");
    Object.assign(area, { className: "note-area", value: note.businessObject.note.text });
    area.setAttribute("aria-label", t("Text of the note"));
    Object.assign(area.style, { width: `${note.width}px`, height: `${note.height}px` });
    area.addEventListener("blur", () => this.close());
    area.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" && !(event.key === "Enter" && (event.ctrlKey || event.metaKey))) return;
      // The page has another use for Ctrl-Enter.
      event.stopPropagation();
      event.preventDefault();
      this.close();
      this.canvas.focus();
    });
    this.current = { note, area, id: this.overlays.add(note, "note-area", { position: { left: 0, top: 0 }, html: area }) };
    area.focus({ preventScroll: true });
  }

  /** Keep what was written, and be done with it. */
  close() {
    if (!this.current) return;
    const { note, area: { value }, id } = this.current;
    this.current = null;
    this.overlays.remove(id);
    this.#put(note, value);
  }

  /** Keep what is written so far. */
  #keep() {
    if (this.current) this.#put(this.current.note, this.current.area.value);
  }

  /** @param {any} note @param {string} text */
  #put(note, text) {
    if (note.parent && text !== note.businessObject.note.text) this.modeling.updateNote(note, text);
  }
}
NoteEditing.$inject = ["eventBus", "overlays", "modeling", "canvas"];
