/** The search of Ctrl-K: a combobox over a list that the server writes. Focus stays in the field; the list has a chosen option. */

/** @param {HTMLDialogElement} dialog */
export function keepPalette(dialog) {
  const input = /** @type {HTMLInputElement} */ (dialog.querySelector("[role=combobox]"));
  const list = /** @type {HTMLElement} */ (dialog.querySelector("[role=listbox]"));
  const status = /** @type {HTMLElement} */ (dialog.querySelector("[role=status]"));
  const options = () => /** @type {HTMLAnchorElement[]} */ ([...list.querySelectorAll("a[role=option]")]);
  let chosen = 0;

  /** @param {number} index */
  const choose = (index) => {
    const all = options();
    chosen = all.length ? (index + all.length) % all.length : 0;
    for (const [i, option] of all.entries()) option.setAttribute("aria-selected", String(i === chosen));
    const option = all[chosen];
    if (option) input.setAttribute("aria-activedescendant", option.id);
    else input.removeAttribute("aria-activedescendant");
    option?.scrollIntoView({ block: "nearest" });
  };

  list.addEventListener("htmx:afterSwap", () => {
    choose(0);
    status.textContent = list.querySelector("[data-status]")?.textContent ?? "";
  });
  list.addEventListener("pointermove", (event) => {
    const index = options().findIndex((option) => option.contains(/** @type {Node} */ (event.target)));
    if (index >= 0 && index !== chosen) choose(index);
  });
  dialog.addEventListener("shown", () => {
    input.select();
    input.dispatchEvent(new CustomEvent("opened"));
  });
  input.addEventListener("keydown", (event) => {
    /** @type {Record<string, () => number>} */
    const steps = { ArrowDown: () => chosen + 1, ArrowUp: () => chosen - 1, PageDown: () => Math.min(chosen + 8, options().length - 1), PageUp: () => Math.max(chosen - 8, 0) };
    const step = steps[event.key];
    if (step) choose(step());
    else if (event.key === "Enter") options()[chosen]?.click();
    else return;
    event.preventDefault();
  });
}
