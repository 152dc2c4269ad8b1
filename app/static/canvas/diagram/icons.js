/**
 * Icons of the canvas as the insides of 24 × 24 SVGs, drawn in strokes. A plugin names one of these, or gets `puzzle`.
 */
import adjustmentsHorizontal from "@tabler/icons/outline/adjustments-horizontal.svg";
import apps from "@tabler/icons/outline/apps.svg";
import arrowBackUp from "@tabler/icons/outline/arrow-back-up.svg";
import arrowForwardUp from "@tabler/icons/outline/arrow-forward-up.svg";
import arrowRight from "@tabler/icons/outline/arrow-right.svg";
import arrowsSplit2 from "@tabler/icons/outline/arrows-split-2.svg";
import bell from "@tabler/icons/outline/bell.svg";
import circlePlus from "@tabler/icons/outline/circle-plus.svg";
import clipboard from "@tabler/icons/outline/clipboard.svg";
import clock from "@tabler/icons/outline/clock.svg";
import columnInsertRight from "@tabler/icons/outline/column-insert-right.svg";
import copy from "@tabler/icons/outline/copy.svg";
import copyPlus from "@tabler/icons/outline/copy-plus.svg";
import cut from "@tabler/icons/outline/cut.svg";
import externalLink from "@tabler/icons/outline/external-link.svg";
import eye from "@tabler/icons/outline/eye.svg";
import handGrab from "@tabler/icons/outline/hand-grab.svg";
import handStop from "@tabler/icons/outline/hand-stop.svg";
import help from "@tabler/icons/outline/help.svg";
import hierarchy2 from "@tabler/icons/outline/hierarchy-2.svg";
import lasso from "@tabler/icons/outline/lasso.svg";
import layoutAlignBottom from "@tabler/icons/outline/layout-align-bottom.svg";
import layoutAlignCenter from "@tabler/icons/outline/layout-align-center.svg";
import layoutAlignLeft from "@tabler/icons/outline/layout-align-left.svg";
import layoutAlignMiddle from "@tabler/icons/outline/layout-align-middle.svg";
import layoutAlignRight from "@tabler/icons/outline/layout-align-right.svg";
import layoutAlignTop from "@tabler/icons/outline/layout-align-top.svg";
import layoutDistributeHorizontal from "@tabler/icons/outline/layout-distribute-horizontal.svg";
import layoutDistributeVertical from "@tabler/icons/outline/layout-distribute-vertical.svg";
import map2 from "@tabler/icons/outline/map-2.svg";
import maximize from "@tabler/icons/outline/maximize.svg";
import message from "@tabler/icons/outline/message.svg";
import note from "@tabler/icons/outline/note.svg";
import pencil from "@tabler/icons/outline/pencil.svg";
import playerPlay from "@tabler/icons/outline/player-play.svg";
import playerStop from "@tabler/icons/outline/player-stop.svg";
import puzzle from "@tabler/icons/outline/puzzle.svg";
import replace from "@tabler/icons/outline/replace.svg";
import search from "@tabler/icons/outline/search.svg";
import sitemap from "@tabler/icons/outline/sitemap.svg";
import spacingHorizontal from "@tabler/icons/outline/spacing-horizontal.svg";
import squareRounded from "@tabler/icons/outline/square-rounded.svg";
import terminal2 from "@tabler/icons/outline/terminal-2.svg";
import trash from "@tabler/icons/outline/trash.svg";
import unlink from "@tabler/icons/outline/unlink.svg";
import world from "@tabler/icons/outline/world.svg";
import x from "@tabler/icons/outline/x.svg";
import zoomIn from "@tabler/icons/outline/zoom-in.svg";
import zoomOut from "@tabler/icons/outline/zoom-out.svg";

const inside = (/** @type {string} */ svg) => svg.replace(/^[\s\S]*?<svg[^>]*>/, "").replace(/<\/svg>\s*$/, "");
const DIAMOND = `<path d="M12 2.5 21.5 12 12 21.5 2.5 12z"/>`;

/** The signs of the gateways, as they are drawn on the canvas. */
const GATEWAYS = {
  ExclusiveGateway: `${DIAMOND}<path d="m9.3 9.3 5.4 5.4m0-5.4-5.4 5.4"/>`,
  ParallelGateway: `${DIAMOND}<path d="M12 8v8M8 12h8"/>`,
  ConditionalParallelGateway: `${DIAMOND}<circle cx="12" cy="12" r="3.4"/>`,
  ConvergeGateway: `${DIAMOND}<path d="M8 9.2 11.4 12 8 14.8M11.4 12h4.8M14.4 10l1.9 2-1.9 2"/>`,
};

/** @type {Record<string, string>} */
export const ICONS = {
  ...GATEWAYS,
  ...Object.fromEntries(Object.entries({
    "arrows-split": arrowsSplit2, bell, clock, hand: handStop, "hand-stop": handStop, message, note, "player-play": playerPlay, "player-stop": playerStop, puzzle, sitemap, terminal: terminal2, "terminal-2": terminal2, world, "circle-plus": circlePlus,
    "arrow-right": arrowRight, unlink, replace, pencil, undo: arrowBackUp, redo: arrowForwardUp, copy, cut, paste: clipboard, duplicate: copyPlus, "duplicate-into": columnInsertRight, trash,
    "align-left": layoutAlignLeft, "align-center": layoutAlignCenter, "align-right": layoutAlignRight, "align-top": layoutAlignTop, "align-middle":
    layoutAlignMiddle, "align-bottom": layoutAlignBottom, "distribute-horizontal": layoutDistributeVertical, "distribute-vertical":
    layoutDistributeHorizontal, settings: adjustmentsHorizontal, eye, external: externalLink, search, fit: maximize, "zoom-in": zoomIn, "zoom-out":
    zoomOut, map: map2, "hand-move": handGrab, lasso, "make-room": spacingHorizontal, help, x, "square-rounded": squareRounded, apps, layout: hierarchy2
  }).map(([name, svg]) => [name, inside(svg)])),
};

/**
 * An icon to put into a page.
 * @param {string} name
 * @param {number} [size]
 */
export function iconMarkup(name, size = 18) {
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${size}" height="${size}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">${ICONS[name] ?? ICONS.puzzle}</svg>`;
}
