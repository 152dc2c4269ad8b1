/**
 * The states of nodes: their marks, drawn on the canvas and in lists. Colour never tells a state alone.
 */
import { append, attr, create } from "tiny-svg";
import { t } from "../words.js";

/** The mark of each state in a 16 × 16 square, drawn in strokes. @type {Record<string, string>} */
const MARKS = {
  not_started: "M8,3.5 a4.5,4.5 0 1 0 0.01,0 z",
  running: "M8,3 a5,5 0 1 1 -5,5",
  finished: "M3.5,8.5 L6.8,11.5 L12.5,4.8",
  failed: "M4.5,4.5 L11.5,11.5 M11.5,4.5 L4.5,11.5",
  paused: "M6,4 V12 M10,4 V12",
  waiting_person: "M5.5,8.5 V5 a1,1 0 0 1 2,0 V3.8 a1,1 0 0 1 2,0 V5 a1,1 0 0 1 2,0 V9.5 a3.6,3.6 0 0 1 -3.6,3.6 a3.6,3.6 0 0 1 -3,-1.6 L3,9 a1,1 0 0 1 1.6,-1.2 z",
  waiting_callback: "M8,3 a5,5 0 1 0 0.01,0 M8,5.2 V8 L10,9.4",
  waiting_timer: "M8,3 a5,5 0 1 0 0.01,0 M8,5.2 V8 L10,9.4",
  retrying: "M12.5,5 V8 H9.5 M12,8 a4.6,4.6 0 1 0 -1,3.4",
  skipped: "M3.5,8.5 L5,9.9 M6,10.8 L6.8,11.5 L8.5,9.5 M9.6,8.2 L12.5,4.8",
  revoked: "M8,3 a5,5 0 1 0 0.01,0 M4.6,11.4 L11.4,4.6",
  upstream_failed: "M8,3 V8 M5.6,5.4 L8,3 L10.4,5.4 M5.8,10.2 L10.2,14 M10.2,10.2 L5.8,14",
};

/** @returns {Record<string, string>} what people call each state */
export const stateWords = () => ({
  not_started: t("not started"), created: t("not started"), running: t("running"), finished: t("finished"), failed: t("failed"), paused: t("paused"),
  waiting_person: t("waits for a person"), waiting_callback: t("waits for a callback"), waiting_timer: t("waits for its time"),
  retrying: t("retrying"), skipped: t("skipped"), revoked: t("revoked"), upstream_failed: t("failed upstream"),
});

/** @param {string} state */
export const markOf = (state) => MARKS[state] ?? MARKS.not_started;

/** Shows on the canvas how each node stands; those of subprocesses are shown where those are opened. */
export default class States {
  /** @param {any} eventBus @param {any} canvas @param {any} elementRegistry */
  constructor(eventBus, canvas, elementRegistry) {
    this.canvas = canvas;
    this.registry = elementRegistry;
    /** @type {Map<string, { key: string, state: string }>} */
    this.shown = new Map();
    eventBus.on("diagram.clear", () => this.shown.clear());
  }

  /**
   * Show how nodes stand.
   * @param {Record<string, import("./live.js").NodeState>} nodes by path
   * @param {string} [above] the path of the subprocess whose flow this canvas shows, with a slash at its end
   */
  show(nodes, above = "") {
    for (const element of this.registry.getAll()) {
      if (!element.businessObject?.node) continue;
      const node = nodes[above + element.id];
      this.#mark(element, node);
    }
    for (const line of this.registry.filter((/** @type {any} */ e) => e.waypoints)) {
      const passed = nodes[above + line.target.id] && ["finished", "skipped"].includes(nodes[above + line.source.id]?.state ?? "");
      this.canvas[passed ? "addMarker" : "removeMarker"](line, "was-passed");
    }
  }

  /** @param {any} element @param {import("./live.js").NodeState | undefined} node */
  #mark(element, node) {
    const state = node?.state ?? "not_started", before = this.shown.get(element.id);
    const key = `${state}|${node?.retries ?? 0}|${node?.loop ?? 0}`;
    if (before?.key === key) return;
    if (before) this.canvas.removeMarker(element, `state-${before.state}`);
    this.canvas.addMarker(element, `state-${state}`);
    this.shown.set(element.id, { key, state });
    this.#draw(element, state, node);
  }

  /** @param {any} element @param {string} state @param {import("./live.js").NodeState | undefined} node */
  #draw(element, state, node) {
    const parent = this.registry.getGraphics(element);
    parent.querySelector(":scope > .state-badge")?.remove();
    if (state === "not_started") return;
    const badge = create("g");
    attr(badge, { class: `state-badge state-badge-${state}`, transform: `translate(${element.width - 9},-9)` });
    const circle = create("circle");
    attr(circle, { cx: 9, cy: 9, r: 9 });
    const mark = create("path");
    attr(mark, { d: markOf(state), transform: "translate(1,1)" });
    append(badge, circle);
    append(badge, mark);
    const counts = [node && node.retries > 0 ? `↻${node.retries}` : "", node && node.loop > 1 ? `×${node.loop}` : ""].filter(Boolean).join(" ");
    if (counts) {
      const words = create("text");
      attr(words, { class: "state-count", x: -4, y: 13 });
      words.textContent = counts;
      append(badge, words);
    }
    append(parent, badge);
  }
}
States.$inject = ["eventBus", "canvas", "elementRegistry"];

/** @type {any[]} */
export const STATES = [{ __init__: ["states"], states: ["type", States] }];
