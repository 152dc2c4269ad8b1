import { useEffect, useRef, useState } from "preact/hooks";
import { Glyph } from "../fields/glyphs.js";
import { html } from "../panels/parts.js";
import { moment, t } from "../words.js";

/** @typedef {import("./local.js").Snapshot} Snapshot */

/** As long as bk-sops' names of local drafts. */
const LONGEST_LABEL = 20;

/** This browser's snapshots of the flow: made, looked at, named and deleted. @param {{ session: any, editor: any, page: any, shown: number | undefined, show: (shown: { key: number, label: string, tree: any }) => void }} props */
export function KeptHere({ session, editor, page, shown, show }) {
  const [snapshots, setSnapshots] = useState(/** @type {Snapshot[]} */ ([]));
  const [renamed, rename] = useState(0);
  const read = () => session.local.snapshots().then(setSnapshots);
  useEffect(() => {
    read();
  }, []);
  // What was pressed goes with its row, or with its form: the focus stays in the list.
  const list = useRef(/** @type {HTMLElement | null} */ (null));
  const focus = (/** @type {number | undefined} */ at) => setTimeout(() => /** @type {HTMLElement | null | undefined} */ (list.current?.parentElement?.querySelector(at ? `[data-at="${at}"] .tool` : ".keep input"))?.focus());
  const change = async (/** @type {(before: Snapshot[]) => Snapshot[]} */ act, /** @type {number | undefined} */ next) => {
    await session.local.changeSnapshots(act);
    rename(0);
    await read();
    focus(next);
  };
  const leave = (/** @type {number} */ at) => {
    rename(0);
    focus(at);
  };
  const keep = (/** @type {string} */ label) => editor.get("snapshots").keep(label).then(read);
  const drop = (/** @type {Snapshot} */ { at, label }) => {
    const index = snapshots.findIndex((s) => s.at === at), next = (snapshots[index + 1] ?? snapshots[index - 1])?.at;
    if (window.confirm(t("Delete the snapshot {label}? Nothing else of it is kept.", { label }))) change((before) => before.filter((s) => s.at !== at), next);
  };
  if (!snapshots.length && !page.may_edit) return null;
  return html`<li class="heading" ref=${list}>${t("Kept in this browser")}</li>
    ${page.may_edit && html`<li><${LabelForm} verb=${t("Keep")} done=${keep} /></li>`}
    ${snapshots.map((s) => html`<li key=${s.at} class="snapshot" data-at=${s.at}>${renamed === s.at
      ? html`<${LabelForm} verb=${t("Rename")} label=${s.label} leave=${() => leave(s.at)} done=${(/** @type {string} */ label) => change((before) => before.map((b) => (b.at === s.at ? { ...b, label, isNamed: true } : b)), s.at)} />`
      : html`<button type="button" aria-current=${shown === s.at} onClick=${() => show({ key: s.at, label: s.label, tree: s.tree })}><b>${s.label}</b><small>${moment(s.at)}</small></button>
        <button type="button" class="tool" aria-label=${t("Rename {label}", { label: s.label })} title=${t("Rename")} onClick=${() => rename(s.at)}><${Glyph} name="pencil" size=${14} /></button>
        <button type="button" class="tool" aria-label=${t("Delete {label}", { label: s.label })} title=${t("Delete")} onClick=${() => drop(s)}><${Glyph} name="trash" size=${14} /></button>`}</li>`)}`;
}

/** @param {{ verb: string, label?: string, done: (label: string) => Promise<any>, leave?: () => void }} props */
function LabelForm({ verb, label = "", done, leave }) {
  const sent = (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const form = /** @type {HTMLFormElement} */ (event.target), written = String(new FormData(form).get("label")).trim();
    if (written) done(written).then(() => form.reset());
  };
  const keys = (/** @type {KeyboardEvent} */ event) => {
    if (event.key !== "Escape" || !leave) return;
    event.preventDefault();
    leave();
  };
  return html`<form class="keep" onSubmit=${sent}><input name="label" class="form-control form-control-sm" maxlength=${LONGEST_LABEL} required defaultValue=${label} autofocus=${Boolean(label)} aria-label=${t("Name of a snapshot")} placeholder=${t("Name of a snapshot")} onKeyDown=${keys} /><button class="btn btn-sm">${verb}</button></form>`;
}
