import { useEffect, useRef, useState } from "preact/hooks";
import { html } from "../panels/parts.js";
import { t } from "../words.js";

/** Everything that is done now and then: versions, files in and out, pictures. @param {any} props */
export function Menu({ editor, page, session, show, attempt }) {
  const [open, setOpen] = useState(false);
  const element = useRef(/** @type {HTMLElement | null} */ (null));
  useEffect(() => {
    const elsewhere = (/** @type {Event} */ e) => !element.current?.contains(/** @type {Node} */ (e.target)) && setOpen(false);
    document.addEventListener("pointerdown", elsewhere);
    return () => document.removeEventListener("pointerdown", elsewhere);
  }, []);
  const choose = (/** @type {() => any} */ act) => () => {
    setOpen(false);
    act();
  };
  const item = (/** @type {string} */ label, /** @type {() => any} */ act, enabled = true) => html`<button type="button" role="menuitem" class="dropdown-item" disabled=${!enabled} onClick=${choose(act)}>${label}</button>`;
  const file = (/** @type {string} */ kind, /** @type {string} */ label) => html`<a role="menuitem" class=${`dropdown-item ${session.version === null ? "disabled" : ""}`} href=${`${page.base}/flows/${session.id}/export/${kind}`} download onClick=${choose(() => undefined)}>${label}</a>`;
  const picture = editor.get("picture", false), actions = editor.get("actions", false);
  const action = (/** @type {string} */ name) => actions?.[name]?.enabled() && item(actions[name].label, () => actions[name].run());
  const saveAs = async (/** @type {string} */ kind) => download(`${session.name || "flow"}.${kind}`, kind === "svg" ? new Blob([await picture.svg()], { type: "image/svg+xml" }) : await picture.png());
  return html`<span class="dropdown" ref=${element} onKeyDown=${(/** @type {KeyboardEvent} */ e) => e.key === "Escape" && setOpen(false)}>
    <button type="button" class="btn" aria-haspopup="menu" aria-expanded=${open} onClick=${() => setOpen(!open)}>${t("More")}</button>
    ${open && html`<div class="dropdown-menu dropdown-menu-end show" role="menu">
      ${item(t("Versions and changes…"), () => show("versions"), session.id !== null)}
      ${page.may_edit && item(t("Import a file…"), () => show("import"))}
      ${page.may_edit && item(t("Discard the draft"), () => window.confirm(t("Discard the draft of {name}? The canvas goes back to what was published last.", { name: session.name })) && attempt(() => session.discard()), session.version !== null && (session.hasDraft || session.isUnsaved))}
      <div class="dropdown-divider"></div>
      ${file("json", t("Export as JSON"))}${file("yaml", t("Export as YAML"))}${file("dat", t("Export as .dat of bk-sops"))}${file("bpmn", t("Export as BPMN 2.0"))}
      ${picture && html`${item(t("Save the picture as SVG"), () => saveAs("svg"))}${item(t("Save the picture as PNG"), () => saveAs("png"))}`}
      ${actions && html`<div class="dropdown-divider"></div>${["layout", "minimap", "find", "help"].map(action)}`}
    </div>`}
  </span>`;
}

/** @param {string} name @param {Blob} blob */
function download(name, blob) {
  const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(blob), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}
