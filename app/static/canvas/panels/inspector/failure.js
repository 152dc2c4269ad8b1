/**
 * What happens when a task fails, as one choice.
 *
 * @import { JsonObject } from "../../tree/types.js"
 * @typedef {"ask" | "skip" | "by_hand" | "again"} Policy bk-sops' MS, AS, MR and AR
 */

/** Old spellings are written along, where a tree has them. */
const OLD = /** @type {Record<string, string>} */ ({ skippable: "isSkipped", retryable: "can_retry" });

/** Whether a switch of a node is on. @param {JsonObject} node @param {"skippable" | "retryable" | "optional" | "error_ignorable"} flag */
export function flagOf(node, flag) {
  const otherwise = flag === "skippable" || flag === "retryable";
  return Boolean(node[flag] ?? node[OLD[flag]] ?? otherwise);
}

/** @param {JsonObject} node @param {string} flag @param {boolean} on @returns {JsonObject} */
export function withFlag(node, flag, on) {
  const old = OLD[flag];
  return { ...node, [flag]: on, ...(old && old in node ? { [old]: on } : {}) };
}

/** @param {JsonObject} node @returns {Policy} */
export function policyOf(node) {
  if (node.error_ignorable) return "skip";
  if (node.auto_retry?.enable) return "again";
  return flagOf(node, "skippable") || !flagOf(node, "retryable") ? "ask" : "by_hand";
}

/**
 * A node with another policy; how often and when it tries again is kept for when it is chosen again.
 * @param {JsonObject} node
 * @param {Policy} policy
 * @returns {JsonObject}
 */
export function withPolicy(node, policy) {
  let made = withFlag(node, "error_ignorable", policy === "skip");
  if (policy === "ask") made = withFlag(withFlag(made, "skippable", true), "retryable", true);
  if (policy === "by_hand") made = withFlag(withFlag(made, "skippable", false), "retryable", true);
  if (policy === "again") return { ...made, auto_retry: { interval: 0, times: 1, ...node.auto_retry, enable: true } };
  return node.auto_retry?.enable ? { ...made, auto_retry: { ...node.auto_retry, enable: false } } : made;
}
