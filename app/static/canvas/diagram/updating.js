/**
 * The commands that change what an element stands for. They put a new object in place of the old one, so undo is exact.
 *
 * @import { JsonObject, Kind, Tree } from "../tree/types.js"
 * @typedef {{ element: any, businessObject: JsonObject, before?: JsonObject }} Update
 */
import Modeling from "diagram-js/lib/features/modeling/Modeling.js";
import { OrderedDelete, OrderedReconnect, putInOrder } from "./ordered.js";
import { KINDS } from "../tree/kinds.js";
import { readTree } from "../tree/reading.js";

/** The hint that nothing is to follow by itself: the tree that is put in says it all. */
const EXACT = { exact: true };

class UpdateHandler {
  /** @param {Update} context */
  execute(context) {
    context.before = context.element.businessObject;
    context.element.businessObject = context.businessObject;
    return [context.element, ...(context.element.outgoing ?? [])];
  }

  /** @param {Update} context */
  revert(context) {
    context.element.businessObject = context.before;
    return [context.element, ...(context.element.outgoing ?? [])];
  }
}

/** Puts the lines out of a node in another order, the order in which an exclusive gateway asks its branches. */
class ReorderHandler {
  /** @param {{ element: any, order: any[], before?: any[] }} context */
  execute(context) {
    context.before = [...context.element.outgoing];
    putInOrder(context.element.outgoing, context.order);
    return [context.element, ...context.order];
  }

  /** @param {{ element: any, order: any[], before?: any[] }} context */
  revert(context) {
    putInOrder(context.element.outgoing, context.before ?? []);
    return [context.element, ...context.order];
  }
}

/** Modeling with the commands for what elements stand for. Every method is one step to undo, unless called in `together`. */
export default class TreeModeling extends Modeling {
  /** @param {any} eventBus @param {any} elementFactory @param {any} commandStack @param {any} injector */
  constructor(eventBus, elementFactory, commandStack, injector) {
    super(eventBus, elementFactory, commandStack);
    this.commands = commandStack;
    this.injector = injector;
  }

  /** @returns {any} */
  getHandlers() {
    return { ...super.getHandlers(), "element.update": UpdateHandler, "branches.reorder": ReorderHandler, "node.kind": KindHandler, "connection.delete": OrderedDelete, "connection.reconnect": OrderedReconnect, together: TogetherHandler };
  }

  /**
   * Change keys of a node's JSON; a key given as undefined goes.
   * @param {any} shape
   * @param {JsonObject} patch
   */
  updateNode(shape, patch) {
    this.#update(shape, { node: patched(shape.businessObject.node, patch) });
  }

  /**
   * Change what a line stands for: its sides, condition or fallback.
   * @param {any} connection
   * @param {JsonObject} patch
   */
  updateFlow(connection, patch) {
    this.#update(connection, patch);
  }

  /** @param {any} shape @param {string} text */
  updateNote(shape, text) {
    this.#update(shape, { note: { ...shape.businessObject.note, text } });
  }

  /**
   * Change top keys of the tree that are no nodes or lines: constants, outputs, …
   * @param {JsonObject} patch
   */
  updateRest(patch) {
    const root = this.injector.get("canvas").getRootElement();
    this.#update(root, { rest: patched(root.businessObject.rest, patch) });
  }

  /** @param {any} gateway @param {any[]} order all lines out of it */
  reorderBranches(gateway, order) {
    this.commands.execute("branches.reorder", { element: gateway, order });
  }

  /**
   * Show another tree in place of the whole flow, as one step to undo; undoing brings the very elements back. Throws, and
   * leaves everything as it is, when the canvas cannot show the tree.
   * @param {Tree} tree
   */
  replaceTree(tree) {
    const store = this.injector.get("treeStore"), elements = this.injector.get("elementFactory"), { root } = store;
    const { nodes, flows, notes, rest, origin } = readTree(tree);
    this.together(() => {
      const shapes = root.children.filter((/** @type {any} */ e) => !e.waypoints);
      for (const connection of root.children.filter((/** @type {any} */ e) => e.waypoints)) this.removeConnection(connection, EXACT);
      for (const shape of shapes) this.removeShape(shape, EXACT);
      const made = new Map(nodes.map((n) => [n.id, this.#put(elements.createDrawn(n), root)]));
      for (const { id, source, target, ...businessObject } of flows) {
        this.createConnection(/** @type {any} */ (made.get(source)), /** @type {any} */ (made.get(target)), elements.createFlow({ id, businessObject }), root, EXACT);
      }
      for (const note of notes) this.#put(elements.createNote(note), root);
      this.#update(root, { rest, origin });
    });
  }

  /**
   * Make a node one of another kind; its lines stay, with conditions where the new kind decides by them.
   * @param {any} shape
   * @param {Kind} kind of the same size
   */
  changeKind(shape, kind) {
    this.commands.execute("node.kind", { shape, kind });
  }

  /**
   * Carry out several changes as one step to undo.
   * @param {() => void} change
   */
  together(change) {
    this.commands.execute("together", { change });
  }

  /**
   * Let an element stand for something else altogether.
   * @param {any} element
   * @param {JsonObject} businessObject
   */
  replaceObject(element, businessObject) {
    this.commands.execute("element.update", { element, businessObject });
  }

  /** @param {any} shape @param {any} root */
  #put(shape, root) {
    const { x, y, width, height } = shape;
    return this.createShape(shape, /** @type {any} */ ({ x, y, width, height }), root, /** @type {any} */ (undefined), EXACT);
  }

  /** @param {any} element @param {JsonObject} patch */
  #update(element, patch) {
    this.replaceObject(element, { ...element.businessObject, ...patch });
  }
}
TreeModeling.$inject = ["eventBus", "elementFactory", "commandStack", "injector"];

class KindHandler {
  /** @param {any} modeling */
  constructor(modeling) {
    this.modeling = modeling;
  }

  /** @param {{ shape: any, kind: Kind }} context */
  preExecute({ shape, kind }) {
    this.modeling.replaceObject(shape, retyped(shape.businessObject, kind));
  }
}
KindHandler.$inject = ["modeling"];

/** @param {JsonObject} businessObject @param {Kind} kind */
function retyped({ node: { converge_gateway_id: _converge, ...node }, place, ...rest }, kind) {
  return { ...rest, kind, node: { ...node, type: kind }, place: place && { ...place, type: KINDS[kind].type } };
}

class TogetherHandler {
  /** @param {{ change: () => void }} context */
  preExecute({ change }) {
    change();
  }
}

/** @param {JsonObject} before @param {JsonObject} patch */
function patched(before, patch) {
  return Object.fromEntries(Object.entries({ ...before, ...patch }).filter(([, value]) => value !== undefined));
}
