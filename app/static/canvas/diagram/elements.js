/**
 * Makes elements of the canvas with their sizes and what they stand for.
 *
 * @import { DrawnNode, JsonObject, Kind } from "../tree/types.js"
 */
import ElementFactory from "diagram-js/lib/core/ElementFactory.js";
import { newId } from "../tree/ids.js";
import { KINDS } from "../tree/kinds.js";

export default class Elements extends ElementFactory {
  /**
   * A node that is not on the canvas yet.
   * @param {Kind} kind
   * @param {JsonObject} [node] what its JSON says beyond what every node of its kind has
   * @param {JsonObject} [attributes] attributes of the element: x, y, …
   * @returns {any}
   */
  createNode(kind, node = {}, attributes = {}) {
    const { width, height } = KINDS[kind];
    const id = node.id ?? newId("node");
    const whole = { ...blank(kind), ...node, id, type: kind };
    return this.createShape(/** @type {any} */ ({ id, width, height, ...attributes, businessObject: { kind, node: whole, place: attributes.place ?? null } }));
  }

  /**
   * A node as it was read from a tree.
   * @param {DrawnNode} drawn
   * @returns {any}
   */
  createDrawn({ id, kind, x, y, node, place }) {
    const { width, height } = KINDS[kind];
    return this.createShape(/** @type {any} */ ({ id, x, y, width, height, businessObject: { kind, node, place } }));
  }

  /**
   * A line that is not on the canvas yet; modeling.connect takes the same attributes.
   * @param {JsonObject} [attributes]
   * @returns {any}
   */
  createFlow(attributes = {}) {
    const id = attributes.id ?? newId("line");
    const own = { kind: "Flow", sides: null, flow: { is_default: false }, line: null, condition: null, fallback: null };
    return this.createConnection(/** @type {any} */ ({ ...attributes, id, businessObject: { ...own, ...attributes.businessObject } }));
  }

  /**
   * A remark that is not on the canvas yet.
   * @param {JsonObject} [note]
   * @returns {any}
   */
  createNote(note = {}) {
    const { x, y, width = 200, height = 80, ...rest } = note;
    const id = rest.id ?? newId("note");
    return this.createShape(/** @type {any} */ ({ id, width, height, ...(x === undefined ? {} : { x, y }), businessObject: { kind: "Note", note: { text: "", ...rest, id } } }));
  }

  /**
   * Every connection that diagram-js makes by itself, as when one is drawn, is a line of the flow.
   * @param {any} type
   * @param {any} attributes
   * @returns {any}
   */
  create(type, attributes) {
    if (type === "connection" && attributes?.businessObject?.kind !== "Flow") return this.createFlow(attributes);
    return super.create(type, attributes);
  }
}

/**
 * What every new node of a kind has, as bk-sops' editor writes it.
 * @param {Kind} kind
 * @returns {JsonObject}
 */
function blank(kind) {
  if (kind === "ServiceActivity") return { name: "", stage_name: "", optional: false, error_ignorable: false, skippable: true, retryable: true, loop: null, component: { code: "", data: {} } };
  if (kind === "SubProcess") return { name: "", stage_name: "", optional: false, error_ignorable: false, skippable: true, retryable: true, template_id: "", template_source: "project", version: "", always_use_latest: false, constants: {}, hooked_constants: [], scheme_id_list: [] };
  return { name: "" };
}
