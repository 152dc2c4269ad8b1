/** The small bar over what is selected: what is done to it most often. diagram-js' context pad, placed above and lying down. */
import ContextPad from "diagram-js/lib/features/context-pad/ContextPad.js";
import { getBBox } from "diagram-js/lib/util/Elements.js";
import { iconMarkup } from "../../diagram/icons.js";
import { labelOf } from "../actions/words.js";
import { t } from "../../words.js";

/** The size of the bar, and how far it stays away, in pixels. */
const BUTTON = 31, HIGH = 38, AWAY = 12;
/** The actions in the bar: for one thing, those that are enabled; for several, all. */
const ONE = ["editText", "openInside", "openSubprocess", "changeKind", "duplicate", "duplicateInto", "disconnect", "delete"];
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
    this.isAway = false;
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
      const action = this.actions[name], group = name.startsWith("align") || name.startsWith("distribute") ? "arrange" : "act";
      return [name, { group, title: labelOf(action), html: `<button type="button" class="entry">${iconMarkup(action.icon, 17)}</button>`, action: { click: () => action.run() } }];
    }));
  }

  /** Above what is selected; below, where the bar would hide another node or have no room above. @param {any} target @returns {any} */
  _getPosition(target) {
    const { x, y, width, height } = getBBox(target), { scale, covered } = this.view, view = /** @type {any} */ (this)._canvas.viewbox();
    const wide = BUTTON * Object.keys(/** @type {any} */ (this)._current?.entries ?? {}).length + 12;
    const middle = (x + width / 2 - view.x) * scale, above = (y - view.y) * scale - AWAY - HIGH, below = (y + height - view.y) * scale + AWAY;
    const hides = (/** @type {number} */ top) => this.#isOver({ x: x + width / 2 - wide / 2 / scale, y: view.y + top / scale, width: wide / scale, height: HIGH / scale }, target);
    const isBelow = above < 4 || (hides(above) && !hides(below));
    return { left: Math.max(covered + 8 + wide / 2, middle), top: isBelow ? below : above };
  }

  /** Whether a box is over a node that is not selected. @param {{ x: number, y: number, width: number, height: number }} box @param {any} target */
  #isOver(box, target) {
    return this.injector.get("treeStore").nodes.some((/** @type {any} */ n) => n !== target && !(Array.isArray(target) && target.includes(n))
      && n.x < box.x + box.width && n.x + n.width > box.x && n.y < box.y + box.height && n.y + n.height > box.y);
  }
}
/** @type {any} */ (Pad).$inject = ["canvas", "elementRegistry", "eventBus", "scheduler", "view", "injector"];

/** The bar of a line would hide what its handles do already. @param {any} target */
function isWorthIt(target) {
  return Array.isArray(target) || !target.waypoints;
}
