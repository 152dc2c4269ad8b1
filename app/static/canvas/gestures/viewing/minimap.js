/** The small map of the whole flow, at the right below; closed at first. */
import MinimapModule from "diagram-js-minimap";

const KEPT = "sluice.minimap";

const [, Minimap] = MinimapModule.minimap;

/** It costs nothing while it is closed: to draw the part that is seen it asks how far the flow reaches. */
class QuietMinimap extends Minimap {
  _update() {
    if (this.isOpen()) super._update();
  }

  /** It copies what is drawn. */
  _rebuild() {
    this._canvas.drawAll();
    super._rebuild();
  }
}
QuietMinimap.$inject = Minimap.$inject;

class RememberedMinimap {
  /** @param {any} eventBus @param {any} minimap */
  constructor(eventBus, minimap) {
    eventBus.on("tree.opened", () => {
      if (localStorage.getItem(KEPT) !== "open") return;
      // What it copied of elements that had just been added is empty.
      minimap._dirty = true;
      minimap.open();
    });
    eventBus.on("minimap.toggle", (/** @type {any} */ { open }) => localStorage.setItem(KEPT, open ? "open" : "closed"));
  }
}
RememberedMinimap.$inject = ["eventBus", "minimap"];

export default { __depends__: [MinimapModule], __init__: ["rememberedMinimap"], minimap: ["type", QuietMinimap], rememberedMinimap: ["type", RememberedMinimap] };
