/** What follows by itself when lines and nodes are edited: sides, first conditions, lines laid anew. */
import CommandInterceptor from "diagram-js/lib/command/CommandInterceptor.js";
import { DECIDING } from "../tree/kinds.js";
import { sideTowards, sidesBetween } from "../tree/sides.js";
import { turned } from "./facing.js";

export default class FlowBehavior extends CommandInterceptor {
  /** @param {any} eventBus @param {any} modeling */
  constructor(eventBus, modeling) {
    super(eventBus);
    this.preExecute("connection.create", (/** @type {any} */ { context }) => this.#chooseSides(context));
    this.preExecute("connection.reconnect", (/** @type {any} */ { context }) => this.#chooseNewSides(context));
    this.postExecuted("connection.create", (/** @type {any} */ { context }) => void (context.hints?.exact || this.#addCondition(context.connection)));
    this.postExecuted("connection.reconnect", (/** @type {any} */ { context }) => this.#settleCondition(context.connection));
    this.postExecuted("node.kind", (/** @type {any} */ { context }) => context.shape.outgoing.forEach((/** @type {any} */ line) => this.#settleCondition(line)));
    this.postExecuted("elements.move", (/** @type {any} */ { context }) => void (context.hints?.keepsSides || this.#faceAgain(context.shapes)));
    this.postExecuted("element.update", (/** @type {any} */ { context }) => {
      const { element, before, businessObject } = context;
      if (element.waypoints && before.sides !== businessObject.sides) modeling.layoutConnection(element);
    });
    this.modeling = modeling;
  }

  /** A line that is drawn keeps the sides that it was drawn at, else takes the shortest. @param {any} context */
  #chooseSides({ connection, source, target, hints }) {
    if (connection.businessObject.sides) return;
    connection.businessObject = { ...connection.businessObject, sides: sidesDrawn(source, target, hints?.connectionStart, hints?.connectionEnd) };
  }

  /** @param {any} context */
  #chooseNewSides({ connection, newSource, newTarget, dockingOrPoints }) {
    const source = newSource ?? connection.source, target = newTarget ?? connection.target;
    const shortest = sidesBetween(source, target), { sides } = connection.businessObject;
    const point = dockingOrPoints && !Array.isArray(dockingOrPoints) ? dockingOrPoints : null;
    const at = (/** @type {any} */ node, /** @type {"source" | "target"} */ end, /** @type {boolean} */ moved) =>
      !moved ? sides[end] : point && isEdge(node, point) ? sideTowards(node, point) : shortest[end];
    this.modeling.updateFlow(connection, { sides: { source: at(source, "source", source !== connection.source), target: at(target, "target", target !== connection.target) } });
  }

  /** A line that comes from another node decides by nothing there, or has the first condition there. @param {any} connection */
  #settleCondition(connection) {
    const { source, target, businessObject: { condition, fallback } } = connection;
    const decides = DECIDING.has(source.businessObject.kind), tag = `branch_${source.id}_${target.id}`;
    const second = fallback && source.outgoing.some((/** @type {any} */ c) => c !== connection && c.businessObject.fallback);
    if ((condition || fallback) && !decides) this.modeling.updateFlow(connection, { condition: null, fallback: null });
    else if (second) this.modeling.updateFlow(connection, { fallback: null });
    else if (condition?.tag?.startsWith("branch_") && condition.tag !== tag) this.modeling.updateFlow(connection, { condition: { ...condition, tag } });
    this.#addCondition(connection);
  }

  /** The first branch of a gateway holds until it is edited, later ones do not, as bk-sops' editor has it. @param {any} connection */
  #addCondition(connection) {
    const { source, target, businessObject } = connection;
    if (!source || !DECIDING.has(source.businessObject.kind) || businessObject.condition || businessObject.fallback) return;
    const first = source.outgoing.every((/** @type {any} */ c) => c === connection || !c.businessObject.condition);
    const evaluate = first ? "1 == 1" : "1 == 0";
    this.modeling.updateFlow(connection, { condition: { evaluate, name: evaluate, tag: `branch_${source.id}_${target.id}` } });
  }

  /** Lines of moved nodes turn where they no longer point the right way; the branches of a gateway stay where they were put. @param {any[]} shapes */
  #faceAgain(shapes) {
    const lines = [...new Set(shapes.flatMap((s) => [...s.incoming, ...s.outgoing]))];
    const mayTurn = lines.filter(({ source, target }) => !(shapes.includes(source) && shapes.includes(target)) && !DECIDING.has(source.businessObject.kind));
    const near = new Set(mayTurn.flatMap(({ source, target }) => [source, target].flatMap((node) => [...node.incoming, ...node.outgoing])));
    const sides = turned(mayTurn.map(asLine), [...near].filter((line) => !mayTurn.includes(line)).map(asLine));
    for (const line of mayTurn) if (sides.has(line.id)) this.modeling.updateFlow(line, { sides: sides.get(line.id) });
  }
}
FlowBehavior.$inject = ["eventBus", "modeling"];

/** @param {any} line @returns {import("./facing.js").Line} */
const asLine = ({ id, source, target, businessObject: { sides } }) => ({ id, source, target, sides });

/**
 * The sides of a line that is drawn from one point to another: those at which it begins and ends, else the shortest.
 * @param {any} source
 * @param {any} target
 * @param {any} [start]
 * @param {any} [end]
 */
export function sidesDrawn(source, target, start, end) {
  const shortest = sidesBetween(source, target);
  return {
    source: start && isEdge(source, start) ? sideTowards(source, start) : shortest.source,
    target: end && isEdge(target, end) ? sideTowards(target, end) : shortest.target,
  };
}

/** Whether a point is meant as a side: near the edge, not the middle. @param {any} box @param {any} point */
function isEdge(box, point) {
  const x = Math.abs(point.x - box.x - box.width / 2) / (box.width / 2), y = Math.abs(point.y - box.y - box.height / 2) / (box.height / 2);
  return Math.max(x, y) > 0.6;
}
