/**
 * The order in which Tab walks the nodes: along the flow, one branch after the other, what joins them behind them all.
 *
 * @typedef {{ id: string, x: number, y: number }} Placed
 */

/**
 * Every node once. Of two nodes the one that leads to the other comes first, unless the flow goes in a circle.
 * @param {Placed[]} nodes
 * @param {{ source: string, target: string }[]} flows the branches of a gateway in their order
 * @param {string} [start]
 * @returns {string[]}
 */
export function walkOrder(nodes, flows, start) {
  const after = new Map(nodes.map((n) => [n.id, /** @type {string[]} */ ([])]));
  const entered = new Set();
  for (const { source, target } of flows) {
    after.get(source)?.push(target);
    entered.add(target);
  }
  const byPlace = [...nodes].sort((a, b) => a.x - b.x || a.y - b.y).map((n) => n.id);
  const roots = [...(start && after.has(start) ? [start] : []), ...byPlace.filter((id) => !entered.has(id)), ...byPlace];
  const seen = /** @type {Set<string>} */ (new Set());
  return roots.flatMap((root) => (seen.has(root) ? [] : reached(root, after, seen)));
}

/**
 * What is reached from a node and was not seen before: the reverse of the order in which a search in depth leaves nodes.
 * @param {string} root
 * @param {Map<string, string[]>} after
 * @param {Set<string>} seen
 */
function reached(root, after, seen) {
  const left = /** @type {string[]} */ ([]);
  const open = [{ id: root, next: (after.get(root) ?? []).toReversed() }];
  seen.add(root);
  while (open.length) {
    const { id, next } = open[open.length - 1];
    const child = next.shift();
    if (child === undefined) {
      left.push(id);
      open.pop();
    } else if (after.has(child) && !seen.has(child)) {
      seen.add(child);
      open.push({ id: child, next: (after.get(child) ?? []).toReversed() });
    }
  }
  return left.reverse();
}
