/**
 * Short words over the canvas: a line at its foot that goes away by itself, and words beside the pointer. Whoever has
 * something to say fires `hint` with its words, and `hint.over` with them when they are no longer true.
 */

const SHOWN_MS = 5000;

export default class Hints {
  /** @param {any} eventBus @param {any} canvas */
  constructor(eventBus, canvas) {
    const container = canvas.getContainer();
    this.line = container.appendChild(Object.assign(document.createElement("div"), { className: "hint-line", role: "status" }));
    this.tip = container.appendChild(Object.assign(document.createElement("div"), { className: "hint-tip", hidden: true }));
    this.container = container;
    this.timer = 0;
    eventBus.on("hint", (/** @type {any} */ { words }) => this.say(words));
    eventBus.on("hint.over", (/** @type {any} */ { words }) => this.takeBack(words));
    eventBus.on("diagram.destroy", () => clearTimeout(this.timer));
  }

  /** Say something that the person should know; it is read out too. @param {string} words */
  say(words) {
    clearTimeout(this.timer);
    this.line.textContent = words;
    this.line.classList.add("shown");
    this.timer = window.setTimeout(() => this.line.classList.remove("shown"), SHOWN_MS);
  }

  /** Say no longer what was said, unless something else has been said since. @param {string} words */
  takeBack(words) {
    if (this.line.textContent === words) this.line.classList.remove("shown");
  }

  /**
   * Show words beside the pointer; without words nothing.
   * @param {string} words
   * @param {{ clientX: number, clientY: number }} [pointer]
   */
  beside(words, pointer) {
    this.tip.hidden = !words || !pointer;
    if (!words || !pointer) return;
    const { left, top, width } = this.container.getBoundingClientRect();
    this.tip.textContent = words;
    this.tip.style.left = `${Math.min(pointer.clientX - left + 16, width - 240)}px`;
    this.tip.style.top = `${pointer.clientY - top + 18}px`;
  }
}
Hints.$inject = ["eventBus", "canvas"];
