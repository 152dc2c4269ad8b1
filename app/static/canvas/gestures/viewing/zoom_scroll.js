/** Zooming with the wheel and two fingers on a pad: smoothly, to the pointer, from 25 to 400 %. */
import ZoomScroll from "diagram-js/lib/navigation/zoomscroll/ZoomScroll.js";
import { LEAST, MOST } from "./view.js";

export default class SmoothZoom extends ZoomScroll {
  /**
   * @param {number} delta
   * @param {import("../../diagram/types.js").Point} position
   */
  zoom(delta, position) {
    const { _canvas: canvas } = /** @type {any} */ (this), scale = canvas.zoom();
    const wanted = scale * Math.exp(Math.max(-0.25, Math.min(0.25, delta)));
    canvas.zoom(Math.max(Math.min(LEAST, scale), Math.min(MOST, wanted)), position);
  }
}
/** @type {any} */ (SmoothZoom).$inject = ["config.zoomScroll", "eventBus", "canvas"];
