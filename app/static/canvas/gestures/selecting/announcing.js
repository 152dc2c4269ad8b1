/** Tells screen readers what the canvas is and what is selected on it, and gives every node a name. */
import { t } from "../../words.js";
import { described, elementName, kindName } from "../naming.js";

const WAIT_MS = 120;

export default class Announcing {
  /** @param {any} eventBus @param {any} canvas @param {any} walking @param {any} page */
  constructor(eventBus, canvas, walking, page) {
    const container = canvas.getContainer(), svg = container.querySelector("svg");
    for (const [name, value] of Object.entries({ role: "application", "aria-roledescription": t("Flow editor"), "aria-label": t("Flow {name}. Press ? for the keys.", { name: page.template.name }) })) svg.setAttribute(name, value);
    this.said = container.appendChild(Object.assign(document.createElement("div"), { className: "visually-hidden" }));
    this.said.setAttribute("aria-live", "polite");
    this.walking = walking;
    this.timer = 0;
    eventBus.on("selection.changed", (/** @type {any} */ { newSelection }) => this.#saySoon(newSelection));
    eventBus.on(["shape.added", "shape.changed", "connection.added", "connection.changed"], 100, (/** @type {any} */ { element, gfx }) => nameOn(element, gfx));
    eventBus.on("diagram.destroy", () => clearTimeout(this.timer));
  }

  /** What is selected changes several times when things are made; only the last is said. @param {any[]} selected */
  #saySoon(selected) {
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => {
      const present = selected.filter((e) => e.parent);
      this.said.textContent = present.length > 1 ? t("{count} things selected", { count: present.length }) : present.length ? described(present[0], this.walking.placeOf(present[0])) : "";
    }, WAIT_MS);
  }
}
Announcing.$inject = ["eventBus", "canvas", "walking", "page"];

/** @param {any} element @param {SVGElement} gfx */
function nameOn(element, gfx) {
  const { kind } = element.businessObject ?? {};
  if (!kind) return;
  const name = elementName(element), what = kindName(kind);
  gfx.setAttribute("role", "img");
  gfx.setAttribute("aria-label", kind === "Flow" ? described(element, { number: 0, count: 0 }) : name === what ? what : t("{kind} {name}", { kind: what, name }));
}
