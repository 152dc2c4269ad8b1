/** Aligning and distributing what is selected. @import { Action } from "./actions.js" */
import { t } from "../../words.js";

/** @param {any} injector @returns {Record<string, Action>} */
export function arranging(injector) {
  const group = t("Arrange"), shapes = () => injector.get("selection").get().filter((/** @type {any} */ e) => !e.waypoints);
  const mayEdit = () => injector.get("mode").mayEdit;
  const align = (/** @type {string} */ label, /** @type {string} */ icon, /** @type {string} */ how) => ({
    label, group, keys: [], icon, enabled: () => mayEdit() && shapes().length > 1, run: () => injector.get("alignElements").trigger(shapes(), how),
  });
  const distribute = (/** @type {string} */ label, /** @type {string} */ icon, /** @type {string} */ how) => ({
    label, group, keys: [], icon, enabled: () => mayEdit() && shapes().length > 2, run: () => injector.get("distributeElements").trigger(shapes(), how),
  });
  return {
    alignLeft: align(t("Align left"), "align-left", "left"),
    alignCenter: align(t("Align centres from left to right"), "align-center", "center"),
    alignRight: align(t("Align right"), "align-right", "right"),
    alignTop: align(t("Align at the top"), "align-top", "top"),
    alignMiddle: align(t("Align middles from top to bottom"), "align-middle", "middle"),
    alignBottom: align(t("Align at the bottom"), "align-bottom", "bottom"),
    distributeAcross: distribute(t("Distribute from left to right"), "distribute-horizontal", "horizontal"),
    distributeDown: distribute(t("Distribute from top to bottom"), "distribute-vertical", "vertical"),
  };
}
