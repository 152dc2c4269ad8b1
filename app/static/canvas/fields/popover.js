/** A small panel beside what it belongs to; it closes by Escape and by a press elsewhere. */
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { html } from "htm/preact";

const GAP = 4, EDGE = 8;
/** Not to be seen, but something in it can be given the focus. */
const UNPLACED = { opacity: 0 };

/**
 * @param {{ anchor: { current: Element | null }, onClose: () => void, children: any, label?: string, class?: string, width?: number, role?: string, id?: string, takesFocus?: boolean }} props
 */
export function Popover({ anchor, onClose, children, label, class: more = "", width, role = "dialog", id, takesFocus = true }) {
  const panel = useRef(/** @type {HTMLElement | null} */ (null));
  const [place, setPlace] = useState(/** @type {any} */ (UNPLACED));
  useLayoutEffect(() => {
    const lay = () => setPlace(placeOf(anchor.current, panel.current, width));
    lay();
    window.addEventListener("resize", lay);
    window.addEventListener("scroll", lay, true);
    return () => {
      window.removeEventListener("resize", lay);
      window.removeEventListener("scroll", lay, true);
    };
  }, [anchor, width, children]);
  useEffect(() => {
    if (takesFocus) /** @type {HTMLElement | null} */ (panel.current?.querySelector("input, textarea, select") ?? panel.current?.querySelector("button"))?.focus();
  }, []);
  useLayoutEffect(() => {
    const element = panel.current, from = anchor.current;
    // However it closes, keys go on where they were.
    return () => void (takesFocus && element?.contains(document.activeElement) && focusable(from)?.focus());
  }, []);
  useOutside(panel, anchor, onClose);
  const back = () => {
    onClose();
    if (takesFocus) focusable(anchor.current)?.focus();
  };
  const keys = (/** @type {KeyboardEvent} */ e) => {
    if (e.key !== "Escape") return;
    e.stopPropagation();
    back();
  };
  return html`<div ref=${panel} id=${id} class=${`f-popover ${more}`} role=${role} tabindex=${role === "listbox" ? 0 : undefined} aria-label=${label} style=${place} onMouseDown=${(/** @type {Event} */ e) => takesFocus || e.preventDefault()} onKeyDown=${keys}>${children}</div>`;
}

/** @param {Element | null} anchor @returns {HTMLElement | null | undefined} */
function focusable(anchor) {
  return anchor instanceof HTMLButtonElement ? anchor : anchor?.querySelector("button, input");
}

/** @param {Element | null} anchor @param {HTMLElement | null} panel @param {number} [width] */
function placeOf(anchor, panel, width) {
  if (!anchor || !panel) return UNPLACED;
  const box = anchor.getBoundingClientRect(), wide = Math.min(width ?? box.width, window.innerWidth - 2 * EDGE);
  const height = panel.scrollHeight, below = window.innerHeight - box.bottom - GAP - EDGE, above = box.top - GAP - EDGE;
  const up = height > below && above > below;
  const left = Math.max(EDGE, Math.min(width ? box.right - wide : box.left, window.innerWidth - wide - EDGE));
  const most = Math.max(120, up ? above : below);
  return { left: `${left}px`, width: `${wide}px`, maxHeight: `${most}px`, ...(up ? { bottom: `${window.innerHeight - box.top + GAP}px` } : { top: `${box.bottom + GAP}px` }) };
}

/** @param {{ current: Element | null }} panel @param {{ current: Element | null }} anchor @param {() => void} onClose */
function useOutside(panel, anchor, onClose) {
  const close = useRef(onClose);
  close.current = onClose;
  useEffect(() => {
    const pressed = (/** @type {PointerEvent} */ e) => {
      const at = /** @type {Node} */ (e.target);
      if (!panel.current?.contains(at) && !anchor.current?.contains(at) && !inPopover(at)) close.current();
    };
    document.addEventListener("pointerdown", pressed, true);
    return () => document.removeEventListener("pointerdown", pressed, true);
  }, []);
}

/** A popover may open another one; a press in that is none elsewhere. @param {Node} at */
function inPopover(at) {
  return at instanceof Element && Boolean(at.closest(".f-popover"));
}
