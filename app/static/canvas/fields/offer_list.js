/** The list under a text while `${` is typed. */
import { useEffect, useRef } from "preact/hooks";
import { html } from "htm/preact";
import { t } from "../words.js";
import { Glyph } from "./glyphs.js";
import { Popover } from "./popover.js";

const SHOWN = 60;

/** @param {{ id: string, anchor: any, offers: import("./pieces.js").Offer[], at: number, choose: (offer: any) => void, onClose: () => void }} props */
export function OfferList({ id, anchor, offers, at, choose, onClose }) {
  const chosen = useRef(/** @type {HTMLElement | null} */ (null));
  useEffect(() => chosen.current?.scrollIntoView({ block: "nearest" }), [at]);
  return html`<${Popover} id=${id} anchor=${anchor} onClose=${onClose} role="listbox" label=${t("What can stand here")} class="f-offers" takesFocus=${false}>
    ${offers.slice(0, SHOWN).map((offer, i) => html`<div key=${i} ref=${i === at ? chosen : null} id=${`${id}-${i}`} role="option" aria-selected=${i === at} class=${`f-offer ${offer.kind}`}
      onClick=${() => choose(offer)}>
      <${Glyph} name=${offer.kind === "output" ? "plus" : "variable"} size=${14} /><code>${offer.kind === "output" ? offer.label : offer.name}</code><span>${offer.detail}</span></div>`)}
  </${Popover}>`;
}
