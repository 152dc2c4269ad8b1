/** The small icons of forms. */
import alert from "@tabler/icons/outline/alert-triangle.svg";
import arrowDown from "@tabler/icons/outline/arrow-down.svg";
import arrowRight from "@tabler/icons/outline/arrow-right.svg";
import arrowUp from "@tabler/icons/outline/arrow-up.svg";
import binoculars from "@tabler/icons/outline/binoculars.svg";
import braces from "@tabler/icons/outline/braces.svg";
import check from "@tabler/icons/outline/check.svg";
import chevron from "@tabler/icons/outline/chevron-down.svg";
import copy from "@tabler/icons/outline/copy.svg";
import download from "@tabler/icons/outline/download.svg";
import external from "@tabler/icons/outline/external-link.svg";
import eye from "@tabler/icons/outline/eye.svg";
import eyeOff from "@tabler/icons/outline/eye-off.svg";
import flag from "@tabler/icons/outline/flag.svg";
import formula from "@tabler/icons/outline/math-function.svg";
import grip from "@tabler/icons/outline/grip-vertical.svg";
import info from "@tabler/icons/outline/info-circle.svg";
import lock from "@tabler/icons/outline/lock.svg";
import maximize from "@tabler/icons/outline/maximize.svg";
import pencil from "@tabler/icons/outline/pencil.svg";
import play from "@tabler/icons/outline/player-play.svg";
import plus from "@tabler/icons/outline/plus.svg";
import puzzle from "@tabler/icons/outline/puzzle.svg";
import refresh from "@tabler/icons/outline/refresh.svg";
import replace from "@tabler/icons/outline/replace.svg";
import search from "@tabler/icons/outline/search.svg";
import selector from "@tabler/icons/outline/selector.svg";
import server from "@tabler/icons/outline/server.svg";
import sitemap from "@tabler/icons/outline/sitemap.svg";
import tag from "@tabler/icons/outline/tag.svg";
import trash from "@tabler/icons/outline/trash.svg";
import variable from "@tabler/icons/outline/variable.svg";
import x from "@tabler/icons/outline/x.svg";
import { html } from "htm/preact";

const DRAWN = {
  alert, arrowDown, arrowRight, arrowUp, binoculars, braces, check, chevron, copy, download, external, eye, eyeOff, flag,
  formula, grip, info, lock, maximize, pencil, play, plus, puzzle, refresh, replace, search, selector, server, sitemap, tag,
  trash, variable, x,
};
const INSIDES = Object.fromEntries(Object.entries(DRAWN).map(([name, svg]) => [name, svg.replace(/^[\s\S]*?<svg[^>]*>/, "").replace(/<\/svg>\s*$/, "")]));

/** @typedef {keyof typeof DRAWN} GlyphName */

/** @param {{ name: GlyphName, size?: number }} props */
export function Glyph({ name, size = 16 }) {
  return html`<svg class="glyph-of" width=${size} height=${size} viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" dangerouslySetInnerHTML=${{ __html: INSIDES[name] }}></svg>`;
}

/** @param {{ glyph: GlyphName, label: string, onClick?: (e: any) => void, pressed?: boolean, class?: string, disabled?: boolean, [more: string]: any }} props */
export function IconButton({ glyph, label, onClick, pressed, class: more = "", size = 15, ...rest }) {
  return html`<button type="button" class=${`f-icon ${more}`} title=${label} aria-label=${label} aria-pressed=${pressed} onClick=${onClick} ...${rest}><${Glyph} name=${glyph} size=${size} /></button>`;
}
