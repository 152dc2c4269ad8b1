/**
 * The small bar at what is selected, and at what the pointer rests on: what is done to it most often. diagram-js' context
 * pad, lying down, where it covers as little as can be.
 */
import ContextPad from "diagram-js/lib/features/context-pad/ContextPad.js";
import { getBBox } from "diagram-js/lib/util/Elements.js";
import { pointAt } from "../../diagram/routing_labels.js";
import { elementName } from "../naming.js";
import { barPlace, overlap, reachOf } from "../pure/bar_place.js";
import { distanceTo, nearestPart } from "../pure/lines.js";
import { t } from "../../words.js";
import { entriesOfOne, entriesOfSeveral } from "./entries.js";

/** How far the bar stays off the edges of the canvas; the room that the name of a gateway takes below it. */
const EDGE = 8, NAME = 18;
/** How bad it is to cover its own element, a handle or a frame; a neighbour, with what is around it for its dots. */
const NEVER = 30, RATHER_NOT = 1, AROUND = 8;
/** How near to a line, in pixels, a pointer has selected it. */
const NEAR = 14;

/**
 * @import { Box } from "../pure/bar_place.js"
 * @typedef {{ x: number, y: number, scale: number }} Seen
 */

export default class Pad extends ContextPad {
  /** @param {any} canvas @param {any} elementRegistry @param {any} eventBus @param {any} scheduler @param {any} view @param {any} injector */
  constructor(canvas, elementRegistry, eventBus, scheduler, view, injector) {
    super(canvas, elementRegistry, eventBus, scheduler);
    this.canvas = canvas;
    this.view = view;
    this.injector = injector;
    /** What the bar is at because the pointer rests on it, and where on a line the pointer was. */
    this.hovered = /** @type {any} */ (null);
    this.pointer = /** @type {import("../../diagram/types.js").Point | null} */ (null);
    this.isAway = false;
    this.registerProvider(/** @type {any} */ (this));
    eventBus.on("contextPad.open.allowed", () => (injector.get("mode").mayEdit ? undefined : false));
    eventBus.on("contextPad.open", (/** @type {any} */ { current }) => this.#dress(current));
    eventBus.on("contextPad.trigger", () => void setTimeout(() => document.activeElement === document.body && canvas.focus()));
    eventBus.on("selection.changed", 2000, (/** @type {any} */ { newSelection: [first] }) => {
      this.hovered = null;
      this.pointer = this.#pointerOn(first);
    });
    eventBus.on("inside.placed", () => /** @type {any} */ (this)._updatePosition());
    const away = (/** @type {boolean} */ isAway) => () => {
      this.isAway = isAway;
      if (isAway) this.hide();
      else this.show();
    };
    eventBus.on(["chooser.opened", "drag.start"], away(true));
    eventBus.on(["chooser.closed", "drag.ended", "drag.canceled"], away(false));
  }

  /** diagram-js shows it again whenever a mark of what is selected changes, as it does while that is dragged. */
  show() {
    if (!this.isAway) super.show();
  }

  /** Show the bar of what the pointer rests on. @param {any} element @param {import("../../diagram/types.js").Point} pointer */
  openAt(element, pointer) {
    this.hovered = element;
    this.pointer = pointer;
    this.open(element);
  }

  /** The pointer has gone: show the bar of what is selected again. */
  back() {
    if (this.#html?.contains(document.activeElement)) return;
    this.hovered = this.pointer = null;
    const selected = this.injector.get("selection").get();
    this.close();
    if (selected.length) this.open(selected.length === 1 ? selected[0] : selected);
  }

  /** Whether a pointer is between the bar and what it is at. @param {{ clientX: number, clientY: number }} pointer */
  isOnWay({ clientX, clientY }) {
    if (!this.#html || !this.hovered) return false;
    const bar = this.#html.getBoundingClientRect(), { left, top } = this.canvas.getContainer().getBoundingClientRect(), at = this.#anchor(this.hovered, this.canvas.viewbox());
    const isBetween = (/** @type {number} */ value, /** @type {number[]} */ ...ends) => value >= Math.min(...ends) && value <= Math.max(...ends);
    return isBetween(clientX - left, bar.left - left, bar.right - left, at.x, at.x + at.width) && isBetween(clientY - top, bar.top - top, bar.bottom - top, at.y, at.y + at.height);
  }

  /** Let keys go to the bar. */
  focus() {
    this.#html?.querySelector("button")?.focus();
  }

  /** @param {any} element */
  getContextPadEntries(element) {
    return entriesOfOne(element, this.injector);
  }

  getMultiElementContextPadEntries() {
    return entriesOfSeveral(this.injector);
  }

  /** @param {any} target @returns {any} */
  _getPosition(target) {
    const { offsetWidth: width, offsetHeight: height } = this.#html ?? { offsetWidth: 0, offsetHeight: 0 };
    const { covered } = this.view, size = this.canvas.getSize();
    const room = { x: covered + EDGE, y: EDGE, width: size.width - covered - 2 * EDGE, height: size.height - 2 * EDGE };
    const seen = this.canvas.viewbox(), anchor = this.#anchor(target, seen);
    const { x, y } = barPlace({ width, height }, anchor, room, overlap(anchor, room) ? this.#obstacles(target, anchor, reachOf({ width, height }, anchor), seen) : []);
    return { left: Math.round(x), top: Math.round(y) };
  }

  /** @returns {HTMLElement | undefined} */
  get #html() {
    return /** @type {any} */ (this)._current?.html;
  }

  /** What the bar stands at, in pixels of the canvas: a node, several, a point of a line. @param {any} target @param {Seen} seen */
  #anchor(target, seen) {
    if (!target.waypoints) return inPixels(getBBox(target), seen, { below: (target.businessObject?.kind ?? "").endsWith("Gateway") ? NAME : 0 });
    const { x, y } = pointAt(target.waypoints, this.pointer ? nearestPart(this.pointer, target.waypoints) : 0.5);
    return inPixels({ x, y, width: 0, height: 0 }, seen, { around: 4 });
  }

  /** Where the pointer is, if it is on a line. @param {any} line */
  #pointerOn(line) {
    const { at } = this.injector.get("pointer");
    return line?.waypoints && at && distanceTo(at, line.waypoints) * this.view.scale < NEAR ? at : null;
  }

  /**
   * What is near enough to be covered. This is asked again for every frame of panning: the viewbox is read once, and the page measured for few things.
   * @param {any} target @param {Box} anchor @param {Box} reach as far as the bar goes @param {Seen} seen
   * @returns {import("../pure/bar_place.js").Obstacle[]}
   */
  #obstacles(target, anchor, reach, seen) {
    const own = new Set(Array.isArray(target) ? target : [target]), { left, top } = this.canvas.getContainer().getBoundingClientRect();
    const nodes = this.injector.get("treeStore").root.children.filter((/** @type {any} */ e) => !e.waypoints && !own.has(e));
    const drawn = [...this.injector.get("handles").group.children, ...[...this.injector.get("insides").frames.values()].map(({ place }) => place.querySelector(".inside"))].filter(Boolean);
    return [
      ...nodes.map((/** @type {any} */ node) => ({ ...inPixels(node, seen, { around: AROUND }), weight: RATHER_NOT })).filter((/** @type {Box} */ box) => overlap(box, reach)),
      ...drawn.map((/** @type {Element} */ part) => {
        const { x, y, width, height } = part.getBoundingClientRect();
        return { x: x - left, y: y - top, width, height, weight: NEVER };
      }),
      { ...anchor, weight: NEVER },
    ];
  }

