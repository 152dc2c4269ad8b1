/** Of a long list only the rows that are seen are drawn, and some around them. */
import { useEffect, useRef, useState } from "preact/hooks";

const FEW = 30, AROUND = 6, STEP = 4, HEIGHT = 33;

/** @typedef {{ first: number, rows: number, height: number }} Seen which row is the first that is seen, how many there are, and how high one is */

/**
 * Bring a row into view when it becomes the chosen one.
 * @param {{ current: any }} scroller
 * @param {number} index -1 for none
 * @param {string} chosen
 */
export function useReveal(scroller, index, chosen) {
  useEffect(() => {
    const element = scroller.current;
    if (!element || index < 0) return;
    const height = element.querySelector("tr[data-key]")?.getBoundingClientRect().height || HEIGHT, top = index * height;
    if (top < element.scrollTop || top + 2 * height > element.scrollTop + element.clientHeight) element.scrollTop = top - element.clientHeight / 2;
  }, [chosen]);
}

/**
 * Which rows are to be drawn, and how high the rest above and below is.
 * @param {number} count
 * @returns {{ scroller: { current: any }, from: number, to: number, above: number, below: number }} `scroller` is the element that scrolls
 */
export function useWindow(count) {
  const scroller = useRef(/** @type {HTMLElement | null} */ (null)), [seen, setSeen] = useState({ first: 0, rows: STEP, height: HEIGHT });
  useEffect(() => {
    const element = scroller.current;
    if (!element || count <= FEW) return undefined;
    const look = () => {
      const height = element.querySelector("tr[data-key]")?.getBoundingClientRect().height || HEIGHT;
      const first = STEP * Math.floor(element.scrollTop / height / STEP), rows = Math.ceil(element.clientHeight / height);
      setSeen((now) => (now.first === first && now.rows === rows && now.height === height ? now : { first, rows, height }));
    };
    const resized = new ResizeObserver(look);
    resized.observe(element);
    element.addEventListener("scroll", look, { passive: true });
    return () => {
      resized.disconnect();
      element.removeEventListener("scroll", look);
    };
  }, [count > FEW]);
  return { scroller, ...windowOf(count, seen) };
}

/**
 * The rows that are drawn of so many, and how high the others are above and below them.
 * @param {number} count
 * @param {Seen} seen
 */
export function windowOf(count, { first, rows, height }) {
  if (count <= FEW) return { from: 0, to: count, above: 0, below: 0 };
  const to = Math.min(count, first + rows + STEP + AROUND), from = Math.max(0, Math.min(first, count - rows) - AROUND);
  return { from, to, above: from * height, below: (count - to) * height };
}
