/** The frame with the insides of a subprocess: its flow, read-only, with its name and its version. */
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { Viewer } from "../../diagram/canvas.js";
import { html, Icon } from "../../panels/parts.js";
import { sourceOf } from "../../panels/inspector/subprocess_values.js";
import { t } from "../../words.js";
import { listed } from "../naming.js";

/** @param {{ node: any, catalogue: any, address: string, covers: string[], load: () => Promise<any>, onSized: () => void, onClose: () => void }} props `covers` are the names of what it lies on */
export function Frame({ node, catalogue, address, covers, load, onSized, onClose }) {
  const [flow, show] = useState(/** @type {any} */ (null)), [failed, fail] = useState("");
  useEffect(() => {
    let isGone = false;
    load().then((found) => isGone || show(found), (error) => isGone || fail(String(error.message)));
    return () => void (isGone = true);
  }, []);
  useEffect(() => {
    const soon = requestAnimationFrame(onSized);
    return () => cancelAnimationFrame(soon);
  }, [flow, failed]);
  const close = (/** @type {KeyboardEvent} */ event) => event.key === "Escape" && onClose();
  return html`<section class="inside" aria-label=${t("Inside {name}", { name: node.name || t("the subprocess") })} onKeyDown=${close}>
    <header class="inside-head"><strong>${flow?.name ?? node.name}</strong>${flow?.number != null && html`<span class="badge">${t("Version {number}", { number: flow.number })}</span>`}
      <span class="inside-buttons">${sourceOf(node) === "project" && html`<a class="inside-button" href=${address} target="_blank" rel="noopener" title=${t("Open in a new tab")} aria-label=${t("Open in a new tab")}><${Icon} name="external" size=${15} /></a>`}
      <button type="button" class="inside-button" title=${t("Close")} aria-label=${t("Close")} onClick=${onClose}><${Icon} name="x" size=${15} /></button></span></header>
    ${flow ? html`<${Picture} tree=${flow.tree} catalogue=${catalogue} />` : html`<p class="inside-words" role="status">${failed || t("Loading…")}</p>`}
    ${covers.length > 0 && html`<p class="inside-covers">${t("Lies on {names}", { names: listed(covers) })}</p>`}
  </section>`;
}

const MOST = { width: 620, height: 320 }, LEAST = { width: 280, height: 110 }, MARGIN = 24;

/** @param {{ tree: any, catalogue: any }} props */
function Picture({ tree, catalogue }) {
  const place = useRef(/** @type {HTMLElement | null} */ (null));
  useLayoutEffect(() => {
    if (!place.current) return undefined;
    const viewer = new Viewer(place.current, { catalogue: { plugins: catalogue.plugins, rules: catalogue.rules, variable_types: catalogue.variableTypes } });
    viewer.open(tree);
    fit(viewer.get("canvas"), place.current);
    return () => viewer.destroy();
  }, [tree]);
  return html`<div class="inside-picture" ref=${place}></div>`;
}

/** As large as the flow needs, within what a frame may take. @param {any} canvas @param {HTMLElement} place */
function fit(canvas, place) {
  const { inner } = canvas.viewbox(), scale = Math.min(1, (MOST.width - 2 * MARGIN) / inner.width, (MOST.height - 2 * MARGIN) / inner.height);
  const width = Math.max(LEAST.width, inner.width * scale + 2 * MARGIN), height = Math.max(LEAST.height, inner.height * scale + 2 * MARGIN);
  Object.assign(place.style, { width: `${width}px`, height: `${height}px` });
  canvas.resized();
  canvas.viewbox({ x: inner.x - (width / scale - inner.width) / 2, y: inner.y - (height / scale - inner.height) / 2, width: width / scale, height: height / scale });
}
