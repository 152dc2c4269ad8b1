import { useLayoutEffect, useRef } from "preact/hooks";
import { html } from "../parts.js";
import { t } from "../../words.js";

/** Asks before something is deleted, where it stands; Escape keeps it. @param {{ yes: () => void, no: () => void, children: any }} props */
export function Ask({ yes, no, children }) {
  const keep = useRef(/** @type {HTMLButtonElement | null} */ (null));
  useLayoutEffect(() => keep.current?.focus(), []);
  const keys = (/** @type {KeyboardEvent} */ e) => {
    e.stopPropagation();
    if (e.key === "Escape") no();
  };
  return html`<div class="panel-ask" role="alertdialog" aria-label=${t("Delete?")} onKeyDown=${keys}><p>${children}</p>
    <button type="button" class="btn btn-sm btn-danger" onClick=${yes}>${t("Delete")}</button><button type="button" ref=${keep} class="btn btn-sm" onClick=${no}>${t("Keep")}</button></div>`;
}
