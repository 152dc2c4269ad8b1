/**
 * Asks what is to come next, and puts it there: after a node, into a line, at a place.
 *
 * @typedef {import("./adding.js").Where} Where
 */
import { t } from "../../words.js";
import { elementName } from "../naming.js";

export default class QuickAdd {
  /** @param {any} chooser @param {any} choices @param {any} adding @param {any} view @param {any} mode */
  constructor(chooser, choices, adding, view, mode) {
    this.chooser = chooser;
    this.choices = choices;
    this.adding = adding;
    this.view = view;
    this.mode = mode;
  }

  /**
   * Ask for any kind of node.
   * @param {Where & { at?: { clientX: number, clientY: number }, onCancel?: () => void }} [where] `at` is where in the window the list opens
   */
  open(where = {}) {
    const { kinds, all } = this.choices;
    this.#ask(all.map((/** @type {any} */ choice) => ({ ...choice, isTile: kinds.includes(choice) })), where);
  }

  /** Ask for a gateway. @param {Where & { at?: { clientX: number, clientY: number } }} [where] */
  openGateways(where = {}) {
    this.#ask(this.choices.gateways, where);
  }

  /** @param {import("./choices.js").Choice[]} among @param {Where & { at?: { clientX: number, clientY: number }, onCancel?: () => void }} where */
  #ask(among, { at, onCancel, ...where }) {
    if (!this.mode.mayEdit) return;
    const { element } = where, isNode = element?.businessObject?.node;
    this.chooser.open({
      title: element ? (isNode ? t("What comes after {name}?", { name: elementName(element) }) : t("What is to be put into this line?")) : t("What is to be added?"),
      entries: isNode ? this.choices.after(element, among) : among,
      at: at ?? this.#beside(element),
      onChoose: (/** @type {any} */ choice) => this.adding.add(choice, element || where.point ? where : { point: this.view.centre }),
      onCancel,
    });
  }

  /** @param {any} element */
  #beside(element) {
    const point = !element ? this.view.centre : element.waypoints ? element.waypoints[Math.floor(element.waypoints.length / 2)] : { x: element.x + element.width + 30, y: element.y };
    const { x, y } = this.view.toWindow(point);
    return { clientX: x, clientY: y };
  }
}
QuickAdd.$inject = ["chooser", "choices", "adding", "view", "mode"];
