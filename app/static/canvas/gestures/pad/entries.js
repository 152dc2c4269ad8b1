/** What stands in the bar: for a node and for a line the kinds of nodes that can be added there, then what is done most often. */
import { iconMarkup } from "../../diagram/icons.js";
import { isEvent } from "../../diagram/rules.js";
import { labelOf } from "../actions/words.js";
import { t } from "../../words.js";

/** The actions in the bar, those that are enabled: for one thing, for several. */
const ONE = ["editText", "openInside", "openSubprocess", "changeKind", "copy", "duplicateInto", "disconnect", "delete"];
const SEVERAL = ["alignLeft", "alignCenter", "alignRight", "alignTop", "alignMiddle", "alignBottom", "distributeAcross", "distributeDown", "duplicate", "copy", "delete"];
/** What cannot be done to the start and the end. */
const NOT_TO_EVENTS = new Set(["copy", "delete"]), NOT_TO_LINES = new Set(["copy"]);

/** @typedef {{ group: string, title: string, html: string, className?: string, action: { click: () => void } }} Entry */

/**
 * The entries for one element. What they do selects it first.
 * @param {any} element
 * @param {any} injector
 * @returns {Record<string, Entry>}
 */
export function entriesOfOne(element, injector) {
  const actions = injector.get("actions"), without = isEvent(element) ? NOT_TO_EVENTS : element.waypoints ? NOT_TO_LINES : new Set();
  const names = ONE.filter((name) => !without.has(name) && actions[name].enabled([element]));
  return { ...kinds(element, injector), ...acting(names, injector, () => injector.get("selection").select(element)) };
}

/** The entries for several elements, which are selected. @param {any} injector */
export function entriesOfSeveral(injector) {
  const actions = injector.get("actions");
  return acting(SEVERAL.filter((name) => actions[name].enabled()), injector);
}

/** @param {any} element @param {any} injector @returns {Record<string, Entry>} */
function kinds(element, injector) {
  const adding = injector.get("adding"), choices = injector.get("choices").kinds.filter((/** @type {any} */ choice) => adding.mayAdd(choice, element));
  return Object.fromEntries(choices.map((/** @type {import("../adding/choices.js").Choice} */ choice) => [`add-${choice.kind}`, {
    group: "add", className: `of-${choice.kind}`, html: button(choice.icon),
    title: element.waypoints ? t("Insert: {kind}", { kind: choice.label }) : t("Append: {kind}", { kind: choice.label }),
    action: { click: () => adding.add(choice, { element }) },
  }]));
}

/** @param {string[]} names @param {any} injector @param {() => void} [before] @returns {Record<string, Entry>} */
function acting(names, injector, before = () => undefined) {
  return Object.fromEntries(names.map((name) => {
    const action = injector.get("actions")[name], group = name.startsWith("align") || name.startsWith("distribute") ? "arrange" : "act";
    const click = () => {
      before();
      action.run();
    };
    return [name, { group, title: labelOf(action), html: button(action.icon), action: { click } }];
  }));
}

/** @param {string} icon */
const button = (icon) => `<button type="button" class="entry" tabindex="-1">${iconMarkup(icon, 17)}</button>`;
