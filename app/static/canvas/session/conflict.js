import { useState } from "preact/hooks";
import { html } from "../panels/parts.js";
import { moment, t } from "../words.js";
import { Comparison } from "./comparison.js";
import { Dialog, Refusal } from "./dialog.js";

/** Someone saved in between: shows both, and lets the reader choose. Neither is thrown away before that. @param {any} props */
export function ConflictDialog({ session, conflict, page, editor }) {
  const [message, setMessage] = useState("");
  const [later, setLater] = useState(false);
  const { theirs, kind } = conflict;
  const settle = (/** @type {Promise<any>} */ done) => done.catch((/** @type {Error} */ error) => setMessage(error.message));
  if (later) return html`<div class="notice-bar" role="alert"><span>${t("Nothing is saved on the server until you choose between your edits and theirs.")}</span><button type="button" class="btn btn-sm btn-primary" onClick=${() => setLater(false)}>${t("Choose")}</button></div>`;
  const values = { name: theirs.by, time: moment(theirs.at), number: theirs.version };
  const what = kind === "draft" ? t("{name} saved this draft at {time}.", values) : t("{name} published version {number} at {time}.", values);
  return html`<${Dialog} wide title=${t("Someone saved in between")} onClose=${() => setLater(true)}
    actions=${html`<button type="button" class="btn me-auto" onClick=${() => setLater(true)}>${t("Decide later")}</button>
      <button type="button" class="btn" onClick=${() => settle(session.takeTheirs(conflict))}>${t("Take theirs")}</button>
      <button type="button" class="btn btn-primary" onClick=${() => settle(session.takeMine(conflict))}>${t("Keep mine")}</button>`}>
    <${Refusal} error=${message} />
    <p>${what} ${t("Taking theirs can be undone on the canvas; theirs stays in the versions if it was published.")}</p>
    <${Comparison} before=${theirs.tree} after=${session.store.tree} names=${[t("Theirs"), t("Yours")]} page=${page} editor=${editor} />
  <//>`;
}
