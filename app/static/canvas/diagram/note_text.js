/** The text of a note in lines. */
import { FONTS, fit, widthOf } from "./measuring.js";

const FONT = FONTS.small.replace("11px", "12px"), INSET = 10, LINE = 16, ABOVE = 14;
/** Where the first line stands, and how far the next is below it. */
export const FIRST_LINE = { x: INSET, y: 20 }, LINE_HEIGHT = LINE;

/** The lines that are seen of a text; the last of them says when there are more. @param {string} words @param {number} width of the note @param {number} height of the note @returns {string[]} */
export function seenLines(words, width, height) {
  const lines = wrapped(words, width - 2 * INSET), room = Math.max(1, Math.floor((height - ABOVE) / LINE));
  return lines.length <= room ? lines : [...lines.slice(0, room - 1), fit(`${lines[room - 1]} …`, width - 2 * INSET, FONT).replace(/\s*…+$/, "…")];
}

/** How high a note has to be for all of a text to be seen. @param {string} words @param {number} width of the note */
export const heightFor = (words, width) => wrapped(words, width - 2 * INSET).length * LINE + ABOVE;

/** @param {string} words @param {number} width */
function wrapped(words, width) {
  const lines = [];
  for (const paragraph of words.split("\n")) {
    let line = "";
    for (const part of paragraph.split(/(?<=[\s\u3000-\u9fff])/)) {
      if (line && widthOf(line + part, FONT) > width) {
        lines.push(line.trimEnd());
        line = "";
      }
      line += part;
    }
    lines.push(fit(line, width, FONT));
  }
  return lines;
}
