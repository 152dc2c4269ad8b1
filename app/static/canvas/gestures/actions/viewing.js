/** What is seen. @import { Action } from "./actions.js" */
import { t } from "../../words.js";

/** @param {any} injector @returns {Record<string, Action>} */
export function viewing(injector) {
  const get = (/** @type {string} */ name) => injector.get(name), group = t("View"), always = () => true, mayEdit = () => get("mode").mayEdit;
  return {
    find: { label: t("Find a node"), group, keys: ["/", "Mod+F"], icon: "search", enabled: always, run: () => get("finding").open() },
    fit: { label: t("See the whole flow"), group, keys: ["F"], icon: "fit", enabled: always, run: () => get("view").fit() },
    zoomActual: { label: t("Zoom to 100 %"), group, keys: ["1", "Mod+0"], icon: "search", enabled: always, run: () => get("view").zoomTo(1) },
    zoomIn: { label: t("Zoom in"), group, keys: ["Mod++", "Mod+="], icon: "zoom-in", enabled: always, run: () => get("view").zoomBy(1) },
    zoomOut: { label: t("Zoom out"), group, keys: ["Mod+-"], icon: "zoom-out", enabled: always, run: () => get("view").zoomBy(-1) },
    minimap: { label: t("Show or hide the map"), group, keys: ["M"], icon: "map", enabled: always, run: () => get("minimap").toggle() },
    hand: { label: t("Move the view by hand"), group, keys: ["H"], icon: "hand-move", enabled: always, run: () => get("handTool").toggle() },
    lasso: { label: t("Select with a frame"), group, keys: [], icon: "lasso", enabled: always, run: () => get("lassoTool").toggle() },
    space: { label: t("Make room between nodes"), group, keys: [], icon: "make-room", enabled: mayEdit, run: () => get("spaceTool").toggle() },
    help: { label: t("Keys and gestures"), group, keys: ["?"], icon: "help", enabled: always, run: () => get("help").toggle() },
  };
}
