/** The keys of every page: search, help, going places. The editor and the run view have more of their own. */
import { hasLayer, openLayer } from "./layers.js";

const WAIT_MS = 1200;

/** @param {EventTarget | null} target */
const isWriting = (target) => target instanceof HTMLElement && (target.isContentEditable || target.closest("input, textarea, select, dialog[open]") !== null);

/** @param {() => void} fold makes the rail narrow or wide */
export function keepKeys(fold) {
  let wentAt = -WAIT_MS;

  /** @type {Record<string, () => boolean>} */
  const orders = {
    "?": () => open("keys"),
    "/": () => focus(".content input[type=search]"),
    n: () => click(".page-head .btn-primary, .content [data-primary]"),
    "[": () => (fold(), true),
  };

  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === "k") {
      if (open("palette")) event.preventDefault();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || isWriting(event.target) || !hasLayer("keys")) return;
    const key = event.key.toLowerCase();
    const isPlace = event.timeStamp - wentAt < WAIT_MS;
    wentAt = key === "g" && !isPlace ? event.timeStamp : -WAIT_MS;
    const isDone = isPlace ? click(`.rail [data-key="${CSS.escape(key)}"]`) : orders[key]?.();
    if (isDone) event.preventDefault();
  });
}

/** @param {string} id */
function open(id) {
  if (!hasLayer(id)) return false;
  openLayer(id);
  return true;
}

/** @param {string} selector */
function focus(selector) {
  const found = /** @type {HTMLElement | null} */ (document.querySelector(selector));
  found?.focus();
  return found !== null;
}

/** @param {string} selector */
function click(selector) {
  const found = /** @type {HTMLElement | null} */ (document.querySelector(selector));
  found?.click();
  return found !== null;
}
