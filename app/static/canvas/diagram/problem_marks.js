/** Red dots on the nodes and lines with problems, each with how many there are; a click shows them in the panel. */
import { t } from "../words.js";

const TYPE = "problems", SIZE = 18, HALF_CHIP = 8;

export default class ProblemMarks {
  /** @param {any} eventBus @param {any} overlays @param {any} elementRegistry @param {any} problems @param {any} panels @param {import("./labels.js").default} labels */
  constructor(eventBus, overlays, elementRegistry, problems, panels, labels) {
    this.overlays = overlays;
    this.registry = elementRegistry;
    this.problems = problems;
    this.panels = panels;
    this.labels = labels;
    /** What is marked now: the id of the mark and what it shows, by element. @type {Map<string, { mark: string, shows: string }>} */
    this.marked = new Map();
    eventBus.on("problems.changed", () => this.mark());
    eventBus.on("tree.opened", 2000, () => this.marked.clear());
    eventBus.on(["shape.remove", "connection.remove"], (/** @type {any} */ { element }) => void this.marked.delete(element.id));
    eventBus.on("elements.changed", (/** @type {any} */ { elements }) => {
      if (elements.some((/** @type {any} */ e) => e.waypoints && this.marked.has(e.id))) this.mark();
    });
  }

  /** Bring the marks in line with the problems; marks that stay right are not touched. */
  mark() {
    const wanted = new Map();
    for (const [id, list] of this.problems.byPlace) if (this.registry.get(id)?.parent) wanted.set(this.registry.get(id), list);
    for (const [id, { mark }] of this.marked) if (!wanted.has(this.registry.get(id))) this.#unmark(id, mark);
    for (const [element, list] of wanted) {
      const position = element.waypoints ? onLine(element, this.labels.chipOf(element)) : { top: -SIZE / 2, right: SIZE / 2 };
      const shows = JSON.stringify([position, list]), now = this.marked.get(element.id);
      if (now?.shows === shows) continue;
      if (now) this.#unmark(element.id, now.mark);
      this.marked.set(element.id, { shows, mark: this.overlays.add(element, TYPE, { position, html: this.#dot(element.id, list), scale: { min: 0.75 } }) });
    }
  }

  /** @param {string} id @param {string} mark */
  #unmark(id, mark) {
    this.overlays.remove(mark);
    this.marked.delete(id);
  }

  /** @param {string} id @param {{ message: string }[]} list */
  #dot(id, list) {
    const dot = document.createElement("button");
    dot.type = "button";
    // The panel is there for the keyboard; the canvas has its own order of focus.
    dot.tabIndex = -1;
    dot.className = "problem-dot";
    dot.textContent = String(list.length);
    dot.title = list.map((p) => p.message).join("\n");
    dot.setAttribute("aria-label", t("Problems here: {count}", { count: list.length }));
    dot.addEventListener("click", () => this.panels.show("problems", id));
    return dot;
  }
}
ProblemMarks.$inject = ["eventBus", "overlays", "elementRegistry", "problems", "panels", "labels"];

/**
 * Where the mark of a line lies, from the corner of the box around it: at the corner of its chip, else on its longest stretch.
 * @param {any} connection
 * @param {{ x: number, y: number, width: number } | null} chip
 */
function onLine({ waypoints }, chip) {
  const left = Math.min(...waypoints.map((/** @type {any} */ p) => p.x)) + SIZE / 2, top = Math.min(...waypoints.map((/** @type {any} */ p) => p.y)) + SIZE / 2;
  if (chip) return { left: chip.x + chip.width / 2 - left, top: chip.y - HALF_CHIP - top };
  const stretches = waypoints.slice(1).map((/** @type {any} */ to, /** @type {number} */ i) => ({ from: waypoints[i], to, length: Math.hypot(to.x - waypoints[i].x, to.y - waypoints[i].y) }));
  const { from, to } = stretches.reduce((/** @type {any} */ a, /** @type {any} */ b) => (b.length > a.length ? b : a));
  return { left: (from.x + to.x) / 2 - left, top: (from.y + to.y) / 2 - top };
}
