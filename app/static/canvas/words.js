/** The words of the canvas in the reader's language. The page brings them; a word that it lacks stays English. */

/** @type {Record<string, string>} */
let catalogue = {};

/** @param {Record<string, string>} words the translations by their English text */
export function setWords(words) {
  catalogue = words;
}

/**
 * Translate a text; `{name}` in it is replaced by the value of that name.
 * @param {string} text
 * @param {Record<string, unknown>} [values]
 */
export function t(text, values = {}) {
  return (catalogue[text] || text).replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}

/** A moment as the page's readers write it, with the date or only the time. @param {string | number | Date} at @param {{ timeOnly?: boolean }} [options] */
export function moment(at, { timeOnly = false } = {}) {
  const language = document.documentElement.lang || undefined, time = new Date(at);
  return timeOnly ? time.toLocaleTimeString(language, { timeStyle: "short" }) : time.toLocaleString(language, { dateStyle: "medium", timeStyle: "short" });
}
