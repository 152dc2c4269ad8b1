/** Where the branches of a node meet again: the first node that all ways from it pass, if no other way leads there. */

/**
 * @param {string[]} ids each before those that it leads to
 * @param {{ source: string, target: string }[]} lines that lead on in this order
 * @returns {[string, string][]} nodes whose branches meet, and where they do; the outermost first
 */
export function meetings(ids, lines) {
  const next = new Map(ids.map((id) => [id, /** @type {string[]} */ ([])])), before = new Map(ids.map((id) => [id, /** @type {string[]} */ ([])]));
  for (const { source, target } of lines) {
    next.get(source)?.push(target);
    before.get(target)?.push(source);
  }
  const gates = gatesOf(ids, before), exits = gatesOf(ids.toReversed(), next);
  return ids.flatMap((id) => {
    const exit = exits.get(id);
    return exit && (next.get(id)?.length ?? 0) > 1 && gates.get(exit) === id ? [/** @type {[string, string]} */ ([id, exit])] : [];
  });
}

/**
 * The last node before each that all ways to it pass (its immediate dominator); null where there is none.
 * @param {string[]} ids each after those that lead to it
 * @param {Map<string, string[]>} before
 * @returns {Map<string, string | null>}
 */
function gatesOf(ids, before) {
  const place = new Map(ids.map((id, i) => [id, i])), gates = /** @type {Map<string, string | null>} */ (new Map());
  const at = (/** @type {string} */ id) => /** @type {number} */ (place.get(id));
  const common = (/** @type {string | null} */ a, /** @type {string | null} */ b) => {
    while (a !== b) {
      if (a === null || b === null) return null;
      if (at(a) > at(b)) a = gates.get(a) ?? null;
      else b = gates.get(b) ?? null;
    }
    return a;
  };
  for (const id of ids) {
    const [first, ...others] = /** @type {string[]} */ (before.get(id));
    gates.set(id, first === undefined ? null : others.reduce(common, /** @type {string | null} */ (first)));
  }
  return gates;
}
