import { useEffect, useMemo, useRef } from "preact/hooks";
import { Viewer } from "../diagram/canvas.js";
import { html } from "../panels/parts.js";
import { compare } from "../tree/comparing.js";
import { t } from "../words.js";

/** The room around two trees that are compared, and what is seen of them at least. */
const MARGIN = 30, WIDTH = 600;
/** How many variables are named. */
const MOST_NAMES = 6;
/** Flows that are so much wider than high lie one above the other. */
const WIDE = 1.5;

/**
 * Two trees side by side, or one above the other, moved and zoomed together, with what differs marked by colour and word.
 * @param {{ before: any, after: any, names: [string, string], page: any, editor: any }} props
 */
export function Comparison({ before, after, names, page }) {
  const found = useMemo(() => compare(before, after), [before, after]);
  const left = useRef(null), right = useRef(null);
  useEffect(() => side(left.current, right.current, before, after, found, page), [before, after]);
  return html`<div class=${`comparison${[before, after].some(isWide) ? " stacked" : ""}`}>
    <p class="counts">${counted(found)}</p>
    <figure><figcaption>${names[0]}</figcaption><div class="half" ref=${left}></div></figure>
    <figure><figcaption>${names[1]}</figcaption><div class="half" ref=${right}></div></figure>
  </div>`;
}

/** @param {{ location?: { x: number, y: number }[] }} tree */
function isWide({ location = [] }) {
  const span = (/** @type {number[]} */ places) => Math.max(...places) - Math.min(...places);
  return span(location.map((p) => p.x)) > WIDE * span(location.map((p) => p.y));
}

/** @param {ReturnType<typeof compare>} found */
function counted({ nodes, flows, variables, moved }) {
  const count = (/** @type {Map<string, string>} */ of, /** @type {string} */ what) => [...of.values()].filter((d) => d === what).length;
  const parts = [
    { words: t("Added nodes"), number: count(nodes, "added"), kind: "added" },
    { words: t("Removed nodes"), number: count(nodes, "removed"), kind: "removed" },
    { words: t("Changed nodes"), number: count(nodes, "changed"), kind: "changed" },
    { words: t("Other lines"), number: flows.size, kind: "changed" },
    { words: t("Other variables"), number: variables.size, kind: "changed", names: [...variables.keys()].slice(0, MOST_NAMES).join(" ") },
    { words: t("Moved nodes"), number: moved, kind: "" },
  ].filter(({ number }) => number);
  if (!parts.length) return t("They are the same.");
  return parts.map(({ words, number, kind, names }) => html`<span class=${`difference ${kind}`}>${words} <b>${number}</b>${names && html` <code>${names}</code>`}</span>`);
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
  const canvases = viewers.map((v) => v.get("canvas")), end = () => viewers.forEach((v) => v.destroy());
  if (!right.clientWidth || !right.clientHeight) return end;
  const whole = around(canvases.map((c) => c.viewbox().inner), right.clientHeight / right.clientWidth);
  let following = false;
  viewers.forEach((viewer, i) => viewer.get("eventBus").on("canvas.viewbox.changed", () => {
    if (following) return;
    following = true;
    const { x, y, width, height } = canvases[i].viewbox();
    canvases[1 - i].viewbox({ x, y, width, height });
    following = false;
  }));
  canvases[1].viewbox(whole);
  return end;
}

/** A view that shows both in the middle, not larger than they are. @param {{ x: number, y: number, width: number, height: number }[]} boxes @param {number} slope height by width of the view */
function around(boxes, slope) {
  const x = Math.min(...boxes.map((b) => b.x)) - MARGIN, y = Math.min(...boxes.map((b) => b.y)) - MARGIN;
  const width = Math.max(...boxes.map((b) => b.x + b.width)) + MARGIN - x, height = Math.max(...boxes.map((b) => b.y + b.height)) + MARGIN - y;
  const wide = Math.max(width, WIDTH, height / slope), high = wide * slope;
  return { x: x - (wide - width) / 2, y: y - (high - height) / 2, width: wide, height: high };
}

/** @param {any} viewer @param {Map<string, string>} differences */
function mark(viewer, differences) {
  const canvas = viewer.get("canvas"), registry = viewer.get("elementRegistry");
  for (const [id, kind] of differences) if (registry.get(id)) canvas.addMarker(id, `is-${kind}`);
}
