/** A small screen reads: it has no room for the tools that edit. */
const SMALL = "(max-width: 759.98px)";

/**
 * Take the right to edit from a page for as long as the screen is small; `page.is_small` says that this is why.
 * @param {any} page @param {() => void} changed told when the screen has become small, or large enough
 */
export function readWhenSmall(page, changed) {
  const small = window.matchMedia(SMALL), mayEdit = page.may_edit;
  Object.defineProperties(page, { may_edit: { get: () => mayEdit && !small.matches }, is_small: { get: () => mayEdit && small.matches } });
  small.addEventListener("change", changed);
}

/** The panel below has no room beside what is chosen on the canvas: it gives way to it. @param {any} editor */
export function giveWayWhenSmall(editor) {
  const small = window.matchMedia(SMALL), panels = editor.get("panels");
  editor.get("eventBus").on("selection.changed", (/** @type {{ newSelection: any[] }} */ { newSelection }) => {
    if (small.matches && newSelection.length && panels.open) panels.show("");
  });
}
