/** A question or a form over the page: the browser's own dialog, so that focus and Escape are right. */
import { useEffect, useRef } from "preact/hooks";
import { html } from "../panels/parts.js";
import { t } from "../words.js";

/**
 * @param {{ title: string, onClose: () => void, children: any, actions?: any, wide?: boolean }} props
 */
export function Dialog({ title, onClose, children, actions, wide = false }) {
  const element = useRef(/** @type {HTMLDialogElement | null} */ (null));
  useEffect(() => {
    element.current?.showModal();
  }, []);
  return html`<dialog ref=${element} class=${`sheet${wide ? " wide" : ""}`} aria-labelledby="sheet-title" onClose=${onClose} onCancel=${onClose}>
    <header><h2 id="sheet-title">${title}</h2><button type="button" class="btn-close" aria-label=${t("Close")} onClick=${onClose}></button></header>
    <div class="sheet-body">${children}</div>
    ${actions && html`<footer>${actions}</footer>`}
  </dialog>`;
}

/** @param {{ problems?: { message: string }[], error?: string }} props */
export function Refusal({ problems = [], error = "" }) {
  if (!error && !problems.length) return null;
  return html`<div class="alert alert-danger py-2" role="alert">${error}${problems.length > 0 && html`<ul class="mb-0 ps-3">${problems.slice(0, 12).map((p) => html`<li>${p.message}</li>`)}</ul>`}</div>`;
}
