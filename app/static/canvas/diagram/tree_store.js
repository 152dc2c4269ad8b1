/**
 * The tree of the canvas: opened into elements, written from them. Nothing else knows both.
 *
 * @import { Drawing, Tree } from "../tree/types.js"
 * @import { FlowElement, NodeElement } from "./types.js"
 */
import { NOWHERE, readTree } from "../tree/reading.js";
import { writeTree } from "../tree/writing.js";

/** No id of a tree has a space at its beginning. */
const ROOT = " flow";

export default class TreeStore {
  /**
   * @param {any} eventBus @param {any} canvas @param {any} elementFactory @param {any} elementRegistry @param {any} layouter
   */
  constructor(eventBus, canvas, elementFactory, elementRegistry, layouter) {
    this.eventBus = eventBus;
    this.canvas = canvas;
    this.elements = elementFactory;
    this.registry = elementRegistry;
    this.layouter = layouter;
    /** @type {Tree | null} */
    this.written = null;
    // Until a tree is opened there is an empty flow, so that panels can stand beside it.
    eventBus.on("diagram.init", () => void this.#begin({ constants: {}, outputs: [] }, NOWHERE));
    eventBus.on("elements.changed", () => this.#forget());
    eventBus.on("commandStack.changed", () => this.#forget());
  }

  /**
   * Show a tree in place of what is shown; there is nothing to undo then. Fires `tree.opened`.
   * @param {Tree} tree
   */
  open(tree) {
    const drawing = readTree(tree);
    this.eventBus.fire("diagram.clear");
    this.canvas.show(() => this.#add(drawing), () => {
      this.#forget();
      this.eventBus.fire("tree.opened", { tree });
    });
  }

  /** @param {Drawing} drawing */
  #add({ nodes, flows, notes, rest, origin }) {
    const root = this.#begin(rest, origin);
    const shapes = new Map();
    for (const drawn of nodes) shapes.set(drawn.id, this.canvas.addShape(this.elements.createDrawn(drawn), root));
    const connections = flows.map(({ id, source, target, ...businessObject }) => this.elements.createFlow({ id, source: shapes.get(source), target: shapes.get(target), businessObject }));
    for (const [connection, points] of this.layouter.layAll(connections)) connection.waypoints = points.map((/** @type {any} */ p) => ({ ...p }));
    for (const connection of connections) this.canvas.addConnection(connection, root);
    for (const note of notes) this.canvas.addShape(this.elements.createNote(note), root);
  }

  /** @param {Drawing["rest"]} rest @param {Drawing["origin"]} origin */
  #begin(rest, origin) {
    const root = this.elements.createRoot({ id: ROOT, businessObject: { kind: "Root", rest, origin } });
    this.canvas.setRootElement(root);
    return root;
  }

  /** The tree as it is now; the same object until something changes, and nobody may change it. @returns {Tree} */
  get tree() {
    this.written ??= writeTree(this.drawing);
    return this.written;
  }

  /** The variables, outputs and all that is no node or line. @returns {Drawing["rest"]} */
  get rest() {
    return this.root.businessObject.rest;
  }

  /** The element that all others lie in. @returns {any} */
  get root() {
    return this.canvas.getRootElement();
  }

  /** @returns {NodeElement[]} */
  get nodes() {
    return this.registry.filter((/** @type {any} */ e) => e.businessObject?.node && !e.labelTarget);
  }

  /** @returns {Drawing} */
  get drawing() {
    const nodes = this.nodes;
    const notes = this.registry.filter((/** @type {any} */ e) => e.businessObject?.kind === "Note");
    return {
      nodes: nodes.map(({ id, x, y, businessObject: { kind, node, place } }) => ({ id, kind, x, y, node, place })),
      flows: nodes.flatMap((n) => n.outgoing).map((/** @type {FlowElement} */ { id, source, target, businessObject: { sides, flow, line, condition, fallback } }) => ({
        id, source: source.id, target: target.id, sides, flow, line, condition, fallback })),
      notes: notes.map((/** @type {any} */ { id, x, y, width, height, businessObject: { note } }) => ({ ...note, id, x, y, width, height })),
      rest: this.rest,
      origin: this.root.businessObject.origin,
    };
  }

  #forget() {
    this.written = null;
  }
}
TreeStore.$inject = ["eventBus", "canvas", "elementFactory", "elementRegistry", "layouter"];
