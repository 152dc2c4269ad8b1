/**
 * Lays out the whole flow, as one step to undo. The branches of gateways keep their order, unless far fewer lines cross in
 * another one. The places are computed in a worker, which is started when it is first asked for; where there is none, the
 * page computes them itself, in the order of the flow.
 *
 * @import { Answer, Question } from "./layout_worker.js"
 */
import { isDependencies } from "../../tree/kinds.js";
import { t } from "../../words.js";
import { placesOf } from "../../layout/places.js";
import { sidesOfAll } from "../../layout/sides.js";
import { asNode } from "./placing.js";
import { inTime, workerOf } from "./workers.js";

/** When an answer is given up, and when it is said that it takes a while. */
const PATIENCE_MS = 30000, SLOW_MS = 600;

export default class AutoLayout {
  /** @param {any} eventBus @param {any} treeStore @param {any} walking @param {any} labels @param {any} placing */
  constructor(eventBus, treeStore, walking, labels, placing) {
    this.bus = eventBus;
    this.store = treeStore;
    this.walking = walking;
    this.labels = labels;
    this.placing = placing;
    /** @type {Promise<Worker> | null} */
    this.worker = null;
    this.isRunning = false;
    this.edits = 0;
    eventBus.on(["commandStack.changed", "tree.opened"], () => void (this.edits += 1));
    eventBus.on("diagram.destroy", () => this.#stop());
  }

  /** @returns {Promise<void>} */
  async run() {
    if (this.isRunning) return;
    this.isRunning = true;
    const asked = this.edits, words = t("Laying out the flow…"), slow = setTimeout(() => this.#say(words), SLOW_MS);
    try {
      const nodes = this.walking.order.filter((/** @type {any} */ e) => e.businessObject.node).map(asNode);
      const { places, isEngineAway } = await this.#computed({ nodes, lines: this.#lines(), isOrdered: !isDependencies(this.store.root.businessObject.rest) });
      if (isEngineAway) this.#say(t("The layout engine did not answer, so more lines cross than need be"));
      if (asked !== this.edits) this.#say(t("The flow was changed meanwhile, so it was not laid out"));
      else if (this.placing.put(t("Lay out the flow"), places, sidesOfAll)) this.placing.show();
      else this.#say(t("The flow is laid out already"));
    } finally {
      clearTimeout(slow);
      this.bus.fire("hint.over", { words });
      this.isRunning = false;
    }
  }

  /** @param {Question} question @returns {Promise<Answer>} */
  async #computed(question) {
    try {
      this.worker ??= workerOf("layout_worker.js");
      return await inTime(answerOf(await this.worker, question), PATIENCE_MS);
    } catch {
      this.#stop();
      return { places: placesOf(question.nodes, question.lines), isEngineAway: true };
    }
  }

  #stop() {
    this.worker?.then((worker) => worker.terminate(), () => undefined);
    this.worker = null;
  }

  /** @param {string} words */
  #say(words) {
    this.bus.fire("hint", { words });
  }

  /** @returns {import("../../layout/graph.js").Line[]} */
  #lines() {
    const lines = this.store.nodes.flatMap((/** @type {any} */ n) => n.outgoing);
    return lines.map((/** @type {any} */ line) => ({ id: line.id, source: line.source.id, target: line.target.id, label: this.labels.chipOf(line)?.width ?? 0 }));
  }
}
AutoLayout.$inject = ["eventBus", "treeStore", "walking", "labels", "placing"];

/** @param {Worker} worker @param {Question} question @returns {Promise<Answer>} */
function answerOf(worker, question) {
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = reject;
    worker.postMessage(question);
  });
}
