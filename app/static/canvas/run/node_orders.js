import { useState } from "preact/hooks";
import { html } from "../panels/parts.js";
import { t } from "../words.js";
import { nodeOrders } from "./orders.js";
import { RetryForm } from "./retry_form.js";

/** What can be asked of a node now; each asks once, and says when someone else was faster. @param {{ run: import("./page.js").Run, path: string, node: any, drawn: any, plugin: any, inputs: any }} props `inputs` are the last attempt's, rendered. */
export function NodeOrders({ run, path, node, drawn, plugin, inputs }) {
  const [form, open] = useState("");
  const [failed, fail] = useState("");
  const [busy, setBusy] = useState(false);
  const state = run.live.task?.state, over = run.live.link === "over" || state === "created";
  // A dependency graph that has failed is opened again at a failed step.
  const opens = state === "failed" && node?.state === "failed" && !path.includes("/");
  const orders = over && !opens ? [] : nodeOrders(node, drawn);
  const give = async (/** @type {any} */ order) => {
    setBusy(true);
    try {
      await run.order(path, order);
      fail("");
      open("");
    } catch (error) {
      fail(error instanceof Error ? error.message : String(error));
    } finally {
      setBusy(false);
    }
  };
  const pressed = async (/** @type {import("./orders.js").Order} */ order) => {
    if (order.needs) return open(form === order.needs ? "" : order.needs);
    if (!order.ask || (await run.asking.ask(order.ask, order.label, order.action === "forced_fail"))) give({ action: order.action });
  };
  if (!orders.length && !failed) return null;
  const needed = (/** @type {string} */ kind) => orders.find((o) => o.needs === kind);
  const asking = needed("comment");
  return html`<section class="node-orders" aria-label=${t("What to do")}>
    ${failed && html`<div class="alert alert-warning py-2" role="alert">${failed}</div>`}
    ${asking && html`<${CommentForm} order=${asking} busy=${busy} question=${inputs?.description ?? drawn?.component?.data?.description?.value} give=${give} />`}
    <div class="order-buttons">${orders.filter((o) => o !== asking).map((order) => html`<button type="button" class=${`btn btn-sm ${order.style ?? ""}`} disabled=${busy} aria-expanded=${order.needs ? form === order.needs : undefined} onClick=${() => pressed(order)}>${order.label}</button>`)}</div>
    ${form === "inputs" && html`<${RetryForm} drawn=${drawn} plugin=${plugin} busy=${busy} give=${give} />`}
    ${form === "branch" && needed("branch") && html`<${BranchForm} run=${run} path=${path} drawn=${drawn} action=${needed("branch")?.action} busy=${busy} give=${give} />`}
  </section>`;
}

/** A person's word to a node that waits for one. @param {any} props */
function CommentForm({ order, busy, question, give }) {
  const [comment, write] = useState("");
  const send = (/** @type {Event} */ event) => {
    event.preventDefault();
    give({ action: order.action, comment });
  };
  return html`<form class="comment-form" onSubmit=${send}>
    <label class="form-label" for="order-comment">${question || t("Shall the flow go on?")}</label>
    <textarea id="order-comment" class="form-control" rows="2" placeholder=${t("Comment, if you like")} value=${comment} onInput=${(/** @type {any} */ e) => write(e.target.value)}></textarea>
    <button class=${`btn btn-sm ${order.style ?? ""}`} disabled=${busy}>${order.label}</button>
  </form>`;
}

/** Which way a gateway that could not decide is to go. @param {any} props */
function BranchForm({ run, path, drawn, action, busy, give }) {
  const many = action === "skip_cpg";
  const [chosen, choose] = useState(/** @type {string[]} */ ([]));
  const above = path.split("/").slice(0, -1).join("/"), tree = run.treeAt(above);
  const branches = [drawn.outgoing].flat().map((/** @type {string} */ id) => {
    const condition = drawn.conditions?.[id], target = tree.flows[id]?.target;
    const to = tree.activities[target]?.name || tree.gateways[target]?.name || t("the next gateway");
    return { id, words: condition?.name || condition?.evaluate || t("otherwise"), to };
  });
  const pick = (/** @type {string} */ id, /** @type {boolean} */ on) => choose(many ? (on ? [...chosen, id] : chosen.filter((c) => c !== id)) : [id]);
  const send = (/** @type {Event} */ event) => {
    event.preventDefault();
    give({ action, flow_ids: chosen });
  };
  return html`<form class="branch-form" onSubmit=${send}><fieldset><legend class="form-label">${many ? t("Which branches shall it take?") : t("Which branch shall it take?")}</legend>
    ${branches.map(({ id, words, to }) => html`<label class="form-check"><input class="form-check-input" type=${many ? "checkbox" : "radio"} name="branch" checked=${chosen.includes(id)} onChange=${(/** @type {any} */ e) => pick(id, e.target.checked)} /><span class="form-check-label"><b>${words}</b> → ${to}</span></label>`)}</fieldset>
    <button class="btn btn-sm btn-primary" disabled=${busy || !chosen.length}>${t("Go on there")}</button></form>`;
}
