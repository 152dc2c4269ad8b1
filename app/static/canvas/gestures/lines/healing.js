/** Deleting nodes heals the flow: the line that led in leads on to where the line out went, with its condition. */
import CommandInterceptor from "diagram-js/lib/command/CommandInterceptor.js";
import { anchor } from "../../tree/sides.js";
import { healing } from "../pure/healing.js";

export default class Healing extends CommandInterceptor {
  /** @param {any} eventBus @param {any} modeling @param {any} elementRegistry @param {any} treeRules */
  constructor(eventBus, modeling, elementRegistry, treeRules) {
    super(eventBus);
    this.modeling = modeling;
    this.registry = elementRegistry;
    this.rules = treeRules;
    this.preExecute("elements.delete", (/** @type {any} */ { context }) => this.#heal(context.elements));
  }

  /** @param {any[]} elements */
  #heal(elements) {
    const gone = new Set(elements.filter((e) => e.businessObject?.node).map((e) => e.id));
    if (!gone.size) return;
    const cut = new Set(elements.filter((e) => e.waypoints && !(gone.has(e.source.id) && gone.has(e.target.id))).map((e) => e.id));
    this.#carryOut(this.#plan(gone, cut));
  }

  /** Whether a node can be taken out of the line that it stands in: one line leads in and one out, and they can be made one. @param {any} node */
  mayTakeOut(node) {
    return node.incoming.length === 1 && node.outgoing.length === 1 && this.#plan(new Set([node.id]), new Set()).length === 1;
  }

  /** Take a node out of the line that it stands in; it stays on the canvas, without lines. @param {any} node */
  takeOut(node) {
    const [out] = node.outgoing;
    this.#carryOut(this.#plan(new Set([node.id]), new Set()));
    this.modeling.removeConnection(out);
  }

  /** @param {Set<string>} gone @param {Set<string>} cut */
  #plan(gone, cut) {
    const lines = this.registry.filter((/** @type {any} */ e) => e.waypoints).map((/** @type {any} */ { id, source, target }) => ({ id, source: source.id, target: target.id }));
    const isForbidden = (/** @type {string} */ a, /** @type {string} */ b) => Boolean(this.rules.forbidden(this.registry.get(a), this.registry.get(b)));
    return healing(lines, gone, cut, isForbidden);
  }

  /** @param {import("../pure/healing.js").Heal[]} heals */
  #carryOut(heals) {
    for (const { line, target, by } of heals) {
      const shape = this.registry.get(target), side = this.registry.get(by).businessObject.sides.target;
      this.modeling.reconnectEnd(this.registry.get(line), shape, anchor(shape, side));
    }
  }
}
Healing.$inject = ["eventBus", "modeling", "elementRegistry", "treeRules"];
