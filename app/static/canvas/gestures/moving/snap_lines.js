/** Snapping that draws its lines where what is dragged is drawn. */
import Snapping from "diagram-js/lib/features/snapping/Snapping.js";

export default class SnapLines extends Snapping {
  /** @param {any} movingLayer */
  constructor(movingLayer) {
    super(/** @type {any} */ ({ getLayer: () => movingLayer.group }));
  }
}
/** @type {any} */ (SnapLines).$inject = ["movingLayer"];
