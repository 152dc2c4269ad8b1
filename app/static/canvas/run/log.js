import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { html } from "../panels/parts.js";
import { t } from "../words.js";

/** How much of a log is kept in the page; the beginning goes first, and can be read by its download. */
const MOST_CHARACTERS = 2_000_000;

/**
 * The log of one attempt as it is written; it stays at the end until its reader scrolls up.
 * @param {{ run: import("./page.js").Run, runId: number, nodeId: string, attempt: any, isLast: boolean }} props
 */
export function Log({ run, runId, nodeId, attempt, isLast }) {
  const [text, setText] = useState("");
  const [sought, seek] = useState("");
  const [follows, follow] = useState(true);
  const box = useRef(/** @type {HTMLElement | null} */ (null));
  const at = useRef({ last: 0, busy: false, again: false });
  const pull = async () => {
    const state = at.current;
    if (state.busy) return void (state.again = true);
    state.busy = true;
    try {
      const asked = new URLSearchParams({ run_id: String(runId), node_id: nodeId, loop: attempt.loop, attempt: attempt.attempt, after: String(state.last) });
      const part = await run.server.get(`/log?${asked}`);
      state.last = part.last;
      if (part.text) setText((before) => (before + part.text).slice(-MOST_CHARACTERS));
      if (part.more) state.again = true;
    } finally {
      state.busy = false;
    }
    if (state.again) {
      state.again = false;
      await pull();
    }
  };
  useEffect(() => {
    pull().catch(() => undefined);
    if (!isLast) return;
    return run.live.listen((what) => what !== "link" && pull().catch(() => undefined));
  }, [isLast]);
  useEffect(() => {
    if (follows && box.current) box.current.scrollTop = box.current.scrollHeight;
  }, [text, follows]);
  const scrolled = () => {
    const { scrollTop, scrollHeight, clientHeight } = /** @type {HTMLElement} */ (box.current);
    follow(scrollHeight - scrollTop - clientHeight < 24);
  };
  const lines = useMemo(() => matching(text, sought), [text, sought]);
  return html`<div class="log-box">
    <div class="log-tools"><input type="search" class="form-control form-control-sm" placeholder=${t("Find in the log")} aria-label=${t("Find in the log")} value=${sought} onInput=${(/** @type {any} */ e) => seek(e.target.value)} />
      ${sought && html`<span class="text-secondary small" role="status">${t("{count} lines", { count: lines.length })}</span>`}
      <button type="button" class="btn btn-sm" aria-pressed=${follows} onClick=${() => follow(!follows)}>${t("Follow")}</button></div>
    <pre class="log" ref=${box} tabindex="0" aria-label=${t("Log")} onScroll=${scrolled}>${text ? marked(lines, sought) : html`<span class="text-secondary">${attempt.finished_at ? t("It logged nothing.") : t("Nothing logged yet.")}</span>`}</pre>
  </div>`;
}

/** @param {string} text @param {string} sought @returns {string[]} */
function matching(text, sought) {
  const wanted = sought.toLowerCase();
  return sought ? text.split("\n").filter((line) => line.toLowerCase().includes(wanted)) : [text];
}

/** @param {string[]} lines @param {string} sought */
function marked(lines, sought) {
  if (!sought) return lines[0];
  const wanted = sought.toLowerCase();
  return lines.slice(0, 2000).map((line) => {
    const from = line.toLowerCase().indexOf(wanted);
    return html`<span>${line.slice(0, from)}<mark>${line.slice(from, from + sought.length)}</mark>${line.slice(from + sought.length)}${"\n"}</span>`;
  });
}
