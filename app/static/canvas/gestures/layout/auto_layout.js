/**
 * Lays out the whole flow, as one step to undo. The branches of gateways keep their order. In a graph of steps, where order
 * means nothing, elkjs finds the one in which lines cross least, in a worker that is loaded when it is first asked for; if
 * that fails, they stay in the order of the flow.
 *
 * @import { Layered } from "../pure/layers.js"
 */
import ELK from "elkjs/lib/elk-api.js";
import { isDependencies } from "../../tree/kinds.js";
import { t } from "../../words.js";
import { layoutGraph, reordered } from "../pure/layout_graph.js";
import { placesOf } from "../pure/layout_places.js";
import { sidesOfAll } from "../pure/layout_sides.js";
import { asNode } from "./placing.js";

/** When an answer is given up, and when it is said that it takes a while. */
const PATIENCE_MS = 20000, SLOW_MS = 600;

export default class AutoLayout {
  /** @param {any} eventBus @param {any} treeStore @param {any} walking @param {any} labels @param {any} placing */
  constructor(eventBus, treeStore, walking, labels, placing) {
    this.bus = eventBus;
    this.store = treeStore;
    this.walking = walking;
    this.labels = labels;
    this.placing = placing;
    /** @type {Promise<any> | null} */
    this.engine = null;
    this.isRunning = false;
    this.edits = 0;
    eventBus.on("commandStack.changed", () => void (this.edits += 1));
    eventBus.on("diagram.destroy", () => void this.engine?.then((engine) => engine.terminateWorker()));
  }

  /** @returns {Promise<void>} */
  async run() {
    if (this.isRunning) return;
    this.isRunning = true;
    const asked = this.edits, words = t("Laying out the flow…"), slow = setTimeout(() => this.#say(words), SLOW_MS);
    try {
      const nodes = this.walking.order.filter((/** @type {any} */ e) => e.businessObject.node).map(asNode);
      const places = await placesOf(nodes, this.#lines(), isDependencies(this.store.root.businessObject.rest) ? (flow) => this.#arranged(flow) : undefined);
      if (asked !== this.edits) this.#say(t("The flow was changed meanwhile, so it was not laid out"));
      else if (this.placing.put(t("Lay out the flow"), places, sidesOfAll)) this.placing.show();
      else this.#say(t("The flow is laid out already"));
    } finally {
      clearTimeout(slow);
      this.bus.fire("hint.over", { words });
      this.isRunning = false;
    }
  }

  /** In the order in which lines cross least. @param {Layered} flow @returns {Promise<Layered>} */
  async #arranged(flow) {
    this.engine ??= startEngine();
    this.engine.catch(() => void (this.engine = null));
    try {
      return reordered(flow, (await inTime((await this.engine).layout(layoutGraph(flow)), PATIENCE_MS)).children);
    } catch {
      this.#say(t("The layout engine did not answer, so more lines cross than need be"));
      return flow;
    }
  }

  /** @param {string} words */
  #say(words) {
    this.bus.fire("hint", { words });
  }

  /** @returns {import("../pure/layout_graph.js").Line[]} */
  #lines() {
    const lines = this.store.nodes.flatMap((/** @type {any} */ n) => n.outgoing);
    return lines.map((/** @type {any} */ line) => ({ id: line.id, source: line.source.id, target: line.target.id, label: this.labels.chipOf(line)?.width ?? 0 }));
  }
}
AutoLayout.$inject = ["eventBus", "treeStore", "walking", "labels", "placing"];

/** The worker lies beside this script; its name has a hash, which the manifest beside them knows. @returns {Promise<any>} */
async function startEngine() {
  const manifest = await (await fetch(new URL("manifest.json", import.meta.url), { cache: "no-cache" })).json();
  const engine = new ELK({ workerFactory: () => new Worker(new URL(manifest["elk-worker.min.js"], import.meta.url), { type: "module" }) });
  return engine;
}

/** @template T @param {Promise<T>} promise @param {number} patience @returns {Promise<T>} */
function inTime(promise, patience) {
  const late = new Promise((_, reject) => setTimeout(() => reject(new Error("no answer in time")), patience));
  return /** @type {any} */ (Promise.race([promise, late]));
}
