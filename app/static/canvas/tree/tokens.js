/**
 * Cuts an expression into Python's words and marks.
 *
 * @typedef {{ text: string, kind: "word" | "keyword" | "number" | "quote" | "mark" | "end", at: number, end: number }} Token
 */
import { readQuote } from "./quotes.js";

const MOST_BRACKETS = 200;
const KEYWORDS = new Set("False None True and as assert async await break class continue def del elif else except finally for from global if import in is lambda nonlocal not or pass raise return try while with yield".split(" "));
const BLANK = /(?:[ \t\f]|\\\r?\n|#[^\r\n]*)*/y;
const LINES = /[\r\n]+/y;
const WORD = /[\p{XID_Start}_]\p{XID_Continue}*/yu;
const MARK = /\*\*|\/\/|<<|>>|<=|>=|==|!=|[-+*/%@&|^~<>()[\]{},:.]/y;
const NUMBER = /0[xX](?:_?[\da-fA-F])+|0[oO](?:_?[0-7])+|0[bB](?:_?[01])+|(?:\d(?:_?\d)*\.(?:\d(?:_?\d)*)?|\.\d(?:_?\d)*)(?:[eE][+-]?\d(?:_?\d)*)?|\d(?:_?\d)*[eE][+-]?\d(?:_?\d)*|0(?:_?0)*(?![\d_])|[1-9](?:_?\d)*/y;
const MAY_FOLLOW_NUMBER = /(?:and|else|for|if|in|is|not|or)|(?![\p{XID_Continue}])/yu;

/** What is thrown for a text that is no expression; it never leaves `namesIn`. */
export class NoExpression extends Error {}

/**
 * The tokens of an expression, an end behind them; throws NoExpression where there is none that Python has.
 * @param {string} source
 * @param {boolean} inBrackets whether lines may end anywhere in it
 * @returns {Token[]}
 */
export function tokensOf(source, inBrackets) {
  const tokens = /** @type {Token[]} */ ([]);
  let at = 0, depth = inBrackets ? 1 : 0;
  for (;;) {
    at = past(BLANK, source, at) ?? at;
    if (at >= source.length) break;
    const lineEnd = past(LINES, source, at);
    if (lineEnd !== undefined) {
      if (!depth && !isBlank(source, lineEnd)) throw new NoExpression();
      at = lineEnd;
      continue;
    }
    const token = tokenAt(source, at);
    depth += "([{".includes(token.text) ? 1 : ")]}".includes(token.text) ? -1 : 0;
    if (depth > MOST_BRACKETS) throw new NoExpression();
    tokens.push(token);
    at = token.end;
  }
  return [...tokens, { kind: "end", text: "", at, end: at }];
}

/** Whether only blanks and comments are left. @param {string} source @param {number} at */
function isBlank(source, at) {
  for (let end = at; ; at = end) {
    end = past(LINES, source, past(BLANK, source, at) ?? at) ?? past(BLANK, source, at) ?? at;
    if (end === at) return at >= source.length;
  }
}

/** @param {string} source @param {number} at @returns {Token} */
function tokenAt(source, at) {
  const quote = readQuote(source, at);
  if (quote) return { kind: "quote", text: "quote", at, end: quote.end };
  const number = past(NUMBER, source, at);
  if (number !== undefined) {
    if (past(MAY_FOLLOW_NUMBER, source, number) === undefined) throw new NoExpression();
    return { kind: "number", text: "number", at, end: number };
  }
  const word = past(WORD, source, at);
  if (word !== undefined) {
    const text = source.slice(at, word);
    return { kind: KEYWORDS.has(text) ? "keyword" : "word", text, at, end: word };
  }
  const mark = past(MARK, source, at);
  if (mark === undefined) throw new NoExpression();
  return { kind: "mark", text: source.slice(at, mark), at, end: mark };
}

/** Where what a pattern matches at a place ends. @param {RegExp} pattern a sticky one @param {string} source @param {number} at */
function past(pattern, source, at) {
  pattern.lastIndex = at;
  return pattern.test(source) ? pattern.lastIndex : undefined;
}
