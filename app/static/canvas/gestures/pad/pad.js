/** The small bar over what is selected: what is done to it most often. diagram-js' context pad, placed above and lying down. */
import ContextPad from "diagram-js/lib/features/context-pad/ContextPad.js";
import { getBBox } from "diagram-js/lib/util/Elements.js";
import { iconMarkup } from "../../diagram/icons.js";
import { shownKeys } from "../pure/keys.js";
import { t } from "../../words.js";

const ABOVE = 46, LOW = 18;
/** The actions in the bar: for one thing, those that are enabled; for several, all. */
const ONE = ["editText", "openInside", "openSubprocess", "changeKind", "duplicate", "disconnect", "delete"];
const SEVERAL = ["alignLeft", "alignCenter", "alignRight", "alignTop", "alignMiddle", "alignBottom", "distributeAcross", "distributeDown", "duplicate", "copy", "delete"];

export default class Pad extends ContextPad {
  /** @param {any} canvas @param {any} elementRegistry @param {any} eventBus @param {any} scheduler @param {any} view @param {any} injector */
  constructor(canvas, elementRegistry, eventBus, scheduler, view, injector) {
    super(canvas, elementRegistry, eventBus, scheduler);
    this.view = view;
    this.injector = injector;
    this.registerProvider(/** @type {any} */ (this));
    eventBus.on("contextPad.open.allowed", (/** @type {any} */ { target }) => (injector.get("mode").mayEdit && isWorthIt(target) ? undefined : false));
    eventBus.on("contextPad.create", (/** @type {any} */ { pad }) => {
      pad.setAttribute("role", "toolbar");
      pad.setAttribute("aria-label", t("What can be done to the selection"));
    });
    eventBus.on("chooser.opened", () => this.hide());
    eventBus.on("chooser.closed", () => this.show());
  }

  getContextPadEntries() {
    const { actions } = this;
    return this.#entries(ONE.filter((name) => actions[name].enabled()));
  }

  getMultiElementContextPadEntries() {
    const { actions } = this;
    return this.#entries(SEVERAL.filter((name) => actions[name].enabled()));
  }

  get actions() {
    return this.injector.get("actions");
  }

  /** @param {string[]} names */
  #entries(names) {
    return Object.fromEntries(names.map((name) => {
      const { label, icon, keys } = this.actions[name], words = keys.length ? `${label} (${shownKeys(keys[0], isMac())})` : label;
      return [name, { group: name.startsWith("align") || name.startsWith("distribute") ? "arrange" : "act", title: words, html: `<button type="button" class="entry">${iconMarkup(icon, 17)}</button>`, action: { click: () => this.actions[name].run() } }];
    }));
  }

  /** @param {any} target @returns {any} */
  _getPosition(target) {
    const box = getBBox(target), zoom = this.view.scale, { left, top, width, height } = this.#inContainer(box);
    const room = 24 * (/** @type {any} */ (this)._current?.entries ? Object.keys(/** @type {any} */ (this)._current.entries).length : 4);
    const above = top - ABOVE - (zoom < 0.5 ? 0 : 2);
    return { left: Math.max(this.view.covered + 8 + room / 2, left + width / 2), top: above < 6 ? top + height + LOW : above };
  }

  /** @param {{ x: number, y: number, width: number, height: number }} box in pixels of the container */
  #inContainer({ x, y, width, height }) {
    const view = /** @type {any} */ (this)._canvas.viewbox();
    return { left: (x - view.x) * view.scale, top: (y - view.y) * view.scale, width: width * view.scale, height: height * view.scale };
  }
}
/** @type {any} */ (Pad).$inject = ["canvas", "elementRegistry", "eventBus", "scheduler", "view", "injector"];

/** The bar of a line would hide what its handles do already. @param {any} target */
function isWorthIt(target) {
  return Array.isArray(target) || !target.waypoints;
}

const isMac = () => navigator.platform.startsWith("Mac");
