/** Asks once before something is done that cannot be taken back. */
import { useEffect, useReducer } from "preact/hooks";
import { html } from "../panels/parts.js";
import { Dialog } from "../session/dialog.js";
import { t } from "../words.js";

/** @typedef {{ words: string, label: string, isDangerous: boolean, answer: (yes: boolean) => void }} Asked */

export class Asking {
  constructor() {
    /** @type {Asked | null} */
    this.now = null;
    this.changed = () => {};
  }

  /** @param {string} words the question, which names the thing and the effect @param {string} label what the button does @param {boolean} [isDangerous] @returns {Promise<boolean>} */
  ask(words, label, isDangerous = false) {
    this.now?.answer(false);
    return new Promise((resolve) => {
      this.now = { words, label, isDangerous, answer: (yes) => this.#end(resolve, yes) };
      this.changed();
    });
  }

  /** @param {(yes: boolean) => void} resolve @param {boolean} yes */
  #end(resolve, yes) {
    this.now = null;
    this.changed();
    resolve(yes);
  }
}

/** The question that is open, if one is. @param {{ asking: Asking }} props */
export function Question({ asking }) {
  const [, redraw] = useReducer((/** @type {number} */ n) => n + 1, 0);
  useEffect(() => {
    asking.changed = () => redraw(0);
  }, [asking]);
  const { now } = asking;
  if (!now) return null;
  return html`<${Dialog} key=${now.words} title=${now.label} onClose=${() => now.answer(false)}
    actions=${html`<button type="button" class="btn" onClick=${() => now.answer(false)}>${t("Leave it")}</button><button type="button" class=${`btn ${now.isDangerous ? "btn-danger" : "btn-primary"}`} autofocus onClick=${() => now.answer(true)}>${now.label}</button>`}>
    <p class="m-0">${now.words}</p>
  <//>`;
}
