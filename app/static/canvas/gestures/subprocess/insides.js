/**
 * Looks into a subprocess where it stands: the flow that it runs, in the version that it runs, in a frame below the node
 * that scrolls and zooms with the canvas. Its own page opens in another tab.
 */
import { render } from "preact";
import { OPENER } from "../../diagram/renderer.js";
import { html } from "../../panels/parts.js";
import { Frame } from "./frame.js";

export default class Insides {
  /** @param {any} eventBus @param {any} overlays @param {any} server @param {any} page @param {any} catalogue @param {any} view */
  constructor(eventBus, overlays, server, page, catalogue, view) {
    this.bus = eventBus;
    this.overlays = overlays;
    this.server = server;
    this.page = page;
    this.catalogue = catalogue;
    this.view = view;
    /** The frames that are open. @type {Map<any, { id: string, place: HTMLElement, version: string }>} */
    this.frames = new Map();
    eventBus.on("element.click", 2500, (/** @type {any} */ { element, originalEvent }) => {
      if (element.businessObject.kind !== "SubProcess" || !this.#isOpener(element, originalEvent)) return undefined;
      this.toggle(element);
      return true;
    });
    eventBus.on("shape.remove", (/** @type {any} */ { element }) => this.close(element));
    eventBus.on("elements.changed", (/** @type {any} */ { elements }) => elements.filter((/** @type {any} */ e) => this.frames.has(e)).forEach((/** @type {any} */ e) => this.#follow(e)));
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
    const id = this.overlays.add(element, "inside", { position: { left: 0, top: element.height + 14 }, html: place });
    this.frames.set(element, { id, place, version: this.#version(node) });
    this.#draw(element);
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
    const { place, version } = /** @type {any} */ (this.frames.get(element)), { node } = element.businessObject;
    render(html`<${Frame} key=${version} node=${node} catalogue=${this.catalogue} address=${this.#address(node)} load=${() => this.#load(node)} onClose=${() => this.close(element)} />`, place);
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
    return this.server.get(`/flows/${encodeURIComponent(node.template_id)}?source=${encodeURIComponent(node.template_source ?? "project")}&digest=${encodeURIComponent(digest)}`);
  }

  /** @param {any} node */
  #version({ template_id: id, template_source: source, version, always_use_latest: latest }) {
    return [id, source, latest ? "" : version].join(" ");
  }

  /** @param {any} node */
  #address({ template_id: id }) {
    return `/projects/${this.page.project.id}/flows/${encodeURIComponent(id)}/edit`;
  }
}
Insides.$inject = ["eventBus", "overlays", "server", "page", "catalogue", "view"];
