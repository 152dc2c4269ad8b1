/** Whether the flow may be edited here. If it may not, the rules say no to every gesture; `mode.changed` tells of a change. */
import RuleProvider from "diagram-js/lib/features/rules/RuleProvider.js";

const EDITS = ["connection.create", "connection.reconnect", "connection.updateWaypoints", "shape.create", "shape.resize", "shape.append",
  "elements.create", "elements.move", "elements.delete", "elements.align", "elements.distribute"];
const FIRST = 3000;

export default class Mode extends RuleProvider {
  /** @param {any} eventBus @param {any} page */
  constructor(eventBus, page) {
    super(eventBus);
    this.page = page;
  }

  /** @returns {boolean} */
  get mayEdit() {
    return this.page.may_edit;
  }

  init() {
    this.addRule(EDITS, FIRST, () => (this.mayEdit ? undefined : false));
  }
}
Mode.$inject = ["eventBus", "page"];
