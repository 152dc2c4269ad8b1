import { useState } from "preact/hooks";
import { html } from "../panels/parts.js";
import { t } from "../words.js";
import { isOver } from "./live.js";
import { Menu } from "./menu.js";
import { orderWords, taskOrders } from "./orders.js";
import { useRun, useSeconds } from "./page.js";
import { State } from "./state.js";
import { lasted } from "./times.js";

const MOVING = new Set(["running", "waiting_timer", "waiting_callback", "waiting_person", "retrying"]);

/** The task's name, state, progress and orders. @param {{ run: import("./page.js").Run }} props */
export function Head({ run }) {
  useRun(run);
  const { task, nodes, link } = run.live, { data } = run;
  useSeconds(task?.state === "running");
  const [failed, fail] = useState("");
  if (!task) return html`<strong class="flow-name">${data.task.name}</strong>`;
  const states = Object.entries(nodes).filter(([path]) => !path.includes("/")).map(([, node]) => node.state);
  const ended = states.filter((s) => s === "finished" || s === "skipped").length, total = data.total;
  const percent = task.state === "finished" ? 100 : Math.min(99, Math.round((100 * ended) / Math.max(1, total)));
  const give = async (/** @type {import("./orders.js").Order} */ order) => {
    if (order.ask && !(await run.asking.ask(order.ask, order.label, order.style === "btn-outline-danger"))) return;
    run.order("", { action: order.action }).then(() => fail(""), (/** @type {Error} */ error) => fail(error.message));
  };
  const orders = data.may_operate ? taskOrders(task, states.filter((s) => MOVING.has(s)).length, data.me) : [];
  const facts = [
    task.started_at ? lasted((task.finished_at ?? Date.now()) - task.started_at) : "", task.executor && t("started by {name}", { name: task.executor }),
    task.order && orderWords(task.order), task.priority ? t("priority {number}", { number: task.priority }) : "",
  ];
  return html`
    <a class="btn btn-icon btn-ghost" href=${`/projects/${data.project.id}/tasks/`} title=${t("All tasks")} aria-label=${t("All tasks")}>‹</a>
    <h1 class="run-name" title=${task.name}>${task.name}</h1>
    <${State} state=${task.shown_state} />
    ${task.waits_for_room && html`<span class="badge bg-secondary-lt">${t("waits for room")}</span>`}
    <span class="run-progress" role="progressbar" aria-valuenow=${percent} aria-valuemin="0" aria-valuemax="100" aria-label=${t("Part of the nodes that have ended")} title=${t("{ended} of {total} nodes have ended", { ended, total })}><i class=${`state-${task.shown_state}`} style=${{ width: `${percent}%` }}></i></span>
    <span class="text-secondary small run-facts">${facts.filter(Boolean).join(" · ")}</span>
    ${link === "away" && html`<span class="badge bg-orange-lt" role="status">${t("Connection lost; trying again")}</span>`}
    ${failed && html`<span class="text-danger small text-truncate" role="alert" title=${failed}>${failed}</span>`}
    <span class="run-word small" role="status">${run.word}</span>
    <span class="flex-fill"></span>
    ${orders.map((order) => html`<button type="button" class=${`btn ${order.style ?? ""}`} onClick=${() => give(order)}>${order.label}</button>`)}
    ${data.may_operate && isOver(task) && html`<a class="btn" href=${`/projects/${data.project.id}/tasks/new?task=${data.task.id}`}>${t("Run it again…")}</a>`}
    <${Menu} run=${run} />`;
}
