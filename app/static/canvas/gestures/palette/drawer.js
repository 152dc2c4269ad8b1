/** What opens beside the palette: the plugins, and the flows that a subprocess can run. Each can be drawn onto the canvas, or is added by a click. */
import { useState } from "preact/hooks";
import { html, Icon } from "../../panels/parts.js";
import { t } from "../../words.js";
import { Flows } from "./flows.js";
import { Plugins } from "./plugins.js";

const KEPT = "sluice.palette-tab";

/** @param {{ palette: any, injector: any, onClose: () => void }} props */
export function Drawer({ palette, injector, onClose }) {
  const [isFlows, show] = useState(() => localStorage.getItem(KEPT) === "flows");
  const tab = (/** @type {boolean} */ own, /** @type {string} */ words) => html`<button type="button" role="tab" aria-selected=${isFlows === own} aria-controls="palette-tab" onClick=${() => {
    localStorage.setItem(KEPT, own ? "flows" : "plugins");
    show(own);
  }}>${words}</button>`;
  return html`<section class="palette-plugins" id="palette-plugins" aria-label=${t("Plugins and flows")} onKeyDown=${(/** @type {KeyboardEvent} */ e) => e.key === "Escape" && onClose()}>
    <div class="palette-tabs" role="tablist">${tab(false, t("Plugins"))}${tab(true, t("Flows"))}</div>
    <div class="palette-tab" id="palette-tab" role="tabpanel">${isFlows ? html`<${Flows} palette=${palette} injector=${injector} />` : html`<${Plugins} palette=${palette} choices=${injector.get("choices").plugins} />`}</div>
  </section>`;
}

/** Escape empties it before it closes anything. @param {{ words: string, typed: string, type: (text: string) => void }} props */
export function Search({ words, typed, type }) {
  const clear = (/** @type {KeyboardEvent} */ event) => {
    if (event.key !== "Escape" || event.isComposing || !typed) return;
    event.preventDefault();
    event.stopPropagation();
    type("");
  };
  return html`<div class="chooser-search"><${Icon} name="search" size=${16} /><input type="search" aria-label=${words} placeholder=${words} value=${typed} onKeyDown=${clear} onInput=${(/** @type {any} */ e) => type(e.target.value)} /></div>`;
}

/** One of them. @param {{ choice: import("../adding/choices.js").Choice, palette: any, wrong?: string, onLook?: () => void, onPress?: () => void }} props `onPress` is what a click does, where it does not simply add */
export function Offered({ choice, palette, wrong = "", onLook, onPress = () => palette.add(choice) }) {
  return html`<button type="button" class="plugin" title=${wrong || choice.detail} aria-disabled=${Boolean(wrong)} onPointerEnter=${onLook} onFocus=${onLook}
    onPointerDown=${(/** @type {PointerEvent} */ e) => wrong || palette.drawOut(e, choice)} onClick=${onPress}>
    <span class=${`chooser-icon of-${choice.icon}`}><${Icon} name=${choice.icon} size=${18} /></span><span class="chooser-words"><span class="chooser-label">${choice.label}</span><span class="chooser-detail">${wrong || choice.detail}</span></span></button>`;
}
