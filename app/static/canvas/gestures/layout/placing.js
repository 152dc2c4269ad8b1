/**
 * Puts the nodes of a flow to new places, as one step to undo: notes go with the nodes that they stand at, and lines get
 * the sides that are asked for.
 *
 * @import { Point, Sides } from "../../diagram/types.js"
 * @import { Node } from "../../layout/graph.js"
 * @typedef {{ id: string, source: string, target: string, sides: Sides }} Line
 * @typedef {(nodes: Node[], lines: Line[]) => Map<string, Sides>} Facing the sides of lines, by their ids, once the nodes are in their places
 */
import { wayOfNote } from "../pure/way_of_note.js";

export default class Placing {
  /** @param {any} eventBus @param {any} treeStore @param {any} modeling @param {any} history @param {any} view */
  constructor(eventBus, treeStore, modeling, history, view) {
    this.store = treeStore;
    this.modeling = modeling;
    this.history = history;
    this.view = view;
    /** The steps that changed what is seen of the flow. @type {WeakSet<object>} */
    this.shown = new WeakSet();
    eventBus.on("commandStack.changed", (/** @type {any} */ { trigger }) => {
      const step = trigger === "undo" ? history.next : trigger === "redo" ? history.current : null;
      if (step && this.shown.has(step)) view.fit();
    });
  }

  /**
   * @param {string} words what the step is called
   * @param {Map<string, Point>} places the corners of nodes, by id
   * @param {Facing} facing
   * @returns {boolean} false when everything is as it was, and there is no step
   */
  put(words, places, facing) {
    const { root, nodes } = this.store, before = this.nodes;
    const notes = root.children.filter((/** @type {any} */ e) => e.businessObject.kind === "Note").map((/** @type {any} */ note) => ({ shape: note, way: wayOfNote(note, before, places) }));
    const ways = [...notes, ...nodes.map((/** @type {any} */ shape) => ({ shape, way: wayTo(shape, places.get(shape.id)) }))].filter(({ way }) => way.x || way.y);
    const sides = facing(before.map((node) => ({ ...node, ...places.get(node.id) })), this.lines);
    const turned = this.#shapes.filter((/** @type {any} */ { id, businessObject: { sides: now } }) => sides.get(id)?.source !== now.source || sides.get(id)?.target !== now.target);
    if (!ways.length && !turned.length) return false;
    this.history.as(words, () => this.modeling.together(() => {
      for (const { shape, way } of ways) this.modeling.moveShape(shape, way, undefined, { layout: false, recurse: false });
      for (const line of turned) this.modeling.updateFlow(line, { sides: sides.get(line.id) });
    }));
    return true;
  }

  /** See the whole flow, now and when the step that was just done is undone or done again. */
  show() {
    this.shown.add(this.history.current);
    this.view.fit();
  }

  /** @returns {Node[]} */
  get nodes() {
    return this.store.nodes.map(asNode);
  }

  /** @returns {any[]} */
  get #shapes() {
    return this.store.nodes.flatMap((/** @type {any} */ n) => n.outgoing);
  }

  /** @returns {Line[]} */
  get lines() {
    return this.#shapes.map(({ id, source, target, businessObject: { sides } }) => ({ id, source: source.id, target: target.id, sides }));
  }
}
Placing.$inject = ["eventBus", "treeStore", "modeling", "history", "view"];

/** @param {any} shape @returns {Node} */
export const asNode = ({ id, x, y, width, height, businessObject: { kind } }) => ({ id, x, y, width, height, kind });

/** @param {Point} from @param {Point} [to] */
const wayTo = (from, to = from) => ({ x: to.x - from.x, y: to.y - from.y });
