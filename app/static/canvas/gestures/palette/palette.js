/**
 * What lies ready at the left of the canvas: nodes to draw onto it or to add by a click, plugins in groups with a search,
 * tools. It covers a part of the canvas; `palette.changed` tells how much.
 */
import { render } from "preact";
import { html } from "../../panels/parts.js";
import { Bar } from "./bar.js";

const THRESHOLD = 4;

export default class Palette {
  /** @param {any} eventBus @param {any} canvas @param {any} mode @param {any} view @param {any} injector */
  constructor(eventBus, canvas, mode, view, injector) {
    this.bus = eventBus;
    this.mode = mode;
    this.view = view;
    this.injector = injector;
    this.place = canvas.getContainer().appendChild(Object.assign(document.createElement("div"), { className: "node-palette" }));
    this.place.addEventListener("wheel", (/** @type {Event} */ event) => event.stopPropagation());
    eventBus.on(["mode.changed", "tree.opened"], 2000, () => this.#draw());
    eventBus.on("diagram.init", 500, () => this.#draw());
    eventBus.on("diagram.destroy", () => render(null, this.place));
  }

  /**
   * A click on something in the palette: added after what is selected, or in the middle.
   * @param {import("../adding/choices.js").Choice} choice
   */
  add(choice) {
    const [element, more] = this.injector.get("selection").get();
    this.injector.get("adding").add(choice, element && !more ? { element } : { point: this.view.centre });
  }

  /**
   * The pointer went down on something in the palette: when it is drawn out, a new element comes along.
   * @param {PointerEvent} down
   * @param {import("../adding/choices.js").Choice} choice
   */
  drawOut(down, choice) {
    if (down.button !== 0 || down.pointerType === "touch") return;
    const stop = () => {
      document.removeEventListener("mousemove", moved);
      document.removeEventListener("mouseup", stop);
    };
    const moved = (/** @type {MouseEvent} */ event) => {
      if (Math.hypot(event.clientX - down.clientX, event.clientY - down.clientY) < THRESHOLD) return;
      stop();
      this.injector.get("create").start(event, this.injector.get("choices").make(choice));
    };
    document.addEventListener("mousemove", moved);
    document.addEventListener("mouseup", stop);
  }

  #draw() {
    this.place.hidden = !this.mode.mayEdit;
    render(this.mode.mayEdit ? html`<${Bar} palette=${this} injector=${this.injector} />` : null, this.place);
    this.measured();
  }

  /** Told when the palette became wider or narrower. */
  measured() {
    this.view.covered = this.place.offsetWidth;
  }
}
Palette.$inject = ["eventBus", "canvas", "mode", "view", "injector"];
