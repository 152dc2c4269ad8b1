/** Where the panels lie: beside the canvas and below it; their sizes are remembered in this browser. */
import { useState } from "preact/hooks";
import { t } from "../words.js";
import { html, useEvents } from "./parts.js";

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

/**
 * The strip below: one tab a panel, closed by the tab that is open. A panel brings its `title`, and what else its tab shows.
 * @param {Shared & { tabs: Record<string, any>, tools?: any }} props tools stand at the end of the row of tabs
 */
export function Strip({ tabs, tools, ...shared }) {
  useEvents(shared.editor, ["panels.changed"]);
  const panels = shared.editor.get("panels"), { open } = panels;
  const [drawn, setHeight] = useState(() => remembered("strip", 0)), isForm = open === "variables" && panels.about !== "";
  // Until somebody draws it, it is higher while it holds a form.
  const height = drawn || (isForm ? between(300, 460, window.innerHeight / 2) : 300);
  const drag = dragged((_dx, dy) => setHeight(keep("strip", between(120, 640, height - dy))));
  const style = { height: open ? `${height}px` : "auto" };
  return html`<div class="strip" style=${style}>
    ${open && html`<div class="edge across" role="separator" aria-orientation="horizontal" aria-label=${t("Height of the panel")} onPointerDown=${drag}></div>`}
    <div class="strip-head">
      <div class="strip-tabs" role="tablist" aria-label=${t("Panels")} onKeyDown=${walkTabs}>
        ${Object.entries(tabs).map(([name, panel], i) => html`<button type="button" role="tab" id=${`tab-${name}`} aria-selected=${open === name} aria-controls=${open === name ? "strip-body" : undefined} tabindex=${open === name || (!open && i === 0) ? 0 : -1} class=${open === name ? "active" : ""} onClick=${() => panels.toggle(name)}>
          ${panel.title()}${panel.Count && html`<${panel.Count} ...${shared} />`}</button>`)}
      </div>
      ${tools && html`<${tools} ...${shared} />`}
    </div>
    ${open && html`<div class="strip-body" id="strip-body" role="tabpanel" aria-labelledby=${`tab-${open}`}><${tabs[open]} ...${shared} /></div>`}
  </div>`;
}

/** Arrow keys go from tab to tab. @param {KeyboardEvent} e */
function walkTabs(e) {
  const by = { ArrowRight: 1, ArrowLeft: -1 }[e.key];
  if (!by) return;
  const all = /** @type {HTMLElement[]} */ ([...(/** @type {HTMLElement} */ (e.currentTarget)).querySelectorAll("[role=tab]")]);
  all[(all.indexOf(/** @type {any} */ (document.activeElement)) + by + all.length) % all.length].focus();
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
