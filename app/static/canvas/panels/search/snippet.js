import { html } from "../parts.js";

const BEFORE = 28, AFTER = 80;

/** The text around the first place where something was found, in one line, with all such places in it marked. @param {{ hit: { text: string, at: number[], length: number } }} props */
export function Snippet({ hit: { text, at, length } }) {
  const from = Math.max(0, at[0] - BEFORE), to = at[0] + length + AFTER, shown = at.filter((place) => place + length <= to);
  const parts = shown.map((place, i) => html`${flat(text.slice(i ? shown[i - 1] + length : from, place))}<mark>${flat(text.slice(place, place + length))}</mark>`);
  return html`<span class="snippet">${from > 0 && "…"}${parts}${flat(text.slice(shown[shown.length - 1] + length, to))}${to < text.length && "…"}</span>`;
}

/** @param {string} text */
const flat = (text) => text.replace(/\s+/g, " ");
