import { useState } from "preact/hooks";
import { html } from "../panels/parts.js";
import { t } from "../words.js";
import { Dialog, Refusal } from "./dialog.js";

/** Opens a file's flow on the canvas, and tells what is wrong with it; what was there can be brought back by undo. @param {any} props */
export function ImportDialog({ session, server, editor, onClose }) {
  const [refused, setRefused] = useState(/** @type {any} */ (null));
  const [opened, setOpened] = useState(/** @type {{ message: string }[] | null} */ (null));
  const [choices, setChoices] = useState(/** @type {{ file: File, names: string[] } | null} */ (null));
  const read = async (/** @type {File} */ file, name = "") => {
    const form = new FormData();
    form.append("file", file);
    if (name) form.append("name", name);
    try {
      const answer = await server.send("POST", "/import", form);
      if (answer.names) return setChoices({ file, names: answer.names });
      session.take(answer.tree);
      if (!session.name) session.rename(answer.name ?? "");
      if (!answer.problems.length) return onClose();
      setRefused(null);
      setOpened(answer.problems);
    } catch (error) {
      setRefused(error);
    }
  };
  const dropped = (/** @type {DragEvent} */ event) => {
    event.preventDefault();
    const file = event.dataTransfer?.files[0];
    if (file) read(file);
  };
  if (opened) return html`<${Dialog} title=${t("The flow is on the canvas")} onClose=${onClose} actions=${html`<button type="button" class="btn btn-primary" onClick=${onClose}>${t("To the canvas")}</button>`}>
    <p>${t("Before it can be published this has to be put right:")}</p><${Refusal} refused=${{ message: "", problems: opened }} editor=${editor} onGo=${onClose} />
  <//>`;
  return html`<${Dialog} title=${t("Import a flow")} onClose=${onClose}>
    <${Refusal} refused=${refused} />
    ${choices ? html`<p>${t("The file holds several flows. Which one?")}</p><div class="list-group">${choices.names.map((name) => html`<button type="button" class="list-group-item list-group-item-action" onClick=${() => read(choices.file, name)}>${name}</button>`)}</div>`
      : html`<label class="drop-zone" onDragOver=${(/** @type {Event} */ e) => e.preventDefault()} onDrop=${dropped}>
        <input type="file" accept=".json,.yaml,.yml,.dat" onChange=${(/** @type {any} */ e) => e.target.files[0] && read(e.target.files[0])} />
        <b>${t("Choose a file, or drop it here")}</b><span>${t("JSON or YAML of a flow, or a .dat export of bk-sops; BPMN is only written")}</span></label>`}
  <//>`;
}
