import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { html } from "../panels/parts.js";
import { t } from "../words.js";
import { walkMenu } from "../panels/menu_keys.js";
import { saveFile } from "./saving_files.js";

/** Everything that is done now and then: versions, files in and out, pictures. @param {any} props */
export function Menu({ editor, page, session, show, attempt }) {
  const [open, setOpen] = useState(false);
  const element = useRef(/** @type {HTMLElement | null} */ (null));
  // At once: who presses one key after the other does not wait for the picture.
  useLayoutEffect(() => {
    if (!open) return undefined;
    /** @type {HTMLElement | null | undefined} */ (element.current?.querySelector("[role=menuitem]:not(:disabled)"))?.focus();
    const elsewhere = (/** @type {Event} */ e) => !element.current?.contains(/** @type {Node} */ (e.target)) && setOpen(false);
    document.addEventListener("pointerdown", elsewhere);
    return () => document.removeEventListener("pointerdown", elsewhere);
  }, [open]);
  const choose = (/** @type {() => any} */ act) => () => {
    setOpen(false);
    // What it opens gives the focus back here.
    element.current?.querySelector("button")?.focus();
    act();
  };
  const item = (/** @type {string} */ label, /** @type {() => any} */ act, enabled = true) => html`<button type="button" role="menuitem" tabindex="-1" class="dropdown-item" disabled=${!enabled} onClick=${choose(act)}>${label}</button>`;
  const picture = editor.get("picture", false), actions = editor.get("actions", false);
  const action = (/** @type {string} */ name) => actions?.[name]?.enabled() && item(actions[name].label, () => actions[name].run());
  const saveAs = async (/** @type {string} */ kind) => saveFile(`${session.name || "flow"}.${kind}`, kind === "svg" ? new Blob([await picture.svg()], { type: "image/svg+xml" }) : await picture.png());
  return html`<span class="dropdown" ref=${element} onKeyDown=${(/** @type {KeyboardEvent} */ e) => walkMenu(e, element.current, open, setOpen)}>
    <button type="button" class="btn" aria-haspopup="menu" aria-expanded=${open} onClick=${() => setOpen(!open)}>${t("More")}</button>
    ${open && html`<div class="dropdown-menu dropdown-menu-end show" role="menu" aria-label=${t("More")}>
      ${item(t("Versions and changes…"), () => show("versions"), session.id !== null)}
      ${page.may_edit && item(t("Import a file…"), () => show("import"))}
      ${page.may_edit && item(t("Discard the draft"), () => window.confirm(t("Discard the draft of {name}? The canvas goes back to what was published last.", { name: session.name })) && attempt(() => session.discard()), session.version !== null && (session.hasDraft || session.isUnsaved))}
      <div class="dropdown-divider" role="separator"></div>
      ${item(t("Export as a file…"), () => show("export"))}
      ${picture && html`${item(t("Save the picture as SVG"), () => saveAs("svg"))}${item(t("Save the picture as PNG"), () => saveAs("png"))}`}
      ${actions && html`<div class="dropdown-divider" role="separator"></div>${["layout", "tidy", "minimap", "find", "help"].map(action)}`}
    </div>`}
  </span>`;
}
