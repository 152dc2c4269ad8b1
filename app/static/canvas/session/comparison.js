import { useEffect, useMemo, useRef } from "preact/hooks";
import { Viewer } from "../diagram/canvas.js";
import { html } from "../panels/parts.js";
import { compare } from "../tree/comparing.js";
import { t } from "../words.js";

/**
 * Two trees side by side, moved and zoomed together, with what differs marked by colour and word.
 * @param {{ before: any, after: any, names: [string, string], page: any, editor: any }} props
 */
export function Comparison({ before, after, names, page }) {
  const found = useMemo(() => compare(before, after), [before, after]);
  const left = useRef(null), right = useRef(null);
  useEffect(() => side(left.current, right.current, before, after, found, page), [before, after]);
  return html`<div class="comparison">
    <p class="counts">${counted(found)}</p>
    <figure><figcaption>${names[0]}</figcaption><div class="half" ref=${left}></div></figure>
    <figure><figcaption>${names[1]}</figcaption><div class="half" ref=${right}></div></figure>
  </div>`;
}

/** @param {ReturnType<typeof compare>} found */
function counted({ nodes, flows, variables, moved }) {
  const count = (/** @type {Map<string, string>} */ of, /** @type {string} */ what) => [...of.values()].filter((d) => d === what).length;
  const parts = [
    [count(nodes, "added"), t("nodes added"), "added"], [count(nodes, "removed"), t("nodes removed"), "removed"], [count(nodes, "changed"), t("nodes changed"), "changed"],
    [count(flows, "added") + count(flows, "removed") + count(flows, "changed"), t("lines differ"), "changed"], [variables.size, t("variables differ"), "changed"], [moved, t("nodes moved"), ""],
  ].filter(([number]) => number);
  if (!parts.length) return t("They are the same.");
  return parts.map(([number, words, kind]) => html`<span class=${`difference ${kind}`}><b>${number}</b> ${words}</span>`);
}

/** @param {any} left @param {any} right @param {any} before @param {any} after @param {ReturnType<typeof compare>} found @param {any} page */
function side(left, right, before, after, found, page) {
  const catalogue = { plugins: page.plugins, rules: page.rules };
  const viewers = [[left, before], [right, after]].map(([container, tree]) => {
    const viewer = new Viewer(container, { catalogue });
    viewer.open(tree);
    mark(viewer, new Map([...found.nodes, ...found.flows]));
    return viewer;
  });
  /** @type {any[]} */
  const canvases = viewers.map((v) => v.get("canvas"));
  canvases[1].zoom("fit-viewport", "auto");
  let following = false;
  viewers.forEach((viewer, i) => viewer.get("eventBus").on("canvas.viewbox.changed", () => {
    if (following) return;
    following = true;
    const { x, y, width, height } = canvases[i].viewbox();
    canvases[1 - i].viewbox({ x, y, width, height });
    following = false;
  }));
  const { x, y, width, height } = canvases[1].viewbox();
  canvases[0].viewbox({ x, y, width, height });
  return () => viewers.forEach((v) => v.destroy());
}

/** @param {any} viewer @param {Map<string, string>} differences */
function mark(viewer, differences) {
  const canvas = viewer.get("canvas"), registry = viewer.get("elementRegistry");
  for (const [id, kind] of differences) if (registry.get(id)) canvas.addMarker(id, `is-${kind}`);
}
