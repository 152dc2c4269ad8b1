import { html } from "../panels/parts.js";
import { t } from "../words.js";
import { Dialog } from "./dialog.js";

/** Goes to the form that makes a task of what is published. @param {any} session @param {any} page */
export const goToTask = (session, page) => window.location.assign(addressOf(session, page));

/** @param {any} session @param {any} page */
const addressOf = (session, page) => `/projects/${page.project.id}/tasks/new?template=${session.id}`;

/** Whether what is on the canvas is what a task would run. @param {any} session */
export const isPublished = (session) => session.version !== null && !session.hasDraft && !session.isUnsaved;

/** Says that edits that are not published do not run, and leads to the form that makes a task. @param {{ session: any, page: any, publish: () => void, onClose: () => void }} props */
export function RunDialog({ session, page, publish, onClose }) {
  const words = session.version === null
    ? t("This flow has not been published yet. Publish it, then run it.")
    : t("The canvas differs from version {number}. A task runs what is published.", { number: session.version });
  return html`<${Dialog} title=${t("Run this flow")} onClose=${onClose}
    actions=${html`<button type="button" class="btn" onClick=${onClose}>${t("Back to the canvas")}</button>
      ${session.version !== null && html`<a class="btn" href=${addressOf(session, page)}>${t("Run version {number}", { number: session.version })}</a>`}
      ${page.may_edit && html`<button type="button" class="btn btn-primary" onClick=${publish}>${t("Publish first")}</button>`}`}>
    <p>${words}</p>
  <//>`;
}
