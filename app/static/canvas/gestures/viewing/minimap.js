/** The small map of the whole flow, at the right below; closed at first. */
import MinimapModule from "diagram-js-minimap";

const KEPT = "sluice.minimap";

class RememberedMinimap {
  /** @param {any} eventBus @param {any} minimap */
  constructor(eventBus, minimap) {
    eventBus.on("tree.opened", () => void (localStorage.getItem(KEPT) === "open" && minimap.open()));
    eventBus.on("minimap.toggle", (/** @type {any} */ { open }) => localStorage.setItem(KEPT, open ? "open" : "closed"));
  }
}
RememberedMinimap.$inject = ["eventBus", "minimap"];

export default { __depends__: [MinimapModule], __init__: ["rememberedMinimap"], rememberedMinimap: ["type", RememberedMinimap] };
