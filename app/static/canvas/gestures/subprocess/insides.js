/**
 * Looks into a subprocess where it stands: the flow that it runs, in the version that it runs, in a frame below the node
 * that scrolls and zooms with the canvas, but stays large enough to read. It comes into view when it opens, stands where it
 * covers least, says what it covers, and keeps its buttons in view. Its own page opens in another tab.
 *
 * @typedef {{ x: number, y: number, scale: number, outer: { width: number, height: number } }} Viewbox
 * @typedef {{ id: string, place: HTMLElement, version: string, covers: string[], left: number, size: { width: number, height: number }, seen: string }} Open
 *   a frame that is open: how far it is to the right of its node, its size as it is written, and what was seen when it came into view; empty once somebody went on from there
 */
import { render } from "preact";
import { OPENER } from "../../diagram/renderer.js";
import { sourceOf } from "../../panels/inspector/subprocess_values.js";
import { html } from "../../panels/parts.js";
import { elementName } from "../naming.js";
import { coveredBy, offsetOf } from "../pure/frame_place.js";
import { Frame } from "./frame.js";

/** How small the frame gets, however small the flow is drawn; how far it is below its node; the least of its head that stays in view. */
const LEAST = 0.75, BELOW = 22, HEAD = 90;
/** The room between what is brought into view and the edges of the canvas, in pixels. */
const EDGE = 16;

