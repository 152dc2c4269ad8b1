import { html } from "../panels/parts.js";
import { t } from "../words.js";
import { lasted } from "./times.js";

/** Which pass and which attempt is shown; nothing when there is only one. @param {{ detail: any, node: any, asked: { loop: number, attempt: number }, ask: (asked: { loop: number, attempt: number }) => void }} props */
export function Attempts({ detail, node, asked, ask }) {
  const passes = node?.loop ?? 1, loop = asked.loop || passes;
  const last = detail.attempts.at(-1)?.attempt, chosen = asked.attempt || last;
  if (passes < 2 && detail.attempts.length < 2) return null;
  return html`<div class="attempts">
    ${passes > 1 && html`<label>${t("Pass")} <select class="form-select form-select-sm" value=${loop} onChange=${(/** @type {any} */ e) => ask({ loop: Number(e.target.value), attempt: 0 })}>${Array.from({ length: passes }, (_, i) => html`<option value=${i + 1}>${i + 1}</option>`)}</select></label>`}
    <div class="attempt-list" role="group" aria-label=${t("Attempts")}>${detail.attempts.map((/** @type {any} */ a) => html`<button type="button" aria-pressed=${a.attempt === chosen} class=${`state-${a.skipped ? "skipped" : a.state}`} title=${a.reason} onClick=${() => ask({ loop, attempt: a.attempt })}>
      ${t("Attempt {number}", { number: a.attempt })}<small>${a.finished_at ? lasted(Date.parse(a.finished_at) - Date.parse(a.started_at)) : t("running")}</small></button>`)}</div>
  </div>`;
}
