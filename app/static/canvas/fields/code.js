/** Code, and anything else that is best written in an editor of its own. */
import { useEffect, useRef, useState } from "preact/hooks";
import { html } from "htm/preact";
import { t } from "../words.js";
import { useForm } from "./form.js";
import { IconButton } from "./glyphs.js";
import { languageOf } from "./languages.js";

/**
 * @import { WidgetProps } from "./form.js"
 * @import { Code } from "./code_mirror.js"
 * @import { Language } from "./languages.js"
 */

/** @type {Record<Language, string>} */
const NAMES = { shell: "Shell", python: "Python", json: "JSON", text: "Text" };

/** A text of code. What is no text yet is written as JSON, and stays what it is while that can be read. @param {WidgetProps} props */
export function CodeField({ field, value, type, commit, beside = [], valueOf = () => undefined, ...rest }) {
  const isText = typeof value === "string" || value === undefined || value === null;
  const language = isText ? languageOf(field, beside, valueOf) : "json", text = isText ? (value ?? "") : JSON.stringify(value, null, 2);
  const meant = (/** @type {string} */ typed) => (isText ? typed : asJson(typed));
  return html`<${CodeBox} ...${rest} field=${field} text=${text} language=${language} type=${(/** @type {string} */ v) => type(meant(v))} />`;
}

/** A value that no widget can show. @param {WidgetProps} props */
export function JsonField({ value, type, ...rest }) {
  const [broken, setBroken] = useState(/** @type {string | null} */ (null));
  const change = (/** @type {string} */ typed) => {
    const read = readJson(typed);
    setBroken(read ? null : typed);
    if (read) type(read.value);
  };
  const text = broken ?? (value === undefined ? "" : JSON.stringify(value, null, 2));
  return html`<${CodeBox} ...${rest} text=${text} language="json" type=${change} />${broken !== null && html`<p class="f-wrong">${t("This is not JSON yet; what was there before counts")}</p>`}`;
}

/** @param {{ id: string, field: { name: string }, text: string, language: Language, type: (text: string) => void, done: () => void, disabled: boolean, invalid?: boolean, describedBy?: string }} props */
function CodeBox({ id, field, text, language, type, done, disabled, invalid }) {
  const [isLarge, setLarge] = useState(false), dialog = useRef(/** @type {HTMLDialogElement | null} */ (null));
  useEffect(() => {
    if (isLarge) dialog.current?.showModal();
  }, [isLarge]);
  const shared = { label: field.name, text, language, type, done, disabled };
  const shrink = () => {
    done();
    setLarge(false);
  };
  return html`<div class=${`f-code${invalid ? " wrong" : ""}`}>
    <${CodeText} id=${id} ...${shared} />
    <div class="f-code-foot"><span>${NAMES[language]}</span><small>${t("Esc, then Tab leaves it")}</small><${IconButton} glyph="maximize" size=${13} class="quiet" label=${t("Edit in a large window")} onClick=${() => setLarge(true)} /></div>
    ${isLarge && html`<dialog ref=${dialog} class="f-large" aria-label=${field.name} onClose=${shrink}>
      <header><strong>${field.name}</strong><span>${NAMES[language]}</span><button type="button" class="btn btn-sm btn-primary" onClick=${() => dialog.current?.close()}>${t("Done")}</button></header><${CodeText} ...${shared} /></dialog>`}
  </div>`;
}

/** @param {{ id?: string, label: string, text: string, language: Language, type: (text: string) => void, done: () => void, disabled: boolean }} props */
function CodeText({ id, label, text, language, type, done, disabled }) {
  const { parent, code } = useCode(({ codeEditor }, wanted) => codeEditor({ ...wanted, language }), { label, text, type, done, disabled });
  useEffect(() => code.current?.setLanguage(language), [language]);
  return html`<div ref=${parent} id=${id} class="f-code-text"></div>`;
}

/** One line of an expression with completion; `words` are offered outside `${…}`. @param {{ id?: string, label: string, text: string, type: (text: string) => void, done: () => void, disabled: boolean, words?: string[], invalid?: boolean }} props */
export function CodeLine({ id, words, invalid, ...props }) {
  const { parent } = useCode(({ lineEditor }, wanted) => lineEditor({ ...wanted, words }), props);
  return html`<div ref=${parent} id=${id} class=${`f-code f-line${invalid ? " wrong" : ""}`}></div>`;
}

/**
 * An editor of CodeMirror for as long as a field is shown. What is drawn lags behind what is typed: a text that was typed
 * here is no news, whenever it comes back.
 * @param {(module: typeof import("./code_mirror.js"), wanted: any) => Code} make
 * @param {{ label: string, text: string, type: (text: string) => void, done: () => void, disabled: boolean }} props
 */
export function useCode(make, { label, text, type, done, disabled }) {
  const form = useForm(), parent = useRef(/** @type {HTMLElement | null} */ (null)), code = useRef(/** @type {Code | null} */ (null));
  const own = useRef(new Set([text])), now = useRef({ form, text, type, done, disabled });
  now.current = { form, text, type, done, disabled };
  const write = (/** @type {string} */ typed) => {
    own.current.add(typed);
    now.current.type(typed);
  };
  useEffect(() => {
    let isGone = false;
    import("./code_mirror.js").then((module) => {
      if (isGone || !parent.current) return;
      code.current = make(module, {
        parent: parent.current, label, text: now.current.text, readOnly: now.current.disabled, changed: write, left: () => now.current.done(),
        offers: () => now.current.form.offers(), take: (/** @type {any} */ offer) => now.current.form.take(offer),
      });
    });
    return () => {
      isGone = true;
      code.current?.destroy();
      code.current = null;
    };
  }, []);
  useEffect(() => {
    if (!own.current.has(text)) code.current?.setText(text);
    if (!own.current.has(text) || text === code.current?.view.state.doc.toString()) own.current = new Set([text]);
  }, [text]);
  useEffect(() => code.current?.setReadOnly(disabled), [disabled]);
  return { parent, code };
}

/** @param {string} text @returns {{ value: any } | null} */
function readJson(text) {
  try {
    return { value: text.trim() ? JSON.parse(text) : null };
  } catch {
    return null;
  }
}

/** @param {string} text */
const asJson = (text) => readJson(text)?.value ?? text;

