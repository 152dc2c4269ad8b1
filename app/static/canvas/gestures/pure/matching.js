/**
 * Finding by typing: which entries fit what was typed, the best first.
 *
 * @typedef {{ label: string, detail?: string, search?: string }} Findable
 */

/**
 * The entries that have every typed word somewhere: first those that are called so, or begin so, then those with a word
 * that begins so.
 * @template {Findable} T
 * @param {T[]} entries
 * @param {string} typed
 * @returns {T[]} in their own order where nothing was typed
 */
export function matching(entries, typed) {
  const words = typed.trim().toLowerCase().split(/\s+/).filter(Boolean);
  if (!words.length) return entries;
  const ranked = entries.map((entry, i) => ({ entry, i, rank: rankOf(entry, words) })).filter(({ rank }) => rank < Infinity);
  return ranked.sort((a, b) => a.rank - b.rank || a.i - b.i).map(({ entry }) => entry);
}

/** @param {Findable} entry @param {string[]} words */
function rankOf({ label, detail = "", search = "" }, words) {
  const name = label.toLowerCase(), rest = `${detail} ${search}`.toLowerCase(), whole = words.join(" ");
  if (name.startsWith(whole)) return name === whole ? -2 : -1;
  return words.reduce((sum, word) => sum + (name.startsWith(word) ? 0 : name.includes(` ${word}`) ? 1 : name.includes(word) ? 2 : rest.includes(word) ? 4 : Infinity), 0);
}