export default class Insides {
  /** @param {any} eventBus @param {any} overlays @param {any} server @param {any} page @param {any} catalogue @param {any} view @param {any} canvas @param {any} treeStore */
  constructor(eventBus, overlays, server, page, catalogue, view, canvas, treeStore) {
    this.bus = eventBus;
    this.overlays = overlays;
    this.server = server;
    this.page = page;
    this.catalogue = catalogue;
    this.view = view;
    this.canvas = canvas;
    this.store = treeStore;
    /** The frames that are open. @type {Map<any, Open>} */
    this.frames = new Map();
    eventBus.on("element.click", 2500, (/** @type {any} */ { element, originalEvent }) => {
      if (element.businessObject.kind !== "SubProcess" || !this.#isOpener(element, originalEvent)) return undefined;
      this.toggle(element);
      return true;
    });
    eventBus.on("shape.remove", (/** @type {any} */ { element }) => this.close(element));
    eventBus.on("elements.changed", (/** @type {any} */ { elements }) => elements.filter((/** @type {any} */ e) => this.frames.has(e)).forEach((/** @type {any} */ e) => this.#follow(e)));
    eventBus.on("canvas.viewbox.changed", (/** @type {{ viewbox: Viewbox }} */ { viewbox }) => this.frames.forEach((frame, element) => this.#keepButtons(element, frame, viewbox)));
    eventBus.on("drag.start", () => this.frames.forEach((frame) => void (frame.seen = "")));
    eventBus.on("diagram.clear", 2000, () => [...this.frames.keys()].forEach((element) => this.close(element)));
  }

  /** @param {any} element a subprocess */
  toggle(element) {
    if (this.frames.has(element)) this.close(element);
    else this.open(element);
  }

  /** @param {any} element */
  open(element) {
    const { node } = element.businessObject;
    if (!node.template_id) {
      this.bus.fire("inspector.focus", { element });
      return;
    }
    const place = document.createElement("div");
    for (const name of ["wheel", "contextmenu"]) place.addEventListener(name, (event) => event.stopPropagation());
    this.frames.set(element, { id: this.#put(element, place, 0), place, version: this.#version(node), covers: [], left: 0, size: { width: 0, height: 0 }, seen: this.#seen });
    this.#draw(element);
  }

  /** @param {any} element @param {HTMLElement} place @param {number} left @returns {string} */
  #put(element, place, left) {
    return this.overlays.add(element, "inside", { position: { left, top: element.height + BELOW }, scale: { min: LEAST }, html: place });
  }

  /** What is seen now. */
  get #seen() {
    const { x, y, scale } = this.canvas.viewbox();
    return [x, y, scale].join(" ");
  }

  /** The frame has got its size: put it where it covers least, and bring it into view, unless somebody moved the view or began to drag while it was loading. @param {any} element */
  #sized(element) {
    const frame = this.frames.get(element);
    if (!frame) return;
    const { offsetWidth, offsetHeight } = frame.place, by = Math.max(1, LEAST / this.view.scale), size = { width: offsetWidth * by, height: offsetHeight * by };
    const others = this.store.nodes.filter((/** @type {any} */ n) => n !== element), top = element.y + element.height + BELOW, left = offsetOf(element, size, top, others);
    this.overlays.remove(frame.id);
    frame.id = this.#put(element, frame.place, left);
    Object.assign(frame, { left, size: { width: offsetWidth, height: offsetHeight } });
    const box = { x: element.x + left, y: top, ...size };
    frame.covers = coveredBy(box, others).map(elementName);
    this.#draw(element);
    const isStill = frame.seen === this.#seen;
    if (isStill) this.#bringIntoView({ x: Math.min(box.x, element.x), y: element.y, right: Math.max(box.x + box.width, element.x + element.width), bottom: box.y + box.height });
    frame.seen = isStill ? this.#seen : "";
    this.#keepButtons(element, frame, this.canvas.viewbox());
    this.bus.fire("inside.placed");
  }

  /** Move the view as little as need be; of what is too large the beginning is seen. @param {{ x: number, y: number, right: number, bottom: number }} box */
  #bringIntoView({ x, y, right, bottom }) {
    const from = this.view.toCanvas({ x: this.view.covered + EDGE, y: EDGE }), { width, height } = this.canvas.getSize(), to = this.view.toCanvas({ x: width - EDGE, y: height - EDGE });
    const dx = way(x, right, from.x, to.x), dy = way(y, bottom, from.y, to.y);
    if (!dx && !dy) return;
    this.view.isUntouched = false;
    this.canvas.scroll({ dx: dx * this.view.scale, dy: dy * this.view.scale });
  }

  /** Draw the buttons of a frame in from where they are out of view, as far as its head goes. Nothing of the page is measured. @param {any} element @param {Open} frame @param {Viewbox} viewbox */
  #keepButtons(element, { place, left, size: { width, height } }, { x, y, scale, outer }) {
    const section = /** @type {HTMLElement | null} */ (place.querySelector(".inside")), by = Math.max(LEAST, scale);
    const past = (element.x + left - x) * scale / by + width - outer.width / by, above = (y - element.y - element.height - BELOW) * scale / by;
    section?.style.setProperty("--pull-in", `${-Math.round(between(past, width - HEAD))}px`);
    section?.style.setProperty("--pull-down", `${Math.round(between(above, height - HEAD))}px`);
  }

  /** @param {any} element */
  close(element) {
    const frame = this.frames.get(element);
    if (!frame) return;
    this.frames.delete(element);
    render(null, frame.place);
    this.overlays.remove(frame.id);
  }

  /** @param {any} element */
  openInTab(element) {
    window.open(this.#address(element.businessObject.node), "_blank", "noopener");
  }

  /** @param {any} element */
  #draw(element) {
    const { place, version, covers } = /** @type {any} */ (this.frames.get(element)), { node } = element.businessObject;
    render(html`<${Frame} key=${version} node=${node} catalogue=${this.catalogue} address=${this.#address(node)} covers=${covers} onSized=${() => this.#sized(element)} load=${() => this.#load(node)} onClose=${() => this.close(element)} />`, place);
  }

  /** Whether the pointer is on the sign that opens a subprocess. @param {any} element @param {MouseEvent} pointer */
  #isOpener(element, pointer) {
    const { x, y } = this.view.atPointer(pointer);
    return Math.hypot(x - element.x - OPENER.x, y - element.y - OPENER.y) <= OPENER.radius + 2;
  }

  /** The subprocess may have been set to another flow or version. @param {any} element */
  #follow(element) {
    const frame = /** @type {any} */ (this.frames.get(element)), version = this.#version(element.businessObject.node);
    if (frame.version === version) return;
    frame.version = version;
    this.#draw(element);
  }

  /** @param {any} node @returns {Promise<any>} the flow with its tree */
  #load(node) {
    const digest = node.always_use_latest ? "" : (node.version ?? "");
    return this.server.get(`/flows/${encodeURIComponent(node.template_id)}?source=${sourceOf(node)}&digest=${encodeURIComponent(digest)}`);
  }

  /** @param {any} node */
  #version(node) {
    return [node.template_id, sourceOf(node), node.always_use_latest ? "" : node.version].join(" ");
  }

  /** @param {any} node */
  #address({ template_id: id }) {
    return `/projects/${this.page.project.id}/flows/${encodeURIComponent(id)}/edit`;
  }
}
Insides.$inject = ["eventBus", "overlays", "server", "page", "catalogue", "view", "canvas", "treeStore"];

/** How far something has to move to be within a stretch. @param {number} from @param {number} to @param {number} least @param {number} most */
const way = (from, to, least, most) => (from < least || to - from > most - least ? least - from : Math.min(0, most - to));

/** @param {number} value @param {number} most */
const between = (value, most) => Math.max(0, Math.min(value, most));
