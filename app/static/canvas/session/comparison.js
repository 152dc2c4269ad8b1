import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { Viewer } from "../diagram/canvas.js";
import { html } from "../panels/parts.js";
import { Server } from "../server.js";
import { t } from "../words.js";
import { counted, toldOf } from "./changes_told.js";
import { ToldList } from "./told_list.js";

/** @typedef {import("./changes_told.js").Told} Told */

/** The room around two trees that are compared, and what is seen of them at least. */
const MARGIN = 30, WIDTH = 600;
/** Flows that are so much wider than high lie one above the other. */
const WIDE = 1.5;

/**
 * Two trees side by side, or one above the other, moved and zoomed together, and the list of what differs. Choosing an
 * entry, or what it is about in a picture, shows its values and brings it into view.
 * @param {{ before: any, after: any, names: [string, string], page: any, editor: any, differences?: any }} props differences: where they are known
 */
export function Comparison({ before, after, names, page, differences }) {
  const [found, setFound] = useState(/** @type {any} */ (differences ?? null)), [error, setError] = useState("");
  const [chosen, setChosen] = useState(/** @type {{ entry: Told, ids: string[] } | null} */ (null));
  const left = useRef(null), right = useRef(null), viewers = useRef(/** @type {Viewer[]} */ ([]));
  const told = useMemo(() => (found ? toldOf(found, before, after, page) : []), [found]);
  useEffect(() => {
    if (differences) return;
    const asking = new AbortController();
    new Server(page.base, page.csrf, page.me).send("POST", "/compare", { before, after }, asking.signal).then(setFound, (e) => asking.signal.aborted || setError(e.message));
    return () => asking.abort();
  }, [before, after]);
  useEffect(() => side(viewers, left.current, right.current, before, after, page), [before, after]);
  const choose = (/** @type {Told} */ entry, ids = idsOf(entry)) => setChosen({ entry, ids });
  useEffect(() => mark(viewers.current, told, choose), [told]);
  useEffect(() => chosen ? show(viewers.current, chosen.ids) : undefined, [chosen]);
  return html`<div class=${`comparison${[before, after].some(isWide) ? " stacked" : ""}`}>
    <p class="counts" role="status">${error || (found ? countsOf(told) : t("Comparing…"))}</p>
    <div class="pictures"><figure><figcaption>${names[0]}</figcaption><div class="half" ref=${left}></div></figure>
      <figure><figcaption>${names[1]}</figcaption><div class="half" ref=${right}></div></figure></div>
    ${told.length > 0 && html`<${ToldList} told=${told} chosen=${chosen?.entry ?? null} choose=${(/** @type {Told} */ entry) => (entry === chosen?.entry ? setChosen(null) : choose(entry))} show=${(/** @type {Told} */ entry, /** @type {string} */ id) => choose(entry, [id])} />`}
  </div>`;
}

/** @param {Told[]} told */
function countsOf(told) {
  const counts = counted(told);
  return counts.length ? counts.map(({ words, number, kind }) => html`<span class=${`difference ${kind}`}>${words} <b>${number}</b></span>`) : t("They are the same.");
}

/** @param {{ location?: { x: number, y: number }[] }} tree */
function isWide({ location = [] }) {
  const span = (/** @type {number[]} */ places) => Math.max(...places) - Math.min(...places);
  return span(location.map((p) => p.x)) > WIDE * span(location.map((p) => p.y));
}

/** @param {{ current: Viewer[] }} ref @param {any} left @param {any} right @param {any} before @param {any} after @param {any} page */
function side(ref, left, right, before, after, page) {
  const catalogue = { plugins: page.plugins, rules: page.rules };
  const viewers = [[left, before], [right, after]].map(([container, tree]) => {
    const viewer = new Viewer(container, { catalogue });
    viewer.open(tree);
    return viewer;
  });
  ref.current = viewers;
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

/** What an entry is about: itself, or all that were moved. @param {Told} entry */
const idsOf = (entry) => (entry.members.length ? entry.members.map(({ id }) => id) : [entry.id]);

/** Mark what differs in both pictures; a click on it chooses its entry. @param {any[]} viewers @param {Told[]} told @param {(told: Told, ids: string[]) => void} choose */
function mark(viewers, told, choose) {
  const drawn = new Map(told.filter((e) => ["node", "line", "note"].includes(e.what)).flatMap((e) => idsOf(e).map((id) => [id, e])));
  const click = (/** @type {any} */ { element }) => {
    const entry = drawn.get(element.id);
    if (entry) choose(entry, [element.id]);
  };
  for (const viewer of viewers) {
    for (const [id, { kind }] of drawn) if (viewer.get("elementRegistry").get(id)) viewer.get("canvas").addMarker(id, `is-${kind}`);
    viewer.get("eventBus").on("element.click", click);
  }
}

/** Bring the first of what has these ids into view, and select them all, wherever they are drawn. @param {any[]} viewers @param {string[]} ids */
function show(viewers, ids) {
  for (const viewer of viewers) {
    const elements = ids.map((id) => viewer.get("elementRegistry").get(id)).filter(Boolean);
    viewer.get("selection").select(elements);
    if (elements.length) viewer.get("canvas").scrollToElement(elements[0], MARGIN);
  }
}
