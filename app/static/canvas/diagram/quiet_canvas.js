/**
 * A canvas whose root carries no marks. diagram-js marks it whenever the pointer leaves a node, and when a drag begins and
 * ends; a class up there has the browser style everything that is drawn anew.
 */
import Canvas from "diagram-js/lib/core/Canvas.js";

export default class QuietCanvas extends Canvas {
  /** @param {any} element @param {string} marker */
  addMarker(element, marker) {
    if (element !== this.getRootElement()) super.addMarker(element, marker);
  }

  /** @param {any} element @param {string} marker */
  removeMarker(element, marker) {
    if (element !== this.getRootElement()) super.removeMarker(element, marker);
  }
}
