/**
 * What may be asked of a task and its nodes in each state, and the question that is asked before.
 *
 * @typedef {{ action: string, label: string, ask: string, style?: string, needs?: "inputs" | "comment" | "branch" }} Order
 */
import { t } from "../words.js";

/**
 * The orders that a task takes now, the first one first.
 * @param {import("./live.js").TaskState} task
 * @param {number} running how many of its nodes work at this moment
 * @param {string} me who reads
 * @returns {Order[]}
 */
export function taskOrders({ state, name, order }, running, me) {
  const revoke = { action: "revoke", label: t("Revoke"), style: "btn-outline-danger", ask: t("Revoke {name}? {count} running nodes will be stopped; what they did stays.", { name, count: running }) };
  if (state === "created") return startOrders(name, order, me);
  if (state === "running") return [{ action: "pause", label: t("Pause"), ask: t("Pause {name}? Running nodes end what they do; nothing new begins.", { name }) }, revoke];
  if (state === "paused") return [{ action: "resume", label: t("Resume"), style: "btn-primary", ask: "" }, revoke];
  return [];
}

/**
 * Who may begin it: anybody, or who claims the order that it waits with.
 * @param {string} name @param {import("./live.js").OrderState | null | undefined} order @param {string} me @returns {Order[]}
 */
function startOrders(name, order, me) {
  const start = { action: "start", label: t("Start"), style: "btn-primary", ask: "" };
  if (!order) return [start];
  if (order.status === "submitted") return [{ action: "claim", label: t("Claim"), style: "btn-primary", ask: "" }, { action: "reject", label: t("Reject it"), style: "btn-outline-danger", ask: t("Reject {name}? It can neither be claimed nor started then.", { name }) }];
  if (order.status !== "claimed") return [];
  return order.claimant === me ? [start] : [{ ...start, style: "", ask: t("{claimant} has claimed {name}. Start it in their place?", { claimant: order.claimant, name }) }];
}

/** How far its order is, in words. @param {import("./live.js").OrderState} order */
export function orderWords({ status, creator, claimant, rejecter }) {
  if (status === "submitted") return t("submitted by {name}; an operator must claim it", { name: creator });
  return status === "claimed" ? t("claimed by {name}", { name: claimant }) : t("rejected by {name}; it never starts", { name: rejecter });
}

/**
 * The orders that a node takes now.
 * @param {import("./live.js").NodeState | undefined} node
 * @param {any} drawn its JSON in the frozen tree
 * @returns {Order[]}
 */
export function nodeOrders(node, drawn) {
  const name = drawn?.name || node?.name || t("this node");
  const kind = drawn?.type;
  if (!node) return kind === "ServiceActivity" || kind === "SubProcess" ? [{ action: "pause", label: t("Pause before it"), ask: "" }] : [];
  const fail = { action: "forced_fail", label: t("Fail it now"), style: "btn-outline-danger", ask: t("Fail {name} now? What it does is stopped; you can retry or skip it then.", { name }) };
  if (node.state === "failed") return failedOrders(kind, name);
  if (node.state === "waiting_person") return [{ action: "callback", label: t("Confirm"), style: "btn-primary", ask: "", needs: "comment" }, fail];
  if (node.state === "waiting_callback") return [{ action: "callback", label: t("Call back"), ask: "", needs: "comment" }, fail];
  if (node.state === "paused") return [{ action: "resume", label: t("Go on"), style: "btn-primary", ask: "" }];
  if (kind === "SubProcess" && node.state === "running") return node.child_state === "paused" ? [{ action: "resume_subproc", label: t("Resume the subprocess"), style: "btn-primary", ask: "" }] : [{ action: "pause_subproc", label: t("Pause the subprocess"), ask: "" }];
  if (["running", "waiting_timer", "retrying"].includes(node.state)) return [fail];
  return [];
}

/** @param {string} kind @param {string} name @returns {Order[]} */
function failedOrders(kind, name) {
  const retry = { action: "retry", label: t("Retry"), style: "btn-primary", ask: t("Retry {name} with the same inputs?", { name }) };
  const skip = { action: "skip", label: t("Skip"), ask: t("Skip {name}? The flow goes on as if it had succeeded, without its outputs.", { name }) };
  if (kind === "ExclusiveGateway") return [retry, { action: "skip_exg", label: t("Choose a branch…"), ask: "", needs: "branch" }];
  if (kind === "ConditionalParallelGateway") return [retry, { action: "skip_cpg", label: t("Choose branches…"), ask: "", needs: "branch" }];
  if (kind === "ServiceActivity") return [retry, { action: "retry", label: t("Retry with other inputs…"), ask: "", needs: "inputs" }, skip];
  return [retry, skip];
}
