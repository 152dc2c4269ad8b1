/** How wide a text is drawn, and how much of it fits. */

const FAMILY = "Inter, system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'Noto Sans CJK SC', sans-serif";
/** What the canvas is written in. */
export const FONTS = { name: `600 13px ${FAMILY}`, small: `11px ${FAMILY}` };

/** @type {CanvasRenderingContext2D | null} */
let context = null;
/** @type {Map<string, string>} */
const fitted = new Map();

/** @param {string} text @param {string} font as CSS writes it */
export function widthOf(text, font) {
  context ??= document.createElement("canvas").getContext("2d");
  if (!context) return text.length * 7;
  context.font = font;
  return context.measureText(text).width;
}

/**
 * Cut a text to a width, with an ellipsis when something is left out.
 * @param {string} text
 * @param {number} width
 * @param {string} font
 */
export function fit(text, width, font) {
  const key = `${width}|${font}|${text}`;
  let found = fitted.get(key);
  if (found === undefined) {
    found = cut(text, width, font);
    if (fitted.size > 20000) fitted.clear();
    fitted.set(key, found);
  }
  return found;
}

/** @param {string} text @param {number} width @param {string} font */
function cut(text, width, font) {
  if (widthOf(text, font) <= width) return text;
  const letters = Array.from(text);
  let low = 0, high = letters.length;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (widthOf(`${letters.slice(0, middle).join("")}…`, font) <= width) low = middle;
    else high = middle - 1;
  }
  return `${letters.slice(0, low).join("").trimEnd()}…`;
}
