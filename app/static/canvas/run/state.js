import { html } from "../panels/parts.js";
import { markOf, stateWords } from "./states.js";

/** A state as a mark and a word. @param {{ state: string, words?: boolean }} props */
export function State({ state, words = true }) {
  const word = stateWords()[state] ?? state;
  return html`<span class=${`state state-${state}`} title=${words ? "" : word}><svg class="state-mark" width="16" height="16" viewBox="0 0 16 16" aria-hidden="true"><path d=${markOf(state)} /></svg>${words ? word : html`<span class="visually-hidden">${word}</span>`}</span>`;
}
