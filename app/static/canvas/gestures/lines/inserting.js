/**
 * Puts a node into a line: the line leads to the node then, and a new one from there on. The line keeps its condition.
 * A node that is dropped on a line while it is moved or made is put into it; one that stands in a line already is taken
 * out of that, which heals as if it were deleted. Where it cannot be, words beside the pointer say why.
 *
 * @import { Point, Sides } from "../../diagram/types.js"
 */
import CommandInterceptor from "diagram-js/lib/command/CommandInterceptor.js";
import { DECIDING, KINDS } from "../../tree/kinds.js";
import { anchor } from "../../tree/sides.js";
import { nearestLine } from "../pure/lines.js";
import { makingRoom } from "../pure/making_room.js";

const SIDES = /** @type {const} */ (["Right", "Left", "Top", "Bottom"]);
/** What a bend costs, in length, and what an end that stays where it was is worth. */
const BEND = 40, HABIT = 30;
/** How near to a line the middle of a node is dropped into it. */
const NEAR = 18;
/** The room after a gateway that has conditions on its lines. */
export const ROOM_FOR_WORDS = 120;
const DRAGS = ["shape.move", "create"];

export default class Inserting extends CommandInterceptor {
  /** @param {any} eventBus @param {any} modeling @param {any} elementRegistry @param {any} treeRules @param {any} layouter @param {any} injector */
  constructor(eventBus, modeling, elementRegistry, treeRules, layouter, injector) {
    super(eventBus);
    this.layouter = layouter;
    this.injector = injector;
    this.modeling = modeling;
    this.registry = elementRegistry;
    this.rules = treeRules;
    this.postExecuted("elements.create", ({ context }) => void (context.hints.into && this.insert(context.elements[0], context.hints.into)));
    eventBus.on(DRAGS.map((drag) => `${drag}.start`), 500, (/** @type {any} */ event) => this.#begin(event));
    eventBus.on(DRAGS.map((drag) => `${drag}.move`), 400, (/** @type {any} */ event) => this.#moved(event));
    eventBus.on(DRAGS.map((drag) => `${drag}.cleanup`), (/** @type {any} */ { context }) => {
      this.#mark(context, null);
      if (context.lines) injector.get("hints").beside("");
    });
    eventBus.on("create.end", 1100, (/** @type {any} */ { context }) => void (context.hints = { ...context.hints, into: context.into }));
    eventBus.on("shape.move.end", 1100, (/** @type {any} */ { context }) => {
      if (context.why && context.canExecute) eventBus.fire("hint", { words: context.why });
      if (!context.into || !context.canExecute) return undefined;
      const { shape, delta, into } = context;
      modeling.together(() => {
        if (this.whyNot(shape, into)) injector.get("healing").takeOut(shape);
        modeling.moveElements([shape], { x: Math.round(delta.x), y: Math.round(delta.y) });
        this.insert(shape, into);
      });
      injector.get("selection").select(shape);
      return true;
    });
  }

  /**
   * Why a node may not be put into a line; empty when it may.
   * @param {any} node
   * @param {any} line
   * @returns {string}
   */
  whyNot(node, line) {
    return this.rules.whyNot(line.source, node, line) || this.rules.whyNot(node, line.target, line);
  }

  /**
   * @param {any} node on the canvas already
   * @param {any} line
   */
  insert(node, line) {
    const { target } = line;
    this.modeling.together(() => {
      const by = this.makeRoom(node, line);
      if (by.x || by.y) this.modeling.moveElements([node], by);
      const { into, out } = this.#sides(node, line);
      this.modeling.reconnectEnd(line, node, anchor(node, into.target));
      if (line.businessObject.sides.source !== into.source) this.modeling.updateFlow(line, { sides: into });
      this.modeling.connect(node, target, { businessObject: { sides: out } });
    });
  }

  /**
   * Push on what comes after a line, as far as a node needs to stand in it.
   * @param {any} node what is to stand there: an element, or a box with what it is
   * @param {any} line
   * @returns {Point} how far the node itself has to move off what it comes after
   */
  makeRoom(node, { source, target }) {
    const decides = (/** @type {any} */ { businessObject: { kind } }) => (DECIDING.has(kind) ? ROOM_FOR_WORDS : undefined);
    const nodes = this.registry.filter((/** @type {any} */ e) => e.parent && !e.waypoints && e.businessObject.kind !== "Root" && e !== node);
    const flows = this.registry.filter((/** @type {any} */ e) => e.waypoints).map((/** @type {any} */ l) => ({ source: l.source.id, target: l.target.id }));
    const { by, pushed, way } = makingRoom(node, source, target, nodes, flows, { before: decides(source), behind: decides(node) });
    if (pushed.length) this.modeling.moveElements(pushed.map((id) => this.registry.get(id)), way, undefined, { keepsSides: true });
    return by;
  }

  /**
   * The sides of the two lines that make them short and plain. They use different sides of the node; a branch leaves its
   * gateway where it did.
   * @param {any} node
   * @param {any} line
   * @returns {{ into: Sides, out: Sides }}
   */
  #sides(node, { source, target, businessObject: { sides } }) {
    const from = DECIDING.has(source.businessObject.kind) ? [sides.source] : SIDES;
    const cost = (/** @type {any} */ a, /** @type {any} */ b, /** @type {Sides} */ between) => costOf(this.layouter.layoutConnection({ source: a, target: b, businessObject: { sides: between } }));
    const ins = SIDES.flatMap((side) => from.map((s) => ({ source: s, target: side }))).map((s) => ({ sides: s, cost: cost(source, node, s) - (s.source === sides.source ? HABIT : 0) }));
    const outs = SIDES.flatMap((side) => SIDES.map((s) => ({ source: side, target: s }))).map((s) => ({ sides: s, cost: cost(node, target, s) - (s.target === sides.target ? HABIT : 0) }));
    const pairs = ins.flatMap((a) => outs.filter((b) => b.sides.source !== a.sides.target).map((b) => ({ into: a.sides, out: b.sides, cost: a.cost + b.cost })));
    return pairs.reduce((best, pair) => (pair.cost < best.cost ? pair : best));
  }

  /** @param {any} event */
  #begin({ context }) {
    const nodes = context.shapes ?? context.elements, [node] = nodes;
    if (nodes.length !== 1 || !node.businessObject.node || KINDS[/** @type {keyof typeof KINDS} */ (node.businessObject.kind)].group === "event") return;
    context.lines = this.registry.filter((/** @type {any} */ e) => e.waypoints && e.source !== node && e.target !== node);
    context.alone = this.injector.get("healing").mayTakeOut(node) ? { businessObject: node.businessObject, incoming: [], outgoing: [] } : node;
  }

  /** @param {any} event */
  #moved({ context, x, y, originalEvent }) {
    if (!context.lines) return;
    const line = nearestLine({ x, y }, context.lines, NEAR), [node] = context.shapes ?? context.elements;
    context.why = line && this.whyNot(node, line) && this.whyNot(context.alone, line);
    this.#mark(context, context.why ? null : line);
    this.injector.get("hints").beside(context.why, originalEvent);
  }

  /** @param {any} context @param {any} line */
  #mark(context, line) {
    if (context.into === line) return;
    const canvas = this.injector.get("canvas");
    if (context.into && this.registry.get(context.into.id)) canvas.removeMarker(context.into, "insert-here");
    if (line) canvas.addMarker(line, "insert-here");
    context.into = line;
  }
}
Inserting.$inject = ["eventBus", "modeling", "elementRegistry", "treeRules", "layouter", "injector"];

/** What a way costs to follow with the eye. @param {Point[]} points */
function costOf(points) {
  const length = points.slice(1).reduce((sum, p, i) => sum + Math.abs(p.x - points[i].x) + Math.abs(p.y - points[i].y), 0);
  return length + BEND * (points.length - 2);
}
