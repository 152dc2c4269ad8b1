import { useState } from "preact/hooks";
import { html } from "../panels/parts.js";
import { t } from "../words.js";
import { Dialog, Refusal } from "./dialog.js";
import { saveFile } from "./saving_files.js";

/** @type {Record<string, () => [string, string]>} What each format is called, and what it is good for. */
const FORMATS = {
  json: () => ["JSON", t("the flow by itself; opened again by Import")],
  yaml: () => ["YAML", t("to read and to keep under version control, with the flows that its subprocesses run")],
  dat: () => [t(".dat of bk-sops"), t("for bk-sops, with the flows that its subprocesses run")],
  bpmn: () => ["BPMN 2.0", t("for other tools; it is not read back")],
};

/** Saves a version, or what is on the canvas, as a file; what keeps it from being written is told. @param {any} props */
export function ExportDialog({ session, server, page, editor, onClose }) {
  const differs = session.version === null || session.hasDraft || session.isUnsaved;
  const [ofCanvas, setOfCanvas] = useState(differs), [refused, setRefused] = useState(/** @type {any} */ (null));
  const write = async (/** @type {string} */ form) => {
    editor.get("eventBus").fire("editor.flush");
    const { category, description, labels } = page.template;
    try {
      const { name, text } = await server.send("POST", `/export/${form}`, { tree: session.store.tree, name: session.name, category, description, labels, template_id: session.id });
      saveFile(name, new Blob([text]));
      onClose();
    } catch (error) {
      setRefused(error);
    }
  };
  const choice = (/** @type {boolean} */ isCanvas, /** @type {string} */ label) => html`<label class="form-check"><input class="form-check-input" type="radio" name="what" checked=${ofCanvas === isCanvas} onChange=${() => setOfCanvas(isCanvas)} /><span class="form-check-label">${label}</span></label>`;
  const number = session.version, title = ofCanvas ? t("Export the canvas") : t("Export version {number}", { number });
  const rows = Object.entries(FORMATS).map(([form, words]) => {
    const [name, use] = words(), inside = html`<b>${name}</b><span class="text-secondary d-block small">${use}</span>`;
    if (ofCanvas) return html`<button type="button" class="list-group-item list-group-item-action" onClick=${() => write(form)}>${inside}</button>`;
    return html`<a class="list-group-item list-group-item-action" href=${`${page.base}/flows/${session.id}/export/${form}?version=${number}`} download onClick=${() => setTimeout(onClose)}>${inside}</a>`;
  });
  return html`<${Dialog} title=${title} onClose=${onClose}>
    <${Refusal} refused=${refused} editor=${editor} onGo=${onClose} />
    ${number === null ? html`<p>${t("This flow has not been published yet: the file holds what is on the canvas.")}</p>`
      : differs && html`<div class="mb-3">${choice(true, t("The canvas as it is, with what is not published yet"))}${choice(false, t("Version {number}, as it was published", { number }))}</div>`}
    <div class="list-group">${rows}</div>
    <p class="text-secondary small mt-3 mb-0">${t("Passwords are left empty in files.")}</p>
  <//>`;
}
