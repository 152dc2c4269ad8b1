/** The form of a note. */
import { t } from "../../words.js";
import { html } from "../parts.js";
import { useForm } from "../../fields/form.js";
import { Head, Tile } from "./head.js";
import { PlainField, Section } from "./parts.js";

/** @param {{ shape: any }} props */
export function NoteForm({ shape }) {
  const { editor } = useForm();
  return html`<${Head} kind=${t("Note")} tone="note" icon=${html`<${Tile} name="note" />`}><b class="i-name">${t("A remark on the canvas")}</b></${Head}>
    <${Section} name="note" title=${t("Text")}><${PlainField} label=${t("What it says")} widget="textarea" value=${shape.businessObject.note.text ?? ""} save=${(/** @type {string} */ v) => shape.parent && editor.get("modeling").updateNote(shape, v)} /></${Section}>`;
}
