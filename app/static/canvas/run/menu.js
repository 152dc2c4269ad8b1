/** What is done with a task now and then: shared, compared, taken away, run again. */
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { html } from "../panels/parts.js";
import { t } from "../words.js";
import { walkMenu } from "../panels/menu_keys.js";
import { shareLink } from "./sharing.js";

/** @param {{ run: import("./page.js").Run }} props */
export function Menu({ run }) {
  const [isOpen, open] = useState(false);
  const element = useRef(/** @type {HTMLElement | null} */ (null));
  const { base, project, task } = run.data;
  // At once: who presses one key after the other does not wait for the picture.
  useLayoutEffect(() => {
    if (!isOpen) return undefined;
    /** @type {HTMLElement | null | undefined} */ (element.current?.querySelector("[role=menuitem]"))?.focus();
    const elsewhere = (/** @type {Event} */ e) => !element.current?.contains(/** @type {Node} */ (e.target)) && open(false);
    document.addEventListener("pointerdown", elsewhere);
    return () => document.removeEventListener("pointerdown", elsewhere);
  }, [isOpen]);
  const choose = (/** @type {() => unknown} */ act) => () => {
    open(false);
    // What it opens gives the focus back here.
    element.current?.querySelector("button")?.focus();
    act();
  };
  const item = (/** @type {string} */ words, /** @type {() => unknown} */ act) => html`<button type="button" role="menuitem" class="dropdown-item" onClick=${choose(act)}>${words}</button>`;
  const link = (/** @type {string} */ words, /** @type {string} */ href, isFile = false) => html`<a role="menuitem" class="dropdown-item" href=${href} download=${isFile || undefined} onClick=${() => open(false)}>${words}</a>`;
  return html`<span class="dropdown" ref=${element} onKeyDown=${(/** @type {KeyboardEvent} */ e) => walkMenu(e, element.current, isOpen, open)}>
    <button type="button" class="btn" aria-haspopup="menu" aria-expanded=${isOpen} onClick=${() => open(!isOpen)}>${t("More")}</button>
    ${isOpen && html`<div class="dropdown-menu dropdown-menu-end show" role="menu">
      ${item(t("Copy the link to what is open"), () => shareLink(run))}
      ${run.data.may_operate && link(t("Run it again…"), `/projects/${project.id}/tasks/new?task=${task.id}`)}
      ${task.template_id !== null && item(t("Compare with the flow now…"), () => run.set({ dialog: "changes" }))}
      <div class="dropdown-divider"></div>
      ${link(t("Report to read and print"), `${base}/report`)}${link(t("Export as JSON"), `${base}/export.json`, true)}
      <div class="dropdown-divider"></div>
      ${item(t("Keys"), () => run.set({ dialog: "keys" }))}
    </div>`}
  </span>`;
}
