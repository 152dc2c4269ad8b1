/**
 * What lies ready at the left of the canvas: nodes to draw onto it or to add by a click, plugins in groups with a search,
 * flows to run as subprocesses, tools. It covers a part of the canvas.
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
    this.isShown = false;
    /** What the server said of flows: {id of a choice: why not}. @type {Map<string, Promise<string>>} */
    this.asked = new Map();
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
   * Why a flow cannot run in this one; empty when it can, or when the server does not say. Asked once for each.
   * @param {import("../adding/choices.js").Choice} choice
   * @returns {Promise<string>}
   */
  whyNot({ id, node }) {
    const flow = this.injector.get("page").template?.id;
    if (!flow) return Promise.resolve("");
    const asked = this.asked.get(id) ?? this.injector.get("server").send("POST", "/check", { tree: running(node), template_id: flow }).then(reasonIn, () => "");
    this.asked.set(id, asked);
    return asked;
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
    const isShown = this.mode.mayEdit, isGone = this.isShown && !isShown;
    this.isShown = isShown;
    this.place.hidden = !isShown;
    render(isShown ? html`<${Bar} palette=${this} injector=${this.injector} />` : null, this.place);
    if (isGone) this.measured();
  }

  /** Told when the palette became wider or narrower. Measuring has the browser lay out all that is drawn. */
  measured() {
    this.view.cover(this.place.offsetWidth);
  }
}
Palette.$inject = ["eventBus", "canvas", "mode", "view", "injector"];

/** The rules that a flow breaks because of what it runs. */
const ENDLESS = new Set(["subprocess_cycle", "too_deep", "too_large"]);

/** @param {{ problems: { rule: string, message: string }[] }} told */
function reasonIn({ problems }) {
  const why = problems.find(({ rule }) => ENDLESS.has(rule))?.message ?? "";
  return why.charAt(0).toUpperCase() + why.slice(1);
}

/** A flow that runs nothing but a subprocess. @param {import("../../tree/types.js").JsonObject} node */
function running(node) {
  const event = { name: "", incoming: "", outgoing: "" }, flow = (/** @type {string} */ id, /** @type {string} */ source, /** @type {string} */ target) => ({ id, source, target, is_default: false });
  return {
    start_event: { ...event, id: "start", type: "EmptyStartEvent", outgoing: "in" }, end_event: { ...event, id: "end", type: "EmptyEndEvent", incoming: ["out"] },
    activities: { sub: { ...node, id: "sub", type: "SubProcess", incoming: ["in"], outgoing: "out" } }, gateways: {},
    flows: { in: flow("in", "start", "sub"), out: flow("out", "sub", "end") }, constants: {}, outputs: [],
  };
}
