import { useEffect, useState } from "preact/hooks";
import { html } from "../panels/parts.js";
import { t } from "../words.js";
import { useRun, useSeconds } from "./page.js";
import { State } from "./state.js";
import { Timeline } from "./timeline.js";
import { exact, lasted } from "./times.js";
import { Told } from "./told.js";

/** The strip below the canvas: timeline, nodes, journal, notifications. @param {{ run: import("./page.js").Run }} props */
export function Below({ run }) {
  useRun(run);
  const [isFull, grow] = useState(false);
  const open = run.strip, show = (/** @type {string} */ strip) => run.set({ strip });
  /** @type {Record<string, { label: string, panel: any }>} */
  const tabs = { timeline: { label: t("Timeline"), panel: Timeline }, nodes: { label: t("Nodes"), panel: Nodes }, journal: { label: t("Journal"), panel: Journal }, told: { label: t("Notifications"), panel: Told } };
  return html`<div class=${`strip ${tabs[open] ? "is-open" : ""} ${isFull ? "is-full" : ""}`}>
    <div class="strip-tabs" role="tablist">${Object.entries(tabs).map(([name, { label }]) => html`<button type="button" role="tab" aria-selected=${open === name} class=${open === name ? "active" : ""} onClick=${() => show(open === name ? "" : name)}>${label}</button>`)}</div>
    ${tabs[open] && html`<button type="button" class="strip-grow" aria-pressed=${isFull} onClick=${() => grow(!isFull)}>${isFull ? t("Smaller") : t("Full page")}</button>`}
    ${tabs[open] && html`<div class="strip-body" role="tabpanel" tabindex="0"><${tabs[open].panel} run=${run} /></div>`}
  </div>`;
}

/** The kinds of nodes that do something; the others only lead on. */
const WORKS = new Set(["activity", "subprocess", "step"]);

/** All nodes in the order in which they were reached. @param {{ run: import("./page.js").Run }} props */
function Nodes({ run }) {
  useSeconds(run.live.task?.state === "running");
  const [sought, seek] = useState("");
  const zone = run.data.project.time_zone;
  const rows = Object.entries(run.live.nodes).filter(([path, node]) => WORKS.has(node.kind) || node.state === "failed").filter(([path, node]) => (run.drawnAt(path)?.name || node.name).toLowerCase().includes(sought.toLowerCase()));
  return html`<div class="p-2"><input type="search" class="form-control form-control-sm mb-2" placeholder=${t("Find a node")} aria-label=${t("Find a node")} value=${sought} onInput=${(/** @type {any} */ e) => seek(e.target.value)} />
    <table class="table table-sm table-vcenter"><thead><tr><th>${t("Node")}</th><th>${t("State")}</th><th>${t("Began")}</th><th>${t("Took")}</th><th>${t("Passes")}</th><th>${t("Retries")}</th></tr></thead>
    <tbody>${rows.map(([path, node]) => html`<tr key=${path} class=${path === run.chosen ? "table-active" : ""}><td style=${{ paddingLeft: `${0.5 + path.split("/").length - 1}rem` }}><button type="button" class="btn-as-link" onClick=${() => run.choose(path)}>${run.drawnAt(path)?.name || node.name || node.kind}</button></td>
      <td><${State} state=${node.state} /></td><td>${node.started_at && exact(node.started_at, zone)}</td><td>${node.started_at && lasted((node.finished_at ?? Date.now()) - node.started_at)}</td><td>${node.loop}</td><td>${node.retries || ""}</td></tr>`)}</tbody></table></div>`;
}

/** @returns {Record<string, string>} what people did, in words */
const deeds = () => ({
  create: t("made the task"), start: t("started it"), pause: t("paused it"), resume: t("resumed it"), revoke: t("revoked it"), retry: t("retried"), skip: t("skipped"),
  callback: t("confirmed or called back"), forced_fail: t("failed by force"), skip_exg: t("chose a branch of"), skip_cpg: t("chose branches of"), pause_subproc: t("paused the subprocess"),
  resume_subproc: t("resumed the subprocess"), modify_constants: t("changed variables"), claim: t("claimed the task"), reject: t("rejected the order"), transfer: t("handed the order on"),
});

/** Who did what. @param {{ run: import("./page.js").Run }} props */
function Journal({ run }) {
  const [journal, setJournal] = useState(/** @type {any[]} */ ([]));
  const zone = run.data.project.time_zone;
  useEffect(() => {
    run.server.get("/journal").then((answer) => setJournal(answer.journal), () => undefined);
  }, [run.live.task, run.live.nodes]);
  if (!journal.length) return html`<p class="p-3 text-secondary">${t("Nothing was asked of this task yet.")}</p>`;
  return html`<ol class="journal">${journal.map((deed) => html`<li><time>${exact(deed.at, zone)}</time><span><b>${deed.actor}</b>${deed.app && ` (${deed.app})`} ${deeds()[deed.action] ?? deed.action} ${deed.node_id && html`<em>${nameOf(run, deed.node_id)}</em>`}</span></li>`)}</ol>`;
}

/** @param {import("./page.js").Run} run @param {string} id */
function nameOf(run, id) {
  const path = Object.keys(run.live.nodes).find((p) => p.split("/").at(-1) === id) ?? id;
  return run.drawnAt(path)?.name || id;
}
