/** Beside a node that the pointer rests on: how long it took the last times, and how it ended. The inspector has the same for the keyboard. */
import { KINDS } from "../../tree/kinds.js";
import { t } from "../../words.js";
import { wordsOf } from "./pass_words.js";

/** How long the pointer rests first, in ms; how far the tip stays away from its node, in pixels. */
const REST_MS = 500, AWAY = 10;

export default class TimesTip {
  /** @param {any} eventBus @param {any} canvas @param {any} nodeTimes @param {any} dragging @param {any} view */
  constructor(eventBus, canvas, nodeTimes, dragging, view) {
    this.times = nodeTimes;
    this.dragging = dragging;
    this.view = view;
    this.canvas = canvas;
    this.tip = canvas.getContainer().appendChild(Object.assign(document.createElement("div"), { className: "times-tip", hidden: true }));
    /** @type {any} */
    this.over = null;
    this.timer = 0;
    eventBus.on("element.hover", (/** @type {any} */ { element }) => this.#rest(element));
    eventBus.on(["element.out", "element.mousedown", "drag.start", "chooser.opened", "diagram.clear", "canvas.viewbox.changing"], () => this.#rest(null));
    eventBus.on("diagram.destroy", () => clearTimeout(this.timer));
  }

  /** @param {any} element */
  #rest(element) {
    clearTimeout(this.timer);
    this.over = KINDS[/** @type {keyof typeof KINDS} */ (element?.businessObject?.kind)]?.group === "activity" ? element : null;
    this.tip.hidden = true;
    if (this.over) this.timer = window.setTimeout(() => this.#show(element), REST_MS);
  }

  /** @param {any} element */
  async #show(element) {
    if (this.dragging.context()?.active) return;
    const passes = await this.times.of(element.id);
    // It may be elsewhere by now.
    if (this.over !== element || !passes.length) return;
    this.tip.replaceChildren(line("b", t("Last runs")), ...passes.map((/** @type {any} */ pass) => rowOf(wordsOf(pass), pass.state)));
    this.tip.hidden = false;
    this.#place(element);
  }

  /** Below the node, or above it where there is no room. @param {any} element */
  #place(element) {
    const { x, y, width, height } = element, box = this.canvas.getContainer().getBoundingClientRect();
    const at = this.view.toWindow({ x, y }), end = this.view.toWindow({ x: x + width, y: y + height });
    const below = end.y - box.top + AWAY, { offsetHeight, offsetWidth } = this.tip;
    this.tip.style.top = `${below + offsetHeight < box.height ? below : at.y - box.top - AWAY - offsetHeight}px`;
    this.tip.style.left = `${Math.max(4, Math.min(at.x - box.left, box.width - offsetWidth - 4))}px`;
  }
}
TimesTip.$inject = ["eventBus", "canvas", "nodeTimes", "dragging", "view"];

/** @param {ReturnType<typeof wordsOf>} words @param {string} state */
function rowOf({ sign, state: called, took, at }, state) {
  const row = document.createElement("div"), mark = line("span", `${sign} ${called}`);
  mark.className = `state state-${state}`;
  row.append(mark, line("span", took), line("small", at));
  return row;
}

/** @param {string} tag @param {string} text */
const line = (tag, text) => Object.assign(document.createElement(tag), { textContent: text });