  /** Names for who hears them, and arrow keys from button to button. @param {{ html: HTMLElement, target: any }} current */
  #dress({ html, target }) {
    html.setAttribute("role", "toolbar");
    html.setAttribute("aria-label", Array.isArray(target) ? t("What can be done to the selection") : target.waypoints ? t("Quick actions of this line") : t("Quick actions of {name}", { name: elementName(target) }));
    const buttons = [...html.querySelectorAll("button")];
    for (const button of buttons) button.setAttribute("aria-label", button.title);
    if (buttons[0]) buttons[0].tabIndex = 0;
    html.addEventListener("keydown", (event) => {
      const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key], at = buttons.indexOf(/** @type {HTMLButtonElement} */ (document.activeElement));
      if (event.key === "Escape") this.canvas.focus();
      else if (by) buttons[(at + by + buttons.length) % buttons.length].focus();
      else return;
      event.preventDefault();
      event.stopPropagation();
    });
  }
}
/** @type {any} */ (Pad).$inject = ["canvas", "elementRegistry", "eventBus", "scheduler", "view", "injector"];

/** @param {Box} box on the canvas @param {Seen} seen @param {{ below?: number, around?: number }} more at its foot, on the canvas; around it, in pixels @returns {Box} */
function inPixels({ x, y, width, height }, { x: left, y: top, scale }, { below = 0, around = 0 }) {
  return { x: (x - left) * scale - around, y: (y - top) * scale - around, width: width * scale + 2 * around, height: (height + below) * scale + 2 * around };
}
