/** The whole flow as JSON, which can be edited and put in place of the flow as one step to undo. */
import { useEffect, useMemo, useRef } from "preact/hooks";
import { useCode } from "../../fields/code.js";
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
  const { type, settle } = useSettled(editor, (now) => codeText.type(now, written));
  const { parent, code } = useCode(jsonEditor, { label: t("The flow as JSON"), text, type, done: settle, disabled: !mayEdit });
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
    <div class="code-text" ref=${parent}></div>
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
 * Tells what is typed a moment after the last key; what is pending counts when it is asked for, and when the panel goes.
 * @param {any} editor
 * @param {(text: string) => void} changed
 */
function useSettled(editor, changed) {
  const tell = useRef(changed), waiting = useRef({ timer: 0, text: /** @type {string | null} */ (null) });
  tell.current = changed;
  const settle = () => {
    const { timer, text } = waiting.current;
    clearTimeout(timer);
    waiting.current.text = null;
    if (text !== null) tell.current(text);
  };
  const type = (/** @type {string} */ text) => {
    clearTimeout(waiting.current.timer);
    waiting.current = { text, timer: window.setTimeout(settle, AFTER_TYPING_MS) };
  };
  useEffect(() => {
    const bus = editor.get("eventBus");
    bus.on("editor.flush", settle);
    return () => {
      settle();
      bus.off("editor.flush", settle);
    };
  }, [editor]);
  return { type, settle };
}

/** JSON with line numbers; Tab leaves it where nothing is typed. @param {typeof import("../../fields/code_mirror.js")} module @param {any} wanted */
function jsonEditor({ codeEditor }, wanted) {
  const made = codeEditor({ ...wanted, language: "json" });
  made.view.contentDOM.tabIndex = 0;
  return made;
}
