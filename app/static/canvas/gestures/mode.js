/**
 * Whether the flow may be edited here: not without the right to, and not on a small screen, where there is no room for the
 * tools. The rules say no to every gesture then. Fires `mode.changed`.
 */
import RuleProvider from "diagram-js/lib/features/rules/RuleProvider.js";

const EDITS = ["connection.create", "connection.reconnect", "connection.updateWaypoints", "shape.create", "shape.resize", "shape.append",
  "elements.create", "elements.move", "elements.delete", "elements.align", "elements.distribute"];
const FIRST = 3000;

export default class Mode extends RuleProvider {
  /** @param {any} eventBus @param {any} page */
  constructor(eventBus, page) {
    super(eventBus);
    this.page = page;
    this.small = window.matchMedia("(max-width: 759.98px)");
    this.small.addEventListener("change", () => eventBus.fire("mode.changed", { mayEdit: this.mayEdit }));
  }

  /** @returns {boolean} */
  get mayEdit() {
    return this.page.may_edit && !this.small?.matches;
  }

  init() {
    this.addRule(EDITS, FIRST, () => (this.mayEdit ? undefined : false));
  }
}
Mode.$inject = ["eventBus", "page"];
