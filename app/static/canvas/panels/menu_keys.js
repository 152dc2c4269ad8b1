/**
 * The keys of a menu at a button, as ARIA has them: arrows, Home and End go through it, Escape goes back to the button, Tab
 * leaves it; on the button ArrowDown opens it.
 * @param {KeyboardEvent} event
 * @param {HTMLElement | null} menu button and items
 * @param {boolean} isOpen
 * @param {(isOpen: boolean) => void} open
 */
export function walkMenu(event, menu, isOpen, open) {
  if (!isOpen && event.key !== "ArrowDown") return;
  const items = /** @type {HTMLElement[]} */ ([...(menu?.querySelectorAll("[role=menuitem]:not(:disabled)") ?? [])]);
  const at = items.indexOf(/** @type {HTMLElement} */ (document.activeElement)), { length } = items;
  const next = /** @type {Record<string, number>} */ ({ ArrowDown: at + 1, ArrowUp: at < 0 ? -1 : at - 1, Home: 0, End: -1 })[event.key];
  if (!isOpen) open(true);
  else if (next !== undefined) items[(next + length) % length]?.focus();
  else if (event.key === "Escape") {
    open(false);
    menu?.querySelector("button")?.focus();
  } else {
    if (event.key === "Tab") open(false);
    return;
  }
  event.preventDefault();
  event.stopPropagation();
}
