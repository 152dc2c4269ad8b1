/** Values that are objects of known parts, as a moment with its format. */

/**
 * The parts of a value that is an object of them; a text that stands in its place is the first of them.
 * @param {any} value
 * @param {{ key: string }[]} parts
 * @returns {Record<string, any>}
 */
export function partsOf(value, parts) {
  if (value && typeof value === "object" && !Array.isArray(value)) return value;
  return value === "" || value === undefined || value === null ? {} : { [parts[0].key]: value };
}
