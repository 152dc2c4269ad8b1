/** Ids as bk-sops' editor makes them: a word and 28 hexadecimal digits. */

/** @param {"node" | "line" | "note"} word */
export function newId(word) {
  const bytes = crypto.getRandomValues(new Uint8Array(14));
  return word + Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("");
}
