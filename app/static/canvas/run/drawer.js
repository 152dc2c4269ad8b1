/** Everything about the chosen node: how it stands and why, what can be asked of it, its log, values and attempts. */
import { useState } from "preact/hooks";
import { kindName } from "../gestures/naming.js";
import { html } from "../panels/parts.js";
import { labelOf, labelsOf } from "../tree/node_labels.js";
import { t } from "../words.js";
import { Attempts } from "./attempts.js";
import { useNodeDetail } from "./detail.js";
import { Log } from "./log.js";
import { NodeOrders } from "./node_orders.js";
import { useRun, useSeconds } from "./page.js";
import { Outline } from "./outline.js";
import { State } from "./state.js";
import { exact, lasted } from "./times.js";
import { Values } from "./values.js";

/** @param {{ run: import("./page.js").Run }} props */
export function Drawer({ run }) {
  useRun(run);
  if (!run.chosen) return html`<${Outline} run=${run} />`;
  return html`<${NodeDrawer} key=${run.chosen} run=${run} path=${run.chosen} />`;
}

/** @param {{ run: import("./page.js").Run, path: string }} props */
function NodeDrawer({ run, path }) {
  const node = run.live.nodes[path], drawn = run.drawnAt(path);
  const [asked, ask] = useState({ loop: 0, attempt: 0 });
  const detail = useNodeDetail(run, path, asked.loop);
  const attempts = detail?.attempts ?? [];
  const attempt = attempts.find((/** @type {any} */ a) => a.attempt === asked.attempt) ?? attempts.at(-1);
  const { tab } = run, open = (/** @type {string} */ name) => run.set({ tab: name });
  const plugin = run.data.plugins.find((/** @type {any} */ p) => p.code === drawn?.component?.code);
  const tabs = tabsOf(drawn, node), kind = drawn ? kindName(drawn.type) : "";
  const shown = tabs.some((it) => it.name === tab) ? tab : tabs[0]?.name;
  return html`<article class="drawer">
    <header>
      <div><h2>${drawn?.name || kind}</h2><p>${plugin?.name ?? kind}${drawn?.stage_name && ` · ${drawn.stage_name}`}</p></div>
      <${State} state=${node?.state ?? "not_started"} />
      <button type="button" class="btn-close" aria-label=${t("Close")} onClick=${() => run.choose("")}></button>
    </header>
    ${labelsOf(drawn ?? {}).length > 0 && html`<p class="d-flex flex-wrap gap-1 m-0" role="group" aria-label=${t("Labels")}>${labelsOf(drawn).map((label) => html`<span class="badge bg-secondary-lt">${labelOf(label)}</span>`)}</p>`}
    <${Standing} run=${run} node=${node} />
    ${drawn?.type === "SubProcess" && html`<button type="button" class="btn btn-sm align-self-start" onClick=${() => run.enter(path)}>${t("Open its flow")}</button>`}
    ${run.data.may_operate && html`<${NodeOrders} run=${run} path=${path} node=${node} drawn=${drawn} plugin=${plugin} inputs=${attempts.at(-1)?.inputs} />`}
    ${attempts.length > 0 && html`<${Attempts} detail=${detail} node=${node} asked=${asked} ask=${ask} />`}
    ${tabs.length > 0 && html`<div class="drawer-tabs" role="tablist">${tabs.map((it) => html`<button type="button" role="tab" aria-selected=${shown === it.name} class=${shown === it.name ? "active" : ""} onClick=${() => open(it.name)}>${it.label}</button>`)}</div>
    <div class="drawer-body" role="tabpanel">
      ${shown === "log" && attempt && html`<${Log} key=${`${attempt.loop}.${attempt.attempt}`} run=${run} runId=${detail.run_id} nodeId=${detail.id} attempt=${attempt} isLast=${attempt === attempts.at(-1)} />`}
      ${shown === "inputs" && html`<${Values} given=${givenOf(drawn)} rendered=${attempt?.inputs} fields=${plugin?.inputs ?? []} />`}
      ${shown === "outputs" && html`<${Values} rendered=${attempt?.outputs} fields=${plugin?.outputs ?? []} names=${detail?.output_names} />`}
    </div>`}
  </article>`;
}

/** Why it stands as it does, and since when. @param {{ run: import("./page.js").Run, node: import("./live.js").NodeState | undefined }} props */
function Standing({ run, node }) {
  const isMoving = Boolean(node && !node.finished_at);
  useSeconds(isMoving);
  if (!node) return html`<p class="text-secondary">${t("The flow has not come here yet.")}</p>`;
  const zone = run.data.project.time_zone;
  return html`${node.reason && html`<div class=${`alert mb-0 ${node.state === "failed" ? "alert-danger" : "alert-warning"}`} role="alert">${node.reason}</div>`}
    <p class="drawer-facts">
      ${node.started_at && html`<span title=${exact(node.started_at, zone)}>${t("Took {time}", { time: lasted((node.finished_at ?? Date.now()) - node.started_at) })}</span>`}
      ${node.loop > 1 && html`<span>${t("pass {number}", { number: node.loop })}</span>`}
      ${node.retries > 0 && html`<span>${t("{count} retries", { count: node.retries })}</span>`}
      ${node.skipped && html`<span>${t("skipped")}</span>`}${node.error_ignored && html`<span>${t("its failure was ignored")}</span>`}
    </p>`;
}

/** @param {any} drawn @param {import("./live.js").NodeState | undefined} node */
function tabsOf(drawn, node) {
  if (!drawn?.component) return [];
  const given = { name: "inputs", label: t("Inputs") };
  return node ? [{ name: "log", label: t("Log") }, given, { name: "outputs", label: t("Outputs") }] : [given];
}

/** @param {any} drawn @returns {Record<string, any> | undefined} */
function givenOf(drawn) {
  return drawn?.component && Object.fromEntries(Object.entries(drawn.component.data ?? {}).map(([key, entry]) => [key, /** @type {any} */ (entry)?.value]));
}
