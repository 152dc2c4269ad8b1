/**
 * The critical path of a run: the chain of attempts that made it last as long as it did.
 *
 * @typedef {{ path: string, loop: number, attempt: number, state: string, skipped: boolean, started_at: string, finished_at: string | null, reason: string, run_id: number }} Attempt
 */

/**
 * Find it, from the attempt that ended last back to the start: before each attempt stands the one that ended last among
 * those that lead to it, or the attempt that it retries.
 * @param {Attempt[]} attempts of the flow itself, without those in subprocesses
 * @param {{ flows: Record<string, { source: string, target: string }> }} tree
 * @returns {Set<Attempt>}
 */
export function criticalPath(attempts, tree) {
  const before = predecessors(tree);
  const ended = attempts.filter((a) => a.finished_at);
  const found = /** @type {Set<Attempt>} */ (new Set());
  let now = latest(ended, Infinity);
  while (now && !found.has(now)) {
    found.add(now);
    const from = Date.parse(now.started_at), { path, loop, attempt } = now;
    const retried = ended.filter((a) => a.path === path && a.loop === loop && a.attempt === attempt - 1);
    const sources = before.get(path) ?? new Set();
    now = retried[0] ?? latest(ended.filter((a) => a !== now && sources.has(a.path)), from);
  }
  return found;
}

/** @param {Attempt[]} attempts @param {number} until @returns {Attempt | undefined} */
function latest(attempts, until) {
  const end = (/** @type {Attempt} */ a) => Date.parse(a.finished_at ?? "");
  return attempts.filter((a) => end(a) <= until).reduce((/** @type {Attempt | undefined} */ best, a) => (!best || end(a) >= end(best) ? a : best), undefined);
}

/** @param {{ flows: Record<string, { source: string, target: string }> }} tree */
function predecessors(tree) {
  const before = /** @type {Map<string, Set<string>>} */ (new Map());
  for (const { source, target } of Object.values(tree.flows)) before.set(target, (before.get(target) ?? new Set()).add(source));
  return before;
}
