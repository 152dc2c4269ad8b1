/** The elements of the canvas by their ids, whatever those are: a flow may call a node "constructor". */
import ElementRegistry from "diagram-js/lib/core/ElementRegistry.js";

export default class Registry extends ElementRegistry {
  /** @param {any} eventBus */
  constructor(eventBus) {
    super(eventBus);
    this._elements = Object.create(null);
  }
}
/** @type {any} */ (Registry).$inject = ["eventBus"];
