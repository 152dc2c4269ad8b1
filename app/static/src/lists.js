/** What lists do beyond their forms: choose all rows of a page, say how many are chosen, and stay still while they are used. */

/** Let lists of this page, also those that come later, be worked with. */
export function keepLists() {
  document.addEventListener("change", (event) => chosen(event.target));
  document.addEventListener("change", takeOnce, true);
  document.addEventListener("htmx:load", showChoosers);
  document.addEventListener("htmx:beforeRequest", letStandStill);
  showChoosers();
}

/** A search is taken as it is typed; leaving its field changes nothing, so it asks nothing. @param {Event} event */
function takeOnce(event) {
  if (event.target instanceof Element && event.target.matches('.list-filters input[type="search"]')) event.stopPropagation();
}

/** @param {EventTarget | null} box */
function chosen(box) {
  if (!(box instanceof HTMLInputElement) || box.type !== "checkbox") return;
  const { form } = box;
  if (!form?.matches(".bulk")) return;
  const boxes = rowBoxes(form);
  if (box.matches("[data-all]")) for (const one of boxes) one.checked = box.checked;
  const count = boxes.filter((one) => one.checked).length;
  const all = boxesOf(form).find((one) => one.matches("[data-all]"));
  if (all) {
    all.checked = count === boxes.length;
    all.indeterminate = count > 0 && count < boxes.length;
  }
  const told = /** @type {HTMLElement | null} */ (form.querySelector("[data-count]"));
  if (told) told.textContent = (told.dataset.count ?? "").replace("{count}", String(count));
}

/** The boxes of rows, also those that lie outside of the form that they belong to. @param {HTMLFormElement} form */
const rowBoxes = (form) => boxesOf(form).filter((one) => one.closest("tbody"));

/** @param {HTMLFormElement} form */
const boxesOf = (form) => [...form.elements].filter((one) => one instanceof HTMLInputElement).filter((one) => one.type === "checkbox");

function showChoosers() {
  for (const box of document.querySelectorAll("[data-all][hidden]")) box.removeAttribute("hidden");
}

/** A list that renews itself waits while somebody has chosen rows, moves in it by keyboard, or does not look. @param {Event} event */
function letStandStill(event) {
  const list = event.target;
  if (!(list instanceof HTMLElement) || !("renews" in list.dataset)) return;
  const isInUse = document.hidden || list.querySelector("tbody input:checked") || list.contains(document.activeElement) || document.querySelector(".tab-save[open]");
  if (isInUse) event.preventDefault();
}
