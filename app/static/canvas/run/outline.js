import { useEffect, useState } from "preact/hooks";
import { html } from "../panels/parts.js";
import { t } from "../words.js";
import { isOver } from "./live.js";
import { State } from "./state.js";
import { lasted } from "./times.js";

/** What the drawer shows while no node is chosen: what needs somebody, what runs, the outputs. @param {{ run: import("./page.js").Run }} props */
export function Outline({ run }) {
  const entries = Object.entries(run.live.nodes).filter(([path]) => ["ServiceActivity", "SubProcess"].includes(run.drawnAt(path)?.type) || run.live.nodes[path].state === "failed");
  const of = (/** @type {string[]} */ states) => entries.filter(([, node]) => states.includes(node.state));
  const needy = of(["failed", "waiting_person", "paused"]), moving = of(["running", "waiting_timer", "waiting_callback", "retrying"]);
  const outputs = useOutputs(run);
  return html`<div class="outline">
    ${needy.length > 0 && html`<${Group} run=${run} title=${t("Needs somebody")} entries=${needy} />`}
    ${moving.length > 0 && html`<${Group} run=${run} title=${t("Running now")} entries=${moving} />`}
    ${outputs.length > 0 && html`<h2>${t("Outputs")}</h2><dl class="values">${outputs.map((o) => html`<dt title=${o.key}>${o.name}</dt><dd>${typeof o.value === "string" ? o.value : JSON.stringify(o.value)}</dd>`)}</dl>`}
    ${!needy.length && !moving.length && html`<p class="text-secondary">${isOver(run.live.task) ? t("It is over. Choose a node to see what it did.") : t("Choose a node to see what it does.")}</p>`}
  </div>`;
}

/** @param {any} props */
function Group({ run, title, entries }) {
  return html`<h2>${title}</h2><ul class="node-list">${entries.map((/** @type {[string, any]} */ [path, node]) => html`<li><button type="button" onClick=${() => run.choose(path)}><span>${run.drawnAt(path)?.name || node.name}${node.reason && html`<small>${node.reason}</small>`}</span><${State} state=${node.state} />${node.started_at && html`<time>${lasted((node.finished_at ?? Date.now()) - node.started_at)}</time>`}</button></li>`)}</ul>`;
}

/** @param {import("./page.js").Run} run @returns {any[]} */
function useOutputs(run) {
  const [outputs, setOutputs] = useState(/** @type {any[]} */ ([]));
  const ended = Object.values(run.live.nodes).filter((n) => n.finished_at).length;
  useEffect(() => {
    if (!run.data.tree.outputs?.length || !run.live.task?.started_at) return;
    run.server.get("/outputs").then((answer) => setOutputs(answer.outputs), () => undefined);
  }, [ended, run.live.task?.state]);
  return outputs;
}
