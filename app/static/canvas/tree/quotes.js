/**
 * Texts in quotes as Python writes them, and the fields of formatted ones: `f"{a}"`.
 *
 * @typedef {{ from: number, to: number, end: number, isRaw: boolean, isFormatted: boolean }} Quote `from` and `to` bound what is quoted
 */
const OPENING = /(fr|rf|r|u|f)?("""|'''|"|')/iy;
const ESCAPE = /\\(?:x[\da-fA-F]{2}|u[\da-fA-F]{4}|U(?:000[\da-fA-F]|0010)[\da-fA-F]{4}|N\{[^{}]+\}|[^xuUN])/y;
const CLOSING = /** @type {Record<string, string>} */ ({ "(": ")", "[": "]", "{": "}" });

/**
 * The quote that begins at a place; null when none does, or one that never ends.
 * @param {string} source
 * @param {number} at
 * @returns {Quote | null}
 */
export function readQuote(source, at) {
  OPENING.lastIndex = at;
  const [, prefix = "", mark] = OPENING.exec(source) ?? [];
  if (!mark) return null;
  const from = OPENING.lastIndex, isRaw = /r/i.test(prefix);
  for (let i = from; i < source.length; i += 1) {
    if (source.startsWith(mark, i)) return { from, to: i, end: i + mark.length, isRaw, isFormatted: /f/i.test(prefix) };
    if (source[i] === "\\") {
      if (!isRaw && !isEscape(source, i)) return null;
      i += 1;
    } else if (mark.length === 1 && (source[i] === "\n" || source[i] === "\r")) return null;
  }
  return null;
}

/** @param {string} source @param {number} at */
function isEscape(source, at) {
  ESCAPE.lastIndex = at;
  return ESCAPE.test(source);
}

/**
 * Where the expressions of a formatted text stand; null when it is none, or says how they are to be formatted.
 * @param {string} source
 * @param {Quote} quote
 * @returns {[number, number][] | null}
 */
export function fieldsOf(source, { from, to, isRaw }) {
  const fields = /** @type {[number, number][]} */ ([]);
  for (let i = from; i < to; i += 1) {
    const c = source[i];
    if (c === "\\" && !isRaw && source.startsWith("N{", i + 1)) i = source.indexOf("}", i);
    else if (c === "\\" && !"{}".includes(source[i + 1])) i += 1;
    else if ((c === "{" || c === "}") && source[i + 1] === c && i + 1 < to) i += 1;
    else if (c === "}") return null;
    else if (c === "{") {
      const end = endOfField(source, i + 1, to), closed = end === null ? null : pastConversion(source, end);
      if (end === null || closed === null) return null;
      fields.push([i + 1, end]);
      i = closed;
    }
  }
  return fields;
}

/**
 * Where the expression of a field ends: before its `}`, `!`, `:` or `=`.
 * @param {string} source
 * @param {number} from
 * @param {number} to
 */
function endOfField(source, from, to) {
  const open = /** @type {string[]} */ ([]);
  for (let i = from; i < to; i += 1) {
    const c = source[i];
    if (c === "\\" || c === "#") return null;
    if (c === "'" || c === '"') {
      const quote = readQuote(source.slice(0, to), i);
      if (!quote) return null;
      i = quote.end - 1;
    } else if (CLOSING[c]) open.push(CLOSING[c]);
    else if (!open.length && "!=<>".includes(c) && source[i + 1] === "=") i += 1;
    else if (!open.length && "!=:}".includes(c)) return i;
    else if (")]}".includes(c) && open.pop() !== c) return null;
  }
  return null;
}

/** Where the `}` of a field stands whose value is written as text; null for other ways of writing it. @param {string} source @param {number} at */
function pastConversion(source, at) {
  const [whole] = /^(?:=\s*)?!s(?=\})|^(?=\})/.exec(source.slice(at)) ?? [];
  return whole === undefined ? null : at + whole.length;
}
