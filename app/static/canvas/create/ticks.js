/** Ticks on the optional nodes of the canvas; what is left out fades, with all that goes with it. */
import { t } from "../words.js";

export default class Ticks {
  /** @param {any} overlays @param {any} canvas @param {any} elementRegistry */
  constructor(overlays, canvas, elementRegistry) {
    this.overlays = overlays;
    this.canvas = canvas;
    this.registry = elementRegistry;
    /** @type {Map<string, HTMLInputElement>} */
    this.boxes = new Map();
  }

  /**
   * Put a tick on each optional node of the tree that has just been opened.
   * @param {(id: string, runs: boolean) => void} keep
   */
  place(keep) {
    this.overlays.clear();
    this.boxes.clear();
    for (const element of this.registry.filter((/** @type {any} */ e) => e.businessObject?.node?.optional)) {
      const label = document.createElement("label"), box = document.createElement("input"), name = element.businessObject.node.name;
      label.className = "node-tick";
      Object.assign(box, { type: "checkbox", ariaLabel: t("Run {name}", { name }), title: t("Optional: tick it to run it") });
      box.addEventListener("change", () => keep(element.id, box.checked));
      label.append(box);
      this.boxes.set(element.id, box);
      this.overlays.add(element, "tick", { position: { top: -11, left: -11 }, html: label });
    }
  }

  /**
   * Show what runs: all that stands in the tree that would be made.
   * @param {Set<string>} leftOut the optional nodes that are left out
   * @param {any} tree what would run
   */
  show(leftOut, tree) {
    const runs = new Set([tree.start_event.id, tree.end_event.id, ...Object.keys(tree.activities), ...Object.keys(tree.gateways)]);
    for (const [id, box] of this.boxes) box.checked = !leftOut.has(id);
    for (const element of this.registry.getAll()) {
      const isLine = Boolean(element.waypoints);
      if (!isLine && !element.businessObject?.node) continue;
      const isGone = isLine ? !runs.has(element.source.id) || !runs.has(element.target.id) || !(element.id in tree.flows) : !runs.has(element.id);
      this.canvas[isGone ? "addMarker" : "removeMarker"](element, "is-left-out");
    }
  }
}
Ticks.$inject = ["overlays", "canvas", "elementRegistry"];

/** @type {any[]} */
export const TICKS = [{ __init__: ["ticks"], ticks: ["type", Ticks] }];
