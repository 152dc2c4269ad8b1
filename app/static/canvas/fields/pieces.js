/**
 * What can be written into `${…}`: variables, constants of the project, what the system knows, outputs of nodes that run before.
 *
 * @typedef {{ kind: "variable" | "output" | "project" | "system", name: string, label: string, detail: string, node?: any, output?: any }} Offer `name` is what stands inside the braces
 * @typedef {{ from: number, to: number, typed: string }} Piece
 */

/** A `${` that is being typed before the caret, or undefined. @param {string} text @param {number} caret @returns {Piece | undefined} */
export function pieceAt(text, caret) {
  const match = /\$\{?([\w.]*)$/.exec(text.slice(0, caret));
  if (!match || (match[0] === "$" && caret < text.length && /[\w({]/.test(text[caret]))) return undefined;
  const rest = match[0].startsWith("${") ? /^[\w.]*\}?/.exec(text.slice(caret)) : null;
  return { from: match.index, to: caret + (rest?.[0].endsWith("}") ? rest[0].length : 0), typed: match[1] };
}

/**
 * The offers that fit what was typed, those that begin with it first.
 * @param {Offer[]} offers
 * @param {string} typed
 * @returns {Offer[]}
 */
export function fitting(offers, typed) {
  const wanted = typed.toLowerCase();
  const rank = (/** @type {Offer} */ o) => {
    const name = o.name.toLowerCase();
    if (name.startsWith(wanted)) return 0;
    return name.includes(wanted) || o.label.toLowerCase().includes(wanted) ? 1 : 2;
  };
  return offers.map((o, i) => ({ o, i, rank: rank(o) })).filter((r) => r.rank < 2).sort((a, b) => a.rank - b.rank || a.i - b.i).map((r) => r.o);
}

/**
 * A text with a piece put in, and where the caret stands then.
 * @param {string} text
 * @param {Piece} piece
 * @param {string} name
 */
export function inserted(text, { from, to }, name) {
  const piece = `\${${name}}`;
  return { text: text.slice(0, from) + piece + text.slice(to), caret: from + piece.length };
}

/** What `_system` holds in a run. */
export const SYSTEM = ["task_id", "task_name", "task_url", "task_start_time", "operator", "executor", "project_id", "project_name", "bk_biz_id", "time_zone"];

/**
 * The ids of the tasks that may have run before a node, nearest first.
 * @param {{ id: string, incoming: { source: any }[] }} element
 * @returns {any[]} elements
 */
export function tasksBefore(element) {
  const seen = new Set([element]), queue = /** @type {any[]} */ ([element]);
  for (const each of queue) {
    for (const { source } of each.incoming ?? []) {
      if (!source || seen.has(source)) continue;
      seen.add(source);
      queue.push(source);
    }
  }
  return queue.slice(1).filter((e) => e.businessObject.kind === "ServiceActivity");
}
