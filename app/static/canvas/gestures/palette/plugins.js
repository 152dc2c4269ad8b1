/** The plugins by group, with a search: each can be drawn onto the canvas, or is added by a click. */
import { useState } from "preact/hooks";
import { html, Icon } from "../../panels/parts.js";
import { t } from "../../words.js";
import { matching } from "../pure/matching.js";

/** @param {{ palette: any, choices: import("../adding/choices.js").Choice[], onClose: () => void }} props */
export function Plugins({ palette, choices, onClose }) {
  const [typed, type] = useState("");
  const found = matching(choices, typed), groups = [...new Set(found.map((c) => c.group))];
  return html`<section class="palette-plugins" id="palette-plugins" aria-label=${t("Plugins")} onKeyDown=${(/** @type {KeyboardEvent} */ e) => e.key === "Escape" && onClose()}>
    <div class="chooser-search"><${Icon} name="search" size=${16} /><input type="search" aria-label=${t("Search plugins")} placeholder=${t("Search plugins")} value=${typed} onInput=${(/** @type {any} */ e) => type(e.target.value)} /></div>
    <div class="palette-list">${groups.map((group) => html`<h3>${group}</h3><ul>${found.filter((c) => c.group === group).map((choice) => html`<li key=${choice.id}>
      <button type="button" class="plugin" title=${choice.detail} onPointerDown=${(/** @type {PointerEvent} */ e) => palette.drawOut(e, choice)} onClick=${() => palette.add(choice)}>
        <span class="chooser-icon"><${Icon} name=${choice.icon} size=${18} /></span><span class="chooser-words"><span class="chooser-label">${choice.label}</span><span class="chooser-detail">${choice.detail}</span></span></button></li>`)}</ul>`)}
      ${!found.length && html`<p class="chooser-empty">${t("Nothing fits “{text}”", { text: typed })}</p>`}</div>
  </section>`;
}
