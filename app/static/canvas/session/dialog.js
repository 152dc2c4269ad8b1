/** A question or a form over the page: the browser's own dialog, so that focus and Escape are right. */
import { useLayoutEffect, useRef } from "preact/hooks";
import { html } from "../panels/parts.js";
import { t } from "../words.js";

/**
 * @param {{ title: string, onClose: () => void, children: any, actions?: any, wide?: boolean }} props
 */
export function Dialog({ title, onClose, children, actions, wide = false }) {
  const element = useRef(/** @type {HTMLDialogElement | null} */ (null));
  // Before the effects of what is in it, which measure.
  useLayoutEffect(() => {
    element.current?.showModal();
  }, []);
  return html`<dialog ref=${element} class=${`sheet${wide ? " wide" : ""}`} aria-labelledby="sheet-title" onClose=${onClose} onCancel=${onClose}>
    <header><h2 id="sheet-title">${title}</h2><button type="button" class="btn-close" aria-label=${t("Close")} onClick=${onClose}></button></header>
    <div class="sheet-body">${children}</div>
    ${actions && html`<footer>${actions}</footer>`}
  </dialog>`;
}

/** How many problems are told one by one. */
const MOST_PROBLEMS = 12;

/** Why something was refused: one sentence, or everything that is wrong. @param {{ problems?: { message: string }[], error?: string }} props */
export function Refusal({ problems = [], error = "" }) {
  if (!error && !problems.length) return null;
  if (problems.length < 2) return html`<div class="alert alert-danger" role="alert">${problems[0]?.message ?? error}</div>`;
  const rest = problems.length - MOST_PROBLEMS;
  return html`<div class="alert alert-danger" role="alert"><ul>${problems.slice(0, MOST_PROBLEMS).map((p) => html`<li>${p.message}</li>`)}</ul>${rest > 0 && html`<p>${t("And {count} more", { count: rest })}</p>`}</div>`;
}
