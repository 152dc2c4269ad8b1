/** Two texts of several lines, by the lines that only one of them has. */

/** Above so many pairs of lines the whole of both is told. */
const MOST_PAIRS = 250_000;

/**
 * @param {string} before @param {string} after
 * @returns {{ kind: "removed" | "added", text: string }[]}
 */
export function changedLines(before, after) {
  const old = before.split("\n"), now = after.split("\n");
  if (old.length * now.length > MOST_PAIRS) return [...old.map(removed), ...now.map(added)];
  /** How many lines both have from here on. */
  const common = Array.from({ length: old.length + 1 }, () => new Uint32Array(now.length + 1));
  for (let i = old.length - 1; i >= 0; i--) for (let j = now.length - 1; j >= 0; j--) common[i][j] = old[i] === now[j] ? common[i + 1][j + 1] + 1 : Math.max(common[i + 1][j], common[i][j + 1]);
  const found = [];
  let i = 0, j = 0;
  while (i < old.length || j < now.length) {
    if (i < old.length && j < now.length && old[i] === now[j]) { i++; j++; }
    else if (i < old.length && (j === now.length || common[i + 1][j] >= common[i][j + 1])) found.push(removed(old[i++]));
    else found.push(added(now[j++]));
  }
  return found;
}

const removed = (/** @type {string} */ text) => ({ kind: /** @type {const} */ ("removed"), text });
const added = (/** @type {string} */ text) => ({ kind: /** @type {const} */ ("added"), text });
