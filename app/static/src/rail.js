/** The rail: narrow or wide as the reader wants it, and a menu on small screens. */

const YEAR_S = 31_536_000;

/** @param {string} name @param {string} value a word that the server reads, so that the next page begins with it */
export function remember(name, value) {
  document.cookie = `${name}=${value}; path=/; max-age=${YEAR_S}; samesite=lax`;
}

/** @returns {() => void} makes the rail narrow or wide */
export function keepRail() {
  const foldButton = document.getElementById("rail-fold");
  const menuButton = document.getElementById("rail-menu");
  const fold = () => {
    const rail = document.body.dataset.rail === "narrow" ? "wide" : "narrow";
    document.body.dataset.rail = rail;
    foldButton?.setAttribute("aria-pressed", String(rail === "narrow"));
    remember("rail", rail);
  };
  foldButton?.addEventListener("click", fold);
  menuButton?.addEventListener("click", () => {
    const isOpen = document.getElementById("rail-body")?.classList.toggle("is-open") ?? false;
    menuButton.setAttribute("aria-expanded", String(isOpen));
  });
  const switcher = document.querySelector("details.switcher");
  document.addEventListener("click", (event) => {
    if (!switcher?.contains(/** @type {Node} */ (event.target))) switcher?.removeAttribute("open");
  });
  switcher?.addEventListener("keydown", (event) => {
    if (/** @type {KeyboardEvent} */ (event).key !== "Escape") return;
    switcher.removeAttribute("open");
    switcher.querySelector("summary")?.focus();
  });
  return fold;
}
