/** What the forms of the inspector are built of: sections that fold, rows with a label, plain fields. */
import { useEffect, useRef, useState } from "preact/hooks";
import { t } from "../../words.js";
import { html } from "../parts.js";
import { whyWrong } from "../../fields/checking.js";
import { useForm } from "../../fields/form.js";
import { Glyph, IconButton } from "../../fields/glyphs.js";
import { useId } from "../../fields/ids.js";
import { useDraft } from "../../fields/use_draft.js";
import { Widget } from "../../fields/widgets.js";
import { lengthNote } from "./lengths.js";

const FOLDED = "sluice.inspector.folded";

/** A part of a form that can be folded; this browser remembers which are. @param {{ name: string, title: string, meta?: any, children?: any, folded?: boolean }} props */
export function Section({ name, title, meta, children, folded = false }) {
  const [isFolded, fold] = useState(() => remembered()[name] ?? folded), body = useId(), place = useRef(/** @type {HTMLElement | null} */ (null)), { editor } = useForm();
  const toggle = () => fold(remember(name, !isFolded));
  useAsked(editor, name, () => {
    fold(remember(name, false));
    place.current?.querySelector("button")?.focus();
    requestAnimationFrame(() => place.current?.scrollIntoView({ block: "nearest" }));
  });
  return html`<section ref=${place} class=${`i-section${isFolded ? " folded" : ""}`}>
    <h3><button type="button" aria-expanded=${!isFolded} aria-controls=${body} onClick=${toggle}><${Glyph} name="chevron" size=${14} /><span>${title}</span></button>${meta !== undefined && html`<span class="i-meta">${meta}</span>`}</h3>
    ${!isFolded && html`<div class="i-body" id=${body}>${children}</div>`}
  </section>`;
}

/** Do something when somebody asks for the section of a name, from elsewhere. @param {any} editor @param {string} name @param {() => void} act */
function useAsked(editor, name, act) {
  useEffect(() => {
    const asked = (/** @type {{ name: string }} */ { name: wanted }) => {
      if (wanted === name) act();
    };
    editor.get("eventBus").on("section.asked", asked);
    return () => editor.get("eventBus").off("section.asked", asked);
  }, [editor, name]);
}

/** @returns {Record<string, boolean>} */
function remembered() {
  try {
    return JSON.parse(localStorage.getItem(FOLDED) ?? "{}");
  } catch {
    return {};
  }
}

/** @param {string} name @param {boolean} folded */
function remember(name, folded) {
  localStorage.setItem(FOLDED, JSON.stringify({ ...remembered(), [name]: folded }));
  return folded;
}

/**
 * A label with what belongs to it. Where `forId` is not given the label names nothing: the children name themselves.
 * @param {{ label: any, forId?: string, required?: boolean, tools?: any, help?: any, helpId?: string, wrong?: string, title?: string, children?: any, class?: string }} props
 */
export function Row({ label, forId, required, tools, help, helpId, wrong, title, children, class: more = "" }) {
  const words = html`${label}${required && html`<b class="f-star" aria-hidden="true">*</b>`}`;
  return html`<div class=${`i-row ${more}`}>
    <div class="i-label">${forId ? html`<label for=${forId} title=${title}>${words}</label>` : html`<span class="words" title=${title}>${words}</span>`}<span class="i-tools">${tools}</span></div>
    ${children}
    ${(wrong || help) && html`<p id=${helpId} class=${wrong ? "f-wrong" : "f-help"} role=${wrong ? "status" : undefined}>${wrong || help}</p>`}
  </div>`;
}

/**
 * A field of ours, that is no input of a plugin: it is never a variable, and offers none.
 * @param {{ label: string, widget?: string, value: any, save: (value: any) => void, suggestions?: string[], help?: any, problem?: string, spec?: any, disabled?: boolean, tools?: any, class?: string }} props
 */
export function PlainField({ label, widget = "text", value, save, suggestions, help, problem = "", spec = {}, disabled, tools, class: more }) {
  const { editor, mayEdit } = useForm(), id = useId(), draft = useDraft(editor, value, save);
  const field = { ...BLANK, key: id, name: label, widget, ...spec, render: false }, wrong = whyWrong(field, draft.value) || problem;
  const note = lengthNote(draft.value, field.longest), said = note ? html`<span class="f-note">${note}</span>` : help;
  const list = suggestions?.length ? `${id}-list` : undefined;
  return html`<${Row} label=${label} forId=${id} required=${field.required} help=${said} helpId=${`${id}-help`} wrong=${wrong} tools=${tools} class=${more}>
    <${Widget} id=${id} field=${field} value=${draft.value} type=${draft.type.bind(draft)} commit=${draft.commit.bind(draft)} done=${draft.flush.bind(draft)} disabled=${disabled ?? !mayEdit} invalid=${Boolean(wrong)} describedBy=${wrong || said ? `${id}-help` : undefined} list=${list} />
    ${list && html`<datalist id=${list}>${suggestions?.map((s) => html`<option value=${s}></option>`)}</datalist>`}
  </${Row}>`;
}

/** What every field has unless it says otherwise. */
export const BLANK = { key: "", name: "", type: "string", widget: "text", required: false, default: null, choices: [], help: "", secret: false, render: true, minimum: null, maximum: null, columns: [] };

/** @param {{ text: string, label?: string }} props */
export function CopyButton({ text, label = t("Copy") }) {
  const [isCopied, setCopied] = useState(false);
  const copy = () => navigator.clipboard?.writeText(text).then(() => {
    setCopied(true);
    setTimeout(() => setCopied(false), 1200);
  }, () => {});
  return html`<${IconButton} glyph=${isCopied ? "check" : "copy"} size=${14} class="quiet" label=${isCopied ? t("Copied") : label} onClick=${copy} />`;
}

/** A button that leads to an element of the canvas. @param {{ element: any, words: string, jump: (element: any) => void }} props */
export function Jump({ element, words, jump }) {
  return html`<button type="button" class="i-jump" title=${words} onClick=${() => jump(element)}><span>${words}</span><${Glyph} name="arrowRight" size=${13} /></button>`;
}

/** @param {{ tone?: "bad" | "warn" | "plain", children: any }} props */
export function Remark({ tone = "plain", children }) {
  return html`<div class=${`i-remark ${tone}`}><${Glyph} name=${tone === "plain" ? "info" : "alert"} size=${15} /><div>${children}</div></div>`;
}
