/**
 * Editors of code and of one-line expressions, on CodeMirror. It is loaded when the first one is shown.
 *
 * @import { Offer } from "./pieces.js"
 * @typedef {{ parent: HTMLElement, text: string, label: string, readOnly: boolean, changed: (text: string) => void, left: () => void, offers: () => Offer[], take: (offer: Offer) => string, words?: string[] }} Wanted
 * @typedef {{ view: EditorView, setText: (text: string) => void, setLanguage: (language: import("./languages.js").Language) => void, setReadOnly: (readOnly: boolean) => void, destroy: () => void }} Code
 */
import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { json } from "@codemirror/lang-json";
import { python } from "@codemirror/lang-python";
import { bracketMatching, foldGutter, foldKeymap, indentOnInput, indentUnit, StreamLanguage, syntaxHighlighting } from "@codemirror/language";
import { shell } from "@codemirror/legacy-modes/mode/shell";
import { highlightSelectionMatches, search, searchKeymap } from "@codemirror/search";
import { Annotation, Compartment, EditorState } from "@codemirror/state";
import { Decoration, EditorView, highlightActiveLine, highlightActiveLineGutter, highlightSpecialChars, keymap, lineNumbers, MatchDecorator, ViewPlugin } from "@codemirror/view";
import { classHighlighter } from "@lezer/highlight";
import { pieceAt } from "./pieces.js";
import { t } from "../words.js";

const LANGUAGES = { shell: StreamLanguage.define(shell), python: python(), json: json(), text: [] };
const FROM_OUTSIDE = Annotation.define();

/** Marks every `${…}`. */
const pieces = (() => {
  const matcher = new MatchDecorator({ regexp: /\$\{[^{}]*\}/g, decoration: Decoration.mark({ class: "cm-piece" }) });
  return ViewPlugin.fromClass(
    class {
      /** @param {EditorView} view */
      constructor(view) {
        this.marks = matcher.createDeco(view);
      }

      /** @param {any} update */
      update(update) {
        this.marks = matcher.updateDeco(update, this.marks);
      }
    },
    { decorations: (plugin) => plugin.marks },
  );
})();

/** The page's policy lets a style sheet in only with its nonce. */
const nonce = () => /** @type {HTMLMetaElement | null} */ (document.querySelector("meta[name=csp-nonce]"))?.content || "";

/** @param {Wanted & { language: import("./languages.js").Language }} wanted @returns {Code} */
export function codeEditor({ language, ...wanted }) {
  return editor(wanted, language, [
    lineNumbers(), foldGutter(), highlightActiveLine(), highlightActiveLineGutter(), indentOnInput(), indentUnit.of("  "), search({ top: true }), highlightSelectionMatches(), EditorView.lineWrapping,
    keymap.of([...searchKeymap, ...foldKeymap, indentWithTab]),
  ]);
}

/** One line: Enter leaves it. @param {Wanted} wanted @returns {Code} */
export function lineEditor(wanted) {
  const oneLine = EditorState.transactionFilter.of((tr) => (tr.newDoc.lines > 1 ? [tr, { changes: { from: 0, to: tr.newDoc.length, insert: tr.newDoc.toString().replace(/\s*\n\s*/g, " ") }, sequential: true }] : tr));
  const enter = () => {
    wanted.left();
    return true;
  };
  return editor(wanted, "text", [oneLine, EditorView.lineWrapping, keymap.of([{ key: "Enter", run: enter }])]);
}

/** @param {Wanted} wanted @param {import("./languages.js").Language} language @param {any[]} more @returns {Code} */
function editor({ parent, text, label, readOnly, changed, left, offers, take, words = [] }, language, more) {
  const languages = new Compartment(), locks = new Compartment();
  const locked = (/** @type {boolean} */ now) => [EditorState.readOnly.of(now), EditorView.editable.of(!now)];
  const view = new EditorView({
    parent, doc: text,
    extensions: [
      EditorView.cspNonce.of(nonce()), autocompletion({ override: [completionOf(offers, take, words)], icons: false }), keymap.of(completionKeymap), more,
      highlightSpecialChars(), history(), bracketMatching(), closeBrackets(), pieces, syntaxHighlighting(classHighlighter),
      keymap.of([...closeBracketsKeymap, ...defaultKeymap, ...historyKeymap]), languages.of(LANGUAGES[language]), locks.of(locked(readOnly)),
      EditorView.contentAttributes.of({ "aria-label": label }), EditorState.phrases.of(phrases()),
      EditorView.updateListener.of((update) => {
        if (update.docChanged && !update.transactions.some((tr) => tr.annotation(FROM_OUTSIDE))) changed(update.state.doc.toString());
      }),
      EditorView.domEventHandlers({ blur: left }),
    ],
  });
  return {
    view,
    setText: (now) => {
      if (now !== view.state.doc.toString()) view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: now }, annotations: FROM_OUTSIDE.of(true) });
    },
    setLanguage: (now) => view.dispatch({ effects: languages.reconfigure(LANGUAGES[now]) }),
    setReadOnly: (now) => view.dispatch({ effects: locks.reconfigure(locked(now)) }),
    destroy: () => view.destroy(),
  };
}

/** @param {() => Offer[]} offers @param {(offer: Offer) => string} take @param {string[]} words */
function completionOf(offers, take, words) {
  return (/** @type {import("@codemirror/autocomplete").CompletionContext} */ context) => {
    const piece = pieceAt(context.state.doc.toString(), context.pos);
    if (piece && context.state.sliceDoc(piece.from, piece.from + 2) === "${") return { from: piece.from + 2, options: offers().map((o) => asOption(o, take)), validFor: /^[\w.]*$/ };
    const word = context.matchBefore(/[\w!<>=]+$/);
    if (!words.length || (!word && !context.explicit)) return null;
    return { from: word?.from ?? context.pos, options: words.map((label) => ({ label, type: "keyword" })) };
  };
}

/** @param {Offer} offer @param {(offer: Offer) => string} take */
function asOption(offer, take) {
  return {
    label: offer.kind === "output" ? offer.label : offer.name, detail: offer.detail, type: offer.kind,
    apply: (/** @type {EditorView} */ view, /** @type {any} */ _completion, /** @type {number} */ from, /** @type {number} */ to) => {
      const insert = `${take(offer)}}`, end = view.state.sliceDoc(to, to + 1) === "}" ? to + 1 : to;
      view.dispatch({ changes: { from, to: end, insert }, selection: { anchor: from + insert.length }, userEvent: "input.complete" });
    },
  };
}

/** What CodeMirror says by itself. */
function phrases() {
  return {
    Find: t("Find"), Replace: t("Replace"), next: t("next"), previous: t("previous"), all: t("all"), "match case": t("match case"), regexp: t("regular expression"), "by word": t("whole word"),
    replace: t("replace"), "replace all": t("replace all"), close: t("Close"), "Go to line": t("Go to line"), go: t("go"), Completions: t("What can stand here"),
  };
}
