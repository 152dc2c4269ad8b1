/** The layers over a page: the search of Ctrl-K, and the help on keys. Both are dialogs that the page brings along. */
import { keepPalette } from "./palette.js";

/** @param {string} id @returns {HTMLDialogElement | null} */
const layer = (id) => /** @type {HTMLDialogElement | null} */ (document.getElementById(id));

/** @param {string} id */
export function openLayer(id) {
  const dialog = layer(id);
  if (!dialog || dialog.open) return;
  for (const other of document.querySelectorAll("dialog.palette[open], dialog.keys[open]")) /** @type {HTMLDialogElement} */ (other).close();
  dialog.showModal();
  dialog.dispatchEvent(new CustomEvent("shown"));
}

/** @param {string} id */
export const hasLayer = (id) => layer(id) !== null;

export function keepLayers() {
  for (const dialog of document.querySelectorAll("dialog.palette, dialog.keys")) {
    dialog.addEventListener("click", (event) => {
      const on = /** @type {HTMLElement} */ (event.target);
      if (on === dialog || on.closest("[data-close]")) /** @type {HTMLDialogElement} */ (dialog).close();
    });
  }
  document.addEventListener("click", (event) => {
    const opener = /** @type {HTMLElement | null} */ (/** @type {HTMLElement} */ (event.target).closest("[data-opens]"));
    if (opener) openLayer(opener.dataset.opens ?? "");
  });
  const palette = layer("palette");
  if (palette) keepPalette(palette);
}
