/** The chip of a branch can be drawn along its line; it stays there, as a part of the line, in the tree too. */
import { attr } from "tiny-svg";
import { areaOfChip, pointAt } from "../../diagram/routing_labels.js";
import { nearestPart } from "../pure/lines.js";

const THRESHOLD = 4, HALF_HEIGHT = 10;

export default class MovingChips {
  /** @param {any} eventBus @param {any} canvas @param {any} labels @param {any} modeling @param {any} mode @param {any} view */
  constructor(eventBus, canvas, labels, modeling, mode, view) {
    this.canvas = canvas;
    this.labels = labels;
    this.modeling = modeling;
    this.view = view;
    eventBus.on("element.mousedown", 2500, (/** @type {any} */ { element, originalEvent }) => {
      if (originalEvent.button !== 0 || !element.waypoints || !mode.mayEdit) return undefined;
      const chip = labels.chipOf(element), at = view.atPointer(originalEvent);
      if (!chip || !isIn(areaOfChip(chip), at)) return undefined;
      canvas.focus();
      this.#drag(element, originalEvent, chip);
      return true;
    });
  }

  /** @param {any} line @param {MouseEvent} down @param {{ width: number }} chip */
  #drag(line, down, { width }) {
    const drawn = this.canvas.getGraphics(line).querySelector(".chip");
    let part = NaN;
    const moved = (/** @type {MouseEvent} */ event) => {
      if (Number.isNaN(part) && Math.hypot(event.clientX - down.clientX, event.clientY - down.clientY) < THRESHOLD) return;
      part = nearestPart(this.view.atPointer(event), line.waypoints);
      const { x, y } = pointAt(line.waypoints, part);
      attr(drawn, { transform: `translate(${x - width / 2},${y - HALF_HEIGHT})` });
    };
    const stop = () => {
      document.removeEventListener("mousemove", moved);
      document.removeEventListener("mouseup", stop);
      if (!Number.isNaN(part)) this.#put(line, part);
    };
    document.addEventListener("mousemove", moved);
    document.addEventListener("mouseup", stop);
  }

  /** @param {any} line @param {number} part */
  #put(line, part) {
    const { condition, fallback } = line.businessObject, loc = Math.round(Math.max(0.01, Math.min(0.99, part)) * 1000) / 1000;
    this.modeling.updateFlow(line, condition ? { condition: { ...condition, loc } } : { fallback: { ...fallback, loc } });
  }
}
MovingChips.$inject = ["eventBus", "canvas", "labels", "modeling", "mode", "view"];

/** @param {{ left: number, top: number, right: number, bottom: number }} area @param {{ x: number, y: number }} point */
const isIn = ({ left, top, right, bottom }, { x, y }) => x >= left && x <= right && y >= top && y <= bottom;
