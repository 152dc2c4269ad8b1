/** The whole flow as JSON, which can be edited and put in place of the flow as one step to undo. */
import { useEffect, useMemo, useRef } from "preact/hooks";
import { Glyph } from "../../fields/glyphs.js";
import { html, useEvents, useTree } from "../parts.js";
import { t } from "../../words.js";
import { Differences } from "./differences.js";
import { readText } from "./reading.js";

const AFTER_TYPING_MS = 250;

/** @typedef {import("../../tree/types.js").Tree} Tree */

/** @param {{ editor: any, server: any, page: any }} props */
export function Code({ editor, server, page }) {
  const tree = useTree(editor), mayEdit = page.may_edit !== false, written = useMemo(() => JSON.stringify(tree, null, 2), [tree]);
  useEvents(editor, ["code.changed"]);
  /** @type {import("./text.js").default} */
  const codeText = editor.get("codeText"), { edited } = codeText, text = edited?.text ?? written;
  const code = useCode(editor, { text, mayEdit, changed: (now) => codeText.type(now, written) });
  const read = useMemo(() => (edited ? readText(edited.text) : null), [edited]);
  const take = () => {
    if (!read || !("tree" in read)) return;
    editor.get("modeling").replaceTree(read.tree);
    codeText.drop();
  };
  return html`<div class="code-panel">
    <div class="panel-bar">
      ${mayEdit && html`<button type="button" class="btn btn-sm btn-primary" disabled=${!read || !("tree" in read)} onClick=${take}>${t("Apply")}</button>
        <button type="button" class="btn btn-sm" disabled=${!edited} onClick=${() => codeText.drop()}>${t("Take back")}</button>`}
      <span class="code-state" role="status"><${State} server=${server} read=${read} now=${tree} isOld=${edited !== null && edited.of !== written} go=${(/** @type {number} */ at) => code.current?.view.dispatch({ selection: { anchor: at }, scrollIntoView: true })} /></span>
      <span class="panel-total"><button type="button" class="btn btn-sm" onClick=${() => navigator.clipboard?.writeText(text)}><${Glyph} name="copy" size=${14} />${t("Copy")}</button>
        <a class="btn btn-sm" download=${`${page.template.name || "flow"}.json`} href="#" onClick=${(/** @type {any} */ e) => (e.currentTarget.href = addressOf(text))}><${Glyph} name="download" size=${14} />${t("Download")}</a></span>
    </div>
    <div class="code-text" ref=${code.parent}></div>
  </div>`;
}
Code.title = () => t("Code");

/** A mark on the tab for as long as there is text that is not applied. @param {{ editor: any }} props */
Code.Count = function Count({ editor }) {
  useEvents(editor, ["code.changed"]);
  return editor.get("codeText").edited && html`<span class="count none" role="img" aria-label=${t("not applied")} title=${t("not applied")}>•</span>`;
};

/** What stands there now: as the flow is, not readable, or with so many differences. @param {{ server: any, read: import("./reading.js").Read | null, now: Tree, isOld: boolean, go: (at: number) => void }} props */
function State({ server, read, now, isOld, go }) {
  if (!read) return t("This is the flow as it is");
  if ("problem" in read) return read.at === null ? html`<span class="fits-not">${read.problem}</span>` : html`<button type="button" class="as-link fits-not" onClick=${() => go(read.at ?? 0)}>${read.problem}</button>`;
  return html`${isOld && html`<span class="fits-not">${t("The flow has changed since; applying this undoes that.")}</span> `}<${Differences} server=${server} now=${now} then=${read.tree} />`;
}

/** The text as a file's address; it is let go once the download has begun. @param {string} text */
function addressOf(text) {
  const address = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  setTimeout(() => URL.revokeObjectURL(address), 10000);
  return address;
}

/**
 * The editor of code for as long as the panel is shown. What was typed last counts when it goes, and when all that is pending is asked for.
 * @param {any} editor
 * @param {{ text: string, mayEdit: boolean, changed: (text: string) => void }} props
 */
function useCode(editor, { text, mayEdit, changed }) {
  const parent = useRef(/** @type {HTMLElement | null} */ (null)), current = useRef(/** @type {import("../../fields/code_mirror.js").Code | null} */ (null));
  const now = useRef({ text, changed });
  now.current = { text, changed };
  useEffect(() => {
    let isGone = false, timer = 0;
    let pending = () => {};
    const typed = (/** @type {string} */ value) => {
      clearTimeout(timer);
      pending = () => {
        clearTimeout(timer);
        pending = () => {};
        now.current.changed(value);
      };
      timer = window.setTimeout(() => pending(), AFTER_TYPING_MS);
    };
    import("../../fields/code_mirror.js").then(({ codeEditor }) => {
      if (isGone || !parent.current) return;
      current.current = codeEditor({ parent: parent.current, text: now.current.text, label: t("The flow as JSON"), language: "json", readOnly: !mayEdit, changed: typed, left: () => pending(), offers: () => [], take: (offer) => offer.name });
      current.current.view.contentDOM.tabIndex = 0;
    });
    const flush = () => pending(), bus = editor.get("eventBus");
    bus.on("editor.flush", flush);
    return () => {
      isGone = true;
      flush();
      bus.off("editor.flush", flush);
      current.current?.destroy();
    };
  }, []);
  useEffect(() => current.current?.setText(text), [text]);
  return { parent, get current() { return current.current; } };
}
