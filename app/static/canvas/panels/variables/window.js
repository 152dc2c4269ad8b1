/** Of a long list only the rows that are seen are drawn, and some around them. */
import { useEffect, useRef, useState } from "preact/hooks";

const FEW = 60, AROUND = 12, STEP = 6, HEIGHT = 33;

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
  const scroller = useRef(/** @type {HTMLElement | null} */ (null)), [seen, setSeen] = useState({ first: 0, rows: FEW, height: HEIGHT });
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
  if (count <= FEW) return { scroller, from: 0, to: count, above: 0, below: 0 };
  const from = Math.max(0, Math.min(seen.first - AROUND, count - FEW)), to = Math.min(count, seen.first + seen.rows + STEP + AROUND);
  return { scroller, from, to, above: from * seen.height, below: (count - to) * seen.height };
}
