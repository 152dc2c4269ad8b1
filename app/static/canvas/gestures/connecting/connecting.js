/**
 * What is shown and allowed while a line is drawn or moved: nodes that it may not lead to fade, words beside the pointer
 * say why, a line is never drawn backwards, and one that ends over nothing asks for the node that is to be there.
 */
import { sideTowards } from "../../tree/sides.js";

const DRAWN = "connect", MOVED = "bendpoint.move";
const each = (/** @type {string} */ phase) => [`${DRAWN}.${phase}`, `${MOVED}.${phase}`];

export default class Connecting {
  /** @param {any} eventBus @param {any} canvas @param {any} treeStore @param {any} treeRules @param {any} hints @param {any} injector */
  constructor(eventBus, canvas, treeStore, treeRules, hints, injector) {
    this.canvas = canvas;
    this.store = treeStore;
    this.rules = treeRules;
    this.injector = injector;
    eventBus.on(each("start"), (/** @type {any} */ { context }) => this.#fade(context));
    eventBus.on(each("cleanup"), () => {
      this.#unfade();
      hints.beside("");
    });
    eventBus.on(each("hover"), 900, (/** @type {any} */ { context }) => refuseBackwards(context));
    eventBus.on(each("move"), 500, (/** @type {any} */ event) => {
      event.context.hasLeft ||= event.context.hover !== event.context.start;
      hints.beside(this.#why(event.context), event.originalEvent);
    });
    eventBus.on(each("move"), 1300, keepOffGrid);
    eventBus.on(each("end"), 1300, keepOffGrid);
    eventBus.on("connect.end", 1400, (/** @type {any} */ event) => this.#askForNode(event));
  }

  /** @param {any} context @returns {string} */
  #why({ hover, canExecute, allowed, hasLeft, ...context }) {
    if (!hover?.businessObject?.node || canExecute || allowed || !hasLeft) return "";
    return this.#whyNot(context, hover);
  }

  /** Why the free end may not be at a node. @param {any} context @param {any} node */
  #whyNot({ start, connection, type }, node) {
    if (start) return this.rules.whyNotByHand(start, node);
    return type === "reconnectStart" ? this.rules.whyNotByHand(node, connection.target, connection) : this.rules.whyNotByHand(connection.source, node, connection);
  }

  /** @param {any} context */
  #fade(context) {
    const { start, connection, type } = context, fixed = start ?? (type === "reconnectStart" ? connection.target : connection.source);
    for (const node of this.store.nodes) this.canvas.getGraphics(node).classList.toggle("may-not", node !== fixed && Boolean(this.#whyNot(context, node)));
    this.canvas.getContainer().classList.add("connecting");
  }

  #unfade() {
    this.canvas.getContainer().classList.remove("connecting");
  }

  /** @param {any} event */
  #askForNode({ context, hover, x, y, originalEvent }) {
    if (hover?.businessObject?.node || !hover) return undefined;
    const { start, connectionStart } = context, side = sideOf(start, connectionStart);
    const { clientX, clientY } = originalEvent;
    setTimeout(() => this.injector.get("quickAdd").open({ element: start, side, point: { x, y }, at: { clientX, clientY } }));
    return undefined;
  }
}
Connecting.$inject = ["eventBus", "canvas", "treeStore", "treeRules", "hints", "injector"];

/** diagram-js draws a line the other way around when only that is allowed; nobody means that. @param {any} context */
function refuseBackwards(context) {
  const { start, source, connection, type } = context;
  const isBackwards = start ? source && source !== start : source && (type === "reconnectStart" ? context.target !== connection.target : source !== connection.source);
  if (!isBackwards) return;
  context.canExecute = context.allowed = false;
  context.source = context.target = null;
}

/** The end of a line is where the pointer is: that tells the side. @param {any} event */
function keepOffGrid(event) {
  event.snapped = { x: true, y: true };
}

/** @param {any} node @param {{ x: number, y: number }} [point] */
function sideOf(node, point) {
  return point ? sideTowards(node, point) : undefined;
}
