/** Walks from node to node along the flow, for the keyboard; goes on from where a node was deleted. */
import { walkOrder } from "../../layout/walk_order.js";

export default class Walking {
  /** @param {any} treeStore @param {any} selection @param {any} view */
  constructor(treeStore, selection, view) {
    this.store = treeStore;
    this.selection = selection;
    this.view = view;
    this.at = -1;
  }

  /**
   * Select the next node, or the one before.
   * @param {1 | -1} direction
   * @returns {boolean} false when there is none
   */
  go(direction) {
    const order = this.order, current = this.#current(order);
    const next = current === null ? (direction > 0 ? this.at : this.at - 1) : current + direction;
    const wanted = current === null && this.at < 0 ? (direction > 0 ? 0 : order.length - 1) : next;
    const node = order[wanted];
    this.at = node ? wanted : -1;
    if (!node) return false;
    this.selection.select(node);
    this.view.reveal(node);
    return true;
  }

  /** All nodes in the order of the walk, notes behind. @returns {any[]} */
  get order() {
    const { nodes } = this.store, byId = new Map(nodes.map((/** @type {any} */ n) => [n.id, n]));
    const flows = nodes.flatMap((/** @type {any} */ n) => n.outgoing.map((/** @type {any} */ l) => ({ source: n.id, target: l.target.id })));
    const start = nodes.find((/** @type {any} */ n) => n.businessObject.kind === "EmptyStartEvent");
    const notes = this.store.root.children.filter((/** @type {any} */ e) => e.businessObject.kind === "Note");
    return [...walkOrder(nodes, flows, start?.id).map((id) => byId.get(id)), ...notes];
  }

  /** Which of how many nodes one is. @param {any} element */
  placeOf(element) {
    const order = this.order;
    return { number: order.indexOf(element) + 1, count: order.length };
  }

  /** @param {any[]} order @returns {number | null} */
  #current(order) {
    const selected = this.selection.get(), last = selected[selected.length - 1];
    const at = order.indexOf(last?.waypoints ? last.source : last);
    return at < 0 ? null : at;
  }
}
Walking.$inject = ["treeStore", "selection", "view"];
