/** Places for nodes that have none: in columns by their distance from the start, as trees that a program wrote need. */

const COLUMN = 220, ROW = 100, LEFT = 40, TOP = 140;

/**
 * Give each node a corner, in the tree's measure.
 * @param {string[]} ids
 * @param {{ source: string, target: string }[]} flows
 * @param {string | undefined} start
 * @returns {Map<string, { x: number, y: number }>}
 */
export function arrange(ids, flows, start) {
  const after = new Map(ids.map((id) => [id, /** @type {string[]} */ ([])]));
  for (const { source, target } of flows) after.get(source)?.push(target);
  const column = columns(start ?? ids[0], after);
  const last = Math.max(0, ...column.values());
  const filled = /** @type {Map<number, number>} */ (new Map());
  return new Map(ids.map((id) => {
    const at = column.get(id) ?? last + 1, row = filled.get(at) ?? 0;
    filled.set(at, row + 1);
    return [id, { x: LEFT + COLUMN * at, y: TOP + ROW * row }];
  }));
}

/**
 * How far each node is from the start, by the fewest lines: a cycle needs no care then.
 * @param {string} start
 * @param {Map<string, string[]>} after
 */
function columns(start, after) {
  const column = new Map([[start, 0]]), queue = [start];
  for (const id of queue) {
    for (const next of after.get(id) ?? []) {
      if (column.has(next)) continue;
      column.set(next, (column.get(id) ?? 0) + 1);
      queue.push(next);
    }
  }
  return column;
}
