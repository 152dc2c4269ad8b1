/**
 * Icons of the canvas as the insides of 24 × 24 SVGs, drawn in strokes. A plugin names one of these, or gets `puzzle`.
 */
import arrowsSplit from "@tabler/icons/outline/arrows-split-2.svg";
import bell from "@tabler/icons/outline/bell.svg";
import clock from "@tabler/icons/outline/clock.svg";
import hand from "@tabler/icons/outline/hand-stop.svg";
import message from "@tabler/icons/outline/message.svg";
import note from "@tabler/icons/outline/note.svg";
import puzzle from "@tabler/icons/outline/puzzle.svg";
import sitemap from "@tabler/icons/outline/sitemap.svg";
import terminal from "@tabler/icons/outline/terminal-2.svg";
import world from "@tabler/icons/outline/world.svg";

const inside = (/** @type {string} */ svg) => svg.replace(/^[\s\S]*?<svg[^>]*>/, "").replace(/<\/svg>\s*$/, "");

/** @type {Record<string, string>} */
export const ICONS = Object.fromEntries(
  Object.entries({ "arrows-split": arrowsSplit, bell, clock, hand, message, note, puzzle, sitemap, terminal, world }).map(([name, svg]) => [name, inside(svg)]),
);

/** The icons of the plugins that we bring; others name theirs in the catalogue. @type {Record<string, string>} */
export const PLUGIN_ICONS = {
  sleep_timer: "clock",
  pause_node: "hand",
  bk_http_request: "world",
  job_fast_execute_script: "terminal",
  bk_display: "message",
  bk_notify: "bell",
};

/**
 * An icon to put into a page.
 * @param {string} name
 * @param {number} [size]
 */
export function iconMarkup(name, size = 18) {
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${size}" height="${size}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">${ICONS[name] ?? ICONS.puzzle}</svg>`;
}
