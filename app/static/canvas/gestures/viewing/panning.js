/**
 * Moving the view by hand: with Space held and the pointer drawn, and by fingers: one on the empty canvas moves it, two
 * move and zoom it. A finger on a selected node moves the node. The mouse's middle button and its wheel are diagram-js'
 * own. Where nothing may be edited, the pointer moves the view wherever it is drawn.
 */

const isSpace = (/** @type {KeyboardEvent} */ event) => event.code === "Space";

export default class Panning {
  /** @param {any} eventBus @param {any} canvas @param {any} handTool @param {any} keyboard @param {any} view @param {any} injector */
  constructor(eventBus, canvas, handTool, keyboard, view, injector) {
    this.canvas = canvas;
    this.view = view;
    this.injector = injector;
    this.isHeld = false;
    keyboard.addListener(2000, (/** @type {any} */ { keyEvent }) => (isSpace(keyEvent) ? this.#hold(true) : undefined), "keyboard.keydown");
    keyboard.addListener(2000, (/** @type {any} */ { keyEvent }) => (isSpace(keyEvent) ? this.#hold(false) : undefined), "keyboard.keyup");
    eventBus.on("canvas.focus.changed", () => void this.#hold(false));
    eventBus.on("element.mousedown", 4000, (/** @type {any} */ { originalEvent }) => {
      if (originalEvent.button !== 0 || (!this.isHeld && injector.get("mode").mayEdit)) return undefined;
      canvas.focus();
      handTool.activateMove(originalEvent, this.isHeld);
      return true;
    });
    this.#watchFingers(canvas.getContainer().querySelector("svg"));
  }

  /** @param {boolean} isHeld */
  #hold(isHeld) {
    this.isHeld = isHeld;
    this.canvas.getContainer().classList.toggle("may-pan", isHeld);
    return true;
  }

  /** @param {SVGElement} svg */
  #watchFingers(svg) {
    /** @type {{ x: number, y: number, apart: number, count: number } | null} */
    let before = null;
    svg.addEventListener("touchstart", (event) => {
      before = fingers(event);
      if (event.touches.length === 1 && this.#startMove(event)) before = null;
    }, { passive: true });
    svg.addEventListener("touchmove", (event) => {
      const now = fingers(event);
      if (before && now && before.count === now.count) this.#follow(before, now);
      before = before && now;
    }, { passive: true });
    svg.addEventListener("touchend", () => void (before = null));
  }

  /** @param {TouchEvent} event @returns {boolean} whether a node is moved by this finger */
  #startMove(event) {
    const gfx = /** @type {Element} */ (event.target).closest(".djs-shape"), shape = gfx && this.injector.get("elementRegistry").get(gfx);
    if (!shape || !this.injector.get("mode").mayEdit || !this.injector.get("selection").isSelected(shape)) return false;
    this.injector.get("move").start(event, shape);
    return true;
  }

  /** @param {{ x: number, y: number, apart: number }} before @param {{ x: number, y: number, apart: number }} now */
  #follow(before, now) {
    const { left, top } = this.canvas.getContainer().getBoundingClientRect();
    this.canvas.scroll({ dx: now.x - before.x, dy: now.y - before.y });
    if (before.apart && now.apart) this.view.zoomTo(this.view.scale * (now.apart / before.apart), { x: now.x - left, y: now.y - top });
  }
}
Panning.$inject = ["eventBus", "canvas", "handTool", "keyboard", "view", "injector"];

/** The middle of the fingers on the canvas, and how far they are apart. @param {TouchEvent} event */
function fingers({ touches: { 0: a, 1: b, length } }) {
  if (!a || length > 2) return null;
  if (!b) return { x: a.clientX, y: a.clientY, apart: 0, count: 1 };
  return { x: (a.clientX + b.clientX) / 2, y: (a.clientY + b.clientY) / 2, apart: Math.hypot(a.clientX - b.clientX, a.clientY - b.clientY), count: 2 };
}
