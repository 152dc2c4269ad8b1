/**
 * What a graph of dependencies says of a step (`docs/dependencies.md`), read and changed. Keys that we do not know stay,
 * and what is given up leaves no trace. Everything returns new values; nothing is changed in place.
 *
 * @import { JsonObject } from "./types.js"
 * @typedef {{ ratio?: number, count?: number }} Share how many elements of a loop: a part of all, or a number
 * @typedef {{ case: any, next: string }} Case
 */

/** Milliseconds by the unit that people count them in, from the smallest. */
export const UNITS = { ms: 1, s: 1000, min: 60_000, h: 3_600_000 };

/** @param {JsonObject} node @returns {JsonObject} */
export const stepOf = (node) => node.step ?? {};

/** Whether nothing is said by a value. @param {any} value */
const isNothing = (value) => value === undefined || value === null || value === "" || (typeof value === "object" && !Object.keys(value).length);

/**
 * A node whose step has other settings; one that says nothing goes. Without any the node has no step again.
 * @param {JsonObject} node
 * @param {JsonObject} settings
 * @returns {JsonObject}
 */
export function withSettings(node, settings) {
  const step = Object.fromEntries(Object.entries({ ...node.step, ...settings }).filter(([key, value]) => !(key in settings) || !isNothing(value)));
  return { ...node, step: Object.keys(step).length ? step : undefined };
}

/**
 * How a step tries again: as its step says, else as any task does.
 * @param {JsonObject} node
 * @returns {{ retries: number, afterMs: number, timeoutMs: number }}
 */
export function triesOf(node) {
  const { retries = 0, retry_after_ms: after = 0, timeout_ms: timeout = 0 } = stepOf(node), { auto_retry: retry, timeout_config: limit } = node;
  const isOld = !retries && retry?.enable;
  return {
    retries: isOld ? (retry.times ?? 1) : retries, afterMs: isOld ? (retry.interval ?? 0) * UNITS.s : after,
    timeoutMs: !timeout && limit?.enable ? limit.seconds * UNITS.s : timeout,
  };
}

/**
 * A node that tries otherwise. What it said as a common task counts no longer.
 * @param {JsonObject} node
 * @param {{ retries?: number, afterMs?: number, timeoutMs?: number }} patch
 * @returns {JsonObject}
 */
export function withTries(node, patch) {
  const { retries, afterMs, timeoutMs } = { ...triesOf(node), ...patch };
  const off = (/** @type {string} */ key) => (node[key]?.enable ? { [key]: { ...node[key], enable: false } } : {});
  const made = withSettings(node, { retries: retries || null, retry_after_ms: (retries && afterMs) || null, timeout_ms: timeoutMs || null });
  return { ...made, ...off("auto_retry"), ...off("timeout_config") };
}

/** The largest unit that counts a time without a fraction; of none, seconds. @param {number} ms @returns {keyof typeof UNITS} */
export function unitOf(ms) {
  const names = /** @type {(keyof typeof UNITS)[]} */ (Object.keys(UNITS));
  return ms ? (names.findLast((name) => ms % UNITS[name] === 0) ?? "ms") : "s";
}

/** @param {Share | undefined} share @returns {"none" | "ratio" | "count"} */
export function shareKind(share) {
  if (share?.ratio) return "ratio";
  return share?.count ? "count" : "none";
}

/** The steps that a step leads to, which a switch can choose. @param {any} shape @returns {any[]} */
export function nextSteps(shape) {
  return shape.outgoing.map((/** @type {any} */ line) => line.target).filter((/** @type {any} */ next) => next.businessObject.kind !== "EmptyEndEvent");
}

/**
 * A step whose ids are others, as when it is copied; a case whose step did not come along goes.
 * @param {JsonObject} node
 * @param {Map<string, string>} ids
 * @returns {JsonObject}
 */
export function withNewIds(node, ids) {
  const chosen = node.step?.switch;
  if (!chosen) return node;
  const cases = (chosen.cases ?? []).flatMap((/** @type {Case} */ c) => (ids.has(c.next) ? [{ ...c, next: ids.get(c.next) }] : []));
  const { default: otherwise, ...rest } = chosen;
  return { ...node, step: { ...node.step, switch: { ...rest, cases, ...(ids.has(otherwise) ? { default: ids.get(otherwise) } : {}) } } };
}
