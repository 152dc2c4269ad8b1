/** How something stands that ran: a sign and a word. */
import { t } from "../words.js";
import { html } from "./parts.js";

/** @type {Record<string, { sign: string, words: () => string }>} */
const STATES = {
  not_started: { sign: "○", words: () => t("not started") }, running: { sign: "◠", words: () => t("running") }, finished: { sign: "✓", words: () => t("finished") }, failed: { sign: "✕", words: () => t("failed") },
  paused: { sign: "‖", words: () => t("paused") }, waiting_person: { sign: "✋", words: () => t("waiting for a person") }, waiting_callback: { sign: "◷", words: () => t("waiting for a callback") },
  waiting_timer: { sign: "◷", words: () => t("waiting for its time") }, retrying: { sign: "↻", words: () => t("retrying") }, skipped: { sign: "✓", words: () => t("skipped") }, revoked: { sign: "⊘", words: () => t("revoked") },
};

/** The sign and the word of a state. @param {string} state */
export const signOf = (state) => STATES[state] ?? { sign: "○", words: () => state };

/** @param {{ state: string }} props */
export function StateMark({ state }) {
  const { sign, words } = signOf(state);
  return html`<span class=${`state state-${state}`}><span class="sign-of" aria-hidden="true">${sign}</span>${words()}</span>`;
}
