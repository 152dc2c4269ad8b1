// The icons of the pages, out of Tabler's, as one file of symbols: <use href="icons.svg#home">.
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

/** What pages name: `icon("home")` in templates. */
const NAMES = [
  "activity", "alert-triangle", "api", "apps", "arrow-right", "bell", "brush", "calendar-time", "chart-histogram", "circle-check",
  "clock", "dots", "eye", "file-import", "filter", "folder", "hand-stop", "heart-rate-monitor", "history", "home", "key", "keyboard",
  "layout-sidebar", "list-check", "lock", "logout", "menu-2", "pencil", "player-play", "plug", "plus", "search", "selector",
  "server-2", "settings", "sitemap", "star", "tag", "template", "trash", "upload", "users",
];

/** @returns {Promise<string>} */
export async function icons() {
  const symbols = await Promise.all(NAMES.map(async (name) => {
    const svg = await readFile(fileURLToPath(import.meta.resolve(`@tabler/icons/outline/${name}.svg`)), "utf8");
    const inside = svg.slice(svg.indexOf(">", svg.indexOf("<svg")) + 1, svg.lastIndexOf("</svg>")).replace(/\s+/g, " ").trim();
    return `<symbol id="${name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round">${inside}</symbol>`;
  }));
  return `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>`;
}
