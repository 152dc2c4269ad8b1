/**
 * Who is told of a flow's tasks, as bk-sops keeps it: `notify_type` {success: [ways], fail: [ways], …}, or the older list
 * of ways that counts for success and failure; `notify_receivers` {more_receiver: "a,b", receiver_group: […]}.
 */

export const EVENTS = /** @type {const} */ (["success", "fail", "pending_processing"]);

/**
 * @param {any} types
 * @returns {Record<string, string[]>}
 */
export function waysOf(types) {
  const old = Array.isArray(types) ? types : null, given = old ? { success: old, fail: old } : (types ?? {});
  return Object.fromEntries(EVENTS.map((event) => [event, Array.isArray(given[event]) ? given[event].map(String) : []]));
}

/** Types with a way more or less for an event. @param {any} types @param {string} event @param {string} way @param {boolean} on */
export function withWay(types, event, way, on) {
  const ways = waysOf(types), left = ways[event].filter((w) => w !== way), kept = Array.isArray(types) ? {} : types;
  return { ...kept, ...ways, [event]: on ? [...left, way] : left };
}

/** @param {any} receivers @returns {string[]} */
export function receiversOf(receivers) {
  const more = receivers?.more_receiver ?? "";
  return (Array.isArray(more) ? more : String(more).split(/[,;\s]+/)).map(String).filter(Boolean);
}

/** @param {any} receivers @param {string[]} targets */
export function withReceivers(receivers, targets) {
  return { ...receivers, more_receiver: targets.join(",") };
}

/** Whether a notice can go there: a mail address or a web address. @param {string} target */
export function isTarget(target) {
  return /^https?:\/\/[^\s/]+\S*$/.test(target) || /^[^@\s,;<>"]+@[^@\s,;<>"]+$/.test(target);
}
