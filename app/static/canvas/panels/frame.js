/** Where the panels lie: beside the canvas and below it; their sizes are remembered in this browser. */
import { useState } from "preact/hooks";
import { t } from "../words.js";
import { html } from "./parts.js";

/** @typedef {{ editor: any, server: any, page: any }} Shared */

/** The panel at the right, as wide as its reader drew it. @param {Shared & { panel: any }} props */
export function Sidebar({ panel, ...shared }) {
  const [width, setWidth] = useState(() => remembered("inspector", 380));
  const style = { width: `${width}px` };
  const drag = dragged((dx) => setWidth(keep("inspector", between(280, 720, width - dx))));
  return html`<div class="sidebar" style=${style}>
    <div class="edge" role="separator" aria-orientation="vertical" aria-label=${t("Width of the panel")} onPointerDown=${drag}></div>
    <div class="sidebar-body"><${panel} ...${shared} /></div>
  </div>`;
}

const NAMES = /** @type {Record<string, string>} */ ({ problems: "Problems", variables: "Variables" });

/** The strip below: one tab a panel, closed by the tab that is open. @param {Shared & { tabs: Record<string, any> }} props */
export function Strip({ tabs, ...shared }) {
  const [open, setOpen] = useState("");
  const [height, setHeight] = useState(() => remembered("strip", 260));
  const drag = dragged((_dx, dy) => setHeight(keep("strip", between(120, 640, height - dy))));
  const style = { height: open ? `${height}px` : "auto" };
  return html`<div class="strip" style=${style}>
    ${open && html`<div class="edge across" role="separator" aria-orientation="horizontal" aria-label=${t("Height of the panel")} onPointerDown=${drag}></div>`}
    <div class="strip-tabs" role="tablist">
      ${Object.entries(tabs).map(([name, panel]) => html`<button type="button" role="tab" id=${`tab-${name}`} aria-selected=${open === name} class=${open === name ? "active" : ""} onClick=${() => setOpen(open === name ? "" : name)}>
        ${t(NAMES[name])}${panel.Count && html`<${panel.Count} ...${shared} />`}</button>`)}
    </div>
    ${open && html`<div class="strip-body" role="tabpanel" aria-labelledby=${`tab-${open}`}><${tabs[open]} ...${shared} /></div>`}
  </div>`;
}

/** @param {(dx: number, dy: number) => void} moved told how far the pointer is from where it began */
function dragged(moved) {
  return (/** @type {PointerEvent} */ down) => {
    const edge = /** @type {HTMLElement} */ (down.currentTarget);
    const move = (/** @type {PointerEvent} */ e) => moved(e.clientX - down.clientX, e.clientY - down.clientY);
    edge.setPointerCapture(down.pointerId);
    edge.addEventListener("pointermove", move);
    edge.addEventListener("pointerup", () => edge.removeEventListener("pointermove", move), { once: true });
  };
}

/** @param {number} low @param {number} high @param {number} value */
const between = (low, high, value) => Math.max(low, Math.min(high, value));

/** @param {string} name @param {number} otherwise */
function remembered(name, otherwise) {
  return Number(localStorage.getItem(`sluice.${name}`)) || otherwise;
}

/** @param {string} name @param {number} size */
function keep(name, size) {
  localStorage.setItem(`sluice.${name}`, String(size));
  return size;
}
