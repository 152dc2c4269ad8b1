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

  /** Keep what was written. */
  close() {
    if (!this.current) return;
    const { note, area, id } = this.current;
    this.current = null;
    const { value } = area;
    this.overlays.remove(id);
    if (note.parent && value !== note.businessObject.note.text) this.modeling.updateNote(note, value);
  }
}
NoteEditing.$inject = ["eventBus", "overlays", "modeling", "canvas"];
