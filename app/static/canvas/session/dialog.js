/** A question or a form over the page: the browser's own dialog, so that focus and Escape are right. @typedef {import("../panels/problems/places.js").Problem} Problem */
import { useLayoutEffect, useRef } from "preact/hooks";
import { html } from "../panels/parts.js";
import { placeOf } from "../panels/problems/places.js";
import { t } from "../words.js";

/**
 * @param {{ title: string, onClose: () => void, children: any, actions?: any, wide?: boolean, isHeld?: boolean }} props isHeld: it is not to be closed now
 */
export function Dialog({ title, onClose, children, actions, wide = false, isHeld = false }) {
  const element = useRef(/** @type {HTMLDialogElement | null} */ (null));
  // Before the effects of what is in it, which measure.
  useLayoutEffect(() => {
    const dialog = element.current;
    dialog?.showModal();
    // One that is taken away while it is open gives the focus to nobody.
    return () => dialog?.close();
  }, []);
  const cancelled = (/** @type {Event} */ event) => isHeld && event.preventDefault();
  // What is in it may be closed too; and that it was closed is told once more when it is gone.
  const closed = (/** @type {Event} */ event) => event.target === event.currentTarget && element.current && onClose();
  return html`<dialog ref=${element} class=${`sheet${wide ? " wide" : ""}`} aria-labelledby="sheet-title" onClose=${closed} onCancel=${cancelled}>
    <header><h2 id="sheet-title">${title}</h2><button type="button" class="btn-close" aria-label=${t("Close")} disabled=${isHeld} onClick=${onClose}></button></header>
    <div class="sheet-body">${children}</div>
    ${actions && html`<footer>${actions}</footer>`}
  </dialog>`;
}

/** How many problems are told one by one. */
const MOST_PROBLEMS = 12;

/**
 * Why something was refused: one sentence, or everything that is wrong; with an editor, each leads to its place on the canvas.
 * @param {{ refused: { message: string, problems?: Problem[], isLoggedOut?: boolean } | null, editor?: any, onGo?: () => void }} props onGo is told before it goes there
 */
export function Refusal({ refused, editor, onGo }) {
  if (!refused) return null;
  const { message, problems = [], isLoggedOut } = refused;
  const told = (/** @type {Problem} */ problem) => (editor && problem.where ? html`<${Told} problem=${problem} editor=${editor} onGo=${onGo} />` : problem.message);
  if (problems.length < 2) return html`<div class="alert alert-danger" role="alert">${problems.length ? told(problems[0]) : message}${isLoggedOut && html` <${LogIn} />`}</div>`;
  const rest = problems.length - MOST_PROBLEMS;
  return html`<div class="alert alert-danger" role="alert"><ul>${problems.slice(0, MOST_PROBLEMS).map((p) => html`<li>${told(p)}</li>`)}</ul>${rest > 0 && html`<p>${t("And {count} more", { count: rest })}</p>`}</div>`;
}

/** Leads to the login without leaving what is not saved. @param {{ class?: string }} props */
export const LogIn = (props) => html`<a class=${props.class} href="/login" target="_blank" rel="noopener">${t("Log in again")}</a>`;

/** A problem as its panel words it, which leads to its place. @param {{ problem: Problem, editor: any, onGo?: () => void }} props */
function Told({ problem, editor, onGo }) {
  const [{ message }] = editor.get("problems").worded([problem]), { name, go, isWhole } = placeOf(editor, problem.where);
  if (isWhole) return message;
  const leave = () => {
    onGo?.();
    go();
  };
  return html`<button type="button" class="as-link text-start" onClick=${leave}>${!message.includes(name) && html`<b>${name}</b>: `}${message}</button>`;
}
