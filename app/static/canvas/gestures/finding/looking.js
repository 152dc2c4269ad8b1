/** Shows on the canvas what is looked at in a list, and goes back to where the view was when nothing is chosen. */
import { elementName, kindName } from "../naming.js";

/** How much of the view the list takes. */
const LIST = 300;

export default class Looking {
  /** @param {any} canvas @param {any} view @param {any} catalogue */
  constructor(canvas, view, catalogue) {
    this.canvas = canvas;
    this.view = view;
    this.catalogue = catalogue;
    /** @type {any} */
    this.element = null;
    /** @type {any} */
    this.before = null;
  }

  /** An element as an entry of a list. @param {any} element */
  entryOf(element) {
    const { kind, node, note } = element.businessObject, name = elementName(element), what = kindName(kind);
    const plugin = node?.component && this.catalogue.find(node.component.code, node.component.version);
    const detail = [name === what ? "" : (plugin?.name ?? what), node?.stage_name].filter(Boolean).join(" · ");
    const icon = kind === "SubProcess" ? "sitemap" : kind === "Note" ? "note" : (plugin?.icon || (kind === "ServiceActivity" ? "puzzle" : kind));
    return { id: element.id, label: name, detail, search: `${element.id} ${plugin?.code ?? ""} ${note?.text ?? ""}`, icon, element };
  }

  /** @param {any} element */
  at(element) {
    this.before ??= this.canvas.viewbox();
    this.#mark(element);
    if (element) this.view.reveal(element, LIST);
  }

  /** Nothing was chosen. */
  back() {
    this.#mark(null);
    if (this.before) this.canvas.viewbox(this.before);
    this.before = null;
  }

  /** Something was chosen. */
  stay() {
    this.#mark(null);
    this.before = null;
  }

  /** @param {any} element */
  #mark(element) {
    if (this.element?.parent) this.canvas.removeMarker(this.element, "looked-at");
    if (element) this.canvas.addMarker(element, "looked-at");
    this.element = element;
  }
}
Looking.$inject = ["canvas", "view", "catalogue"];
