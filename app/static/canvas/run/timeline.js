import { useEffect, useMemo, useState } from "preact/hooks";
import { html } from "../panels/parts.js";
import { t } from "../words.js";
import { criticalPath } from "./critical.js";
import { useSeconds } from "./page.js";
import { stateWords } from "./states.js";
import { exact, lasted } from "./times.js";

/** Every attempt at every node as a bar over time. @param {{ run: import("./page.js").Run }} props */
export function Timeline({ run }) {
  const attempts = useAttempts(run);
  const [onlyCritical, setOnly] = useState(false);
  const [zoom, setZoom] = useState(1);
  useSeconds(run.live.task?.state === "running");
  const critical = useMemo(() => criticalPath(attempts.filter((a) => !a.path.includes("/")), run.data.tree), [attempts]);
  if (!attempts.length) return html`<p class="p-3 text-secondary">${t("Nothing has begun yet.")}</p>`;
  const from = Date.parse(attempts[0].started_at);
  const to = Math.max(from + 1000, ...attempts.map((a) => (a.finished_at ? Date.parse(a.finished_at) : Date.now())));
  const rows = rowsOf(attempts, run).filter((row) => !onlyCritical || row.attempts.some((a) => critical.has(a)));
  const at = (/** @type {number} */ ms) => `${(100 * (ms - from)) / (to - from)}%`;
  return html`<div class="timeline-of">
    <div class="timeline-tools"><label class="form-check m-0"><input type="checkbox" class="form-check-input" checked=${onlyCritical} onChange=${() => setOnly(!onlyCritical)} /><span class="form-check-label">${t("Only the critical path")}</span></label>
      <label>${t("Zoom")} <input type="range" min="1" max="20" step="0.5" value=${zoom} onInput=${(/** @type {any} */ e) => setZoom(Number(e.target.value))} /></label></div>
    <div class="timeline-scroll"><div class="timeline-rows" style=${{ "--zoom": zoom }}>
      <div class="timeline-row axis"><span></span><div class="bars">${ticks(from, to, zoom).map((tick) => html`<i class="tick" style=${{ left: at(tick) }}><small>${lasted(tick - from)}</small></i>`)}</div></div>
      ${rows.map(({ path, name, depth, attempts: own }) => html`<div class="timeline-row" key=${path}>
        <button type="button" style=${{ paddingLeft: `${0.5 + depth}rem` }} title=${name} onClick=${() => run.choose(path)}>${name}</button>
        <div class="bars">${own.map((a) => html`<${Bar} run=${run} attempt=${a} isCritical=${critical.has(a)} at=${at} />`)}</div></div>`)}
    </div></div>
  </div>`;
}

/** @param {{ run: import("./page.js").Run, attempt: import("./critical.js").Attempt, isCritical: boolean, at: (ms: number) => string }} props */
function Bar({ run, attempt, isCritical, at }) {
  const from = Date.parse(attempt.started_at), to = attempt.finished_at ? Date.parse(attempt.finished_at) : Date.now();
  const live = run.live.nodes[attempt.path];
  const state = attempt.finished_at ? (attempt.skipped ? "skipped" : attempt.state) : (live?.state ?? attempt.state);
  const words = [`${stateWords()[state] ?? state}, ${lasted(to - from)}`, exact(from, run.data.project.time_zone), attempt.loop > 1 && t("pass {number}", { number: attempt.loop }), attempt.attempt > 1 && t("Attempt {number}", { number: attempt.attempt }), attempt.reason].filter(Boolean).join("\n");
  return html`<i class=${`bar state-${state}${isCritical ? " critical" : ""}`} style=${{ left: at(from), width: `calc(${at(to)} - ${at(from)})` }} title=${words}></i>`;
}

/** @param {import("./page.js").Run} run @returns {import("./critical.js").Attempt[]} */
function useAttempts(run) {
  const [attempts, setAttempts] = useState(/** @type {any[]} */ ([]));
  useEffect(() => {
    let timer = 0, last = 0;
    // A quick run moves many times a second; the timeline is asked for once a second at most.
    const pull = () => {
      window.clearTimeout(timer);
      timer = window.setTimeout(() => {
        last = Date.now();
        run.server.get("/attempts").then((answer) => setAttempts(answer.attempts), () => undefined);
      }, Math.max(0, last + 1000 - Date.now()));
    };
    pull();
    const end = run.live.listen((what) => what === "view" && pull());
    return () => {
      end();
      window.clearTimeout(timer);
    };
  }, [run]);
  return attempts;
}

/** @param {import("./critical.js").Attempt[]} attempts @param {import("./page.js").Run} run */
function rowsOf(attempts, run) {
  const rows = /** @type {Map<string, { path: string, name: string, depth: number, attempts: import("./critical.js").Attempt[] }>} */ (new Map());
  for (const attempt of attempts) {
    const drawn = run.drawnAt(attempt.path);
    if (!["ServiceActivity", "SubProcess"].includes(drawn?.type) && attempt.state !== "failed") continue;
    const row = rows.get(attempt.path) ?? { path: attempt.path, name: drawn?.name || attempt.path, depth: attempt.path.split("/").length - 1, attempts: /** @type {any[]} */ ([]) };
    row.attempts.push(attempt);
    rows.set(attempt.path, row);
  }
  return [...rows.values()];
}

/** Where the axis has marks: round lengths of time, about eight in the visible part. @param {number} from @param {number} to @param {number} zoom */
function ticks(from, to, zoom) {
  const steps = [0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 21600, 43200, 86400, 604800].map((s) => s * 1000);
  const step = steps.find((s) => s >= (to - from) / (8 * zoom)) ?? steps[steps.length - 1];
  return Array.from({ length: Math.min(400, Math.floor((to - from) / step) + 1) }, (_, i) => from + i * step);
}
