/**
 * Lays out the whole flow, as one step to undo. elkjs does it, in a worker that is loaded when it is first asked for; if
 * that fails, plain columns do.
 *
 * @import { Point } from "../../diagram/types.js"
 */
import ELK from "elkjs/lib/elk-api.js";
import { arrange } from "../../tree/arranging.js";
import { toCanvas } from "../../tree/kinds.js";
import { t } from "../../words.js";
import { layoutGraph, placesOf, sidesAfterLayout, wayOfNote } from "../pure/layout_graph.js";

/** When an answer is given up, and when it is said that it takes a while. */
const PATIENCE_MS = 20000, SLOW_MS = 600;

export default class AutoLayout {
  /** @param {any} eventBus @param {any} treeStore @param {any} walking @param {any} modeling @param {any} history @param {any} injector */
  constructor(eventBus, treeStore, walking, modeling, history, injector) {
    this.bus = eventBus;
    this.store = treeStore;
    this.walking = walking;
    this.modeling = modeling;
    this.history = history;
    this.injector = injector;
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
    const nodes = this.walking.order.filter((/** @type {any} */ e) => e.businessObject.node).map(asNode);
    const asked = this.edits, slow = setTimeout(() => this.#say(t("Laying out the flow…")), SLOW_MS);
    try {
      const places = await this.#laidOut(nodes).catch(() => this.#inColumns(nodes));
      if (asked === this.edits) this.#apply(nodes, places);
      else this.#say(t("The flow was changed meanwhile, so it was not laid out"));
    } finally {
      clearTimeout(slow);
      this.isRunning = false;
    }
  }

  /** @param {any[]} nodes @returns {Promise<Map<string, Point>>} corners */
  async #laidOut(nodes) {
    this.engine ??= startEngine();
    this.engine.catch(() => void (this.engine = null));
    const lines = this.#lines().map((line) => ({ id: line.id, source: line.source.id, target: line.target.id, label: this.injector.get("labels").chipOf(line)?.width ?? 0 }));
    const answer = await inTime((await this.engine).layout(layoutGraph(nodes, lines)), PATIENCE_MS);
    return placesOf(nodes, answer.children);
  }

  /** @param {any[]} nodes @returns {Map<string, Point>} */
  #inColumns(nodes) {
    this.#say(t("The layout engine did not answer, so the nodes stand in plain columns"));
    const start = nodes.find((n) => n.kind === "EmptyStartEvent");
    const corners = arrange(nodes.map((n) => n.id), this.#lines().map((l) => ({ source: l.source.id, target: l.target.id })), start?.id);
    return placesOf(nodes, nodes.map((n) => ({ id: n.id, ...toCanvas(n.kind, /** @type {Point} */ (corners.get(n.id))) })));
  }

  /** @param {any[]} nodes @param {Map<string, Point>} places */
  #apply(nodes, places) {
    const registry = this.injector.get("elementRegistry"), notes = this.store.root.children.filter((/** @type {any} */ e) => e.businessObject.kind === "Note");
    const ways = notes.map((/** @type {any} */ note) => ({ shape: note, way: wayOfNote(note, nodes, places) }));
    for (const { id, x, y } of nodes) {
      const to = /** @type {Point} */ (places.get(id));
      ways.push({ shape: registry.get(id), way: { x: to.x - x, y: to.y - y } });
    }
    this.history.as(t("Lay out the flow"), () => this.modeling.together(() => {
      for (const { shape, way } of ways) if (way.x || way.y) this.modeling.moveShape(shape, way, undefined, { layout: false, recurse: false });
      for (const line of this.#lines()) this.#face(line);
    }));
    this.injector.get("view").fit();
  }

  /** @param {any} line */
  #face(line) {
    const sides = sidesAfterLayout(asNode(line.source), asNode(line.target)), now = line.businessObject.sides;
    if (sides.source !== now.source || sides.target !== now.target) this.modeling.updateFlow(line, { sides });
  }

  /** @param {string} words */
  #say(words) {
    this.bus.fire("hint", { words });
  }

  /** @returns {any[]} */
  #lines() {
    return this.store.nodes.flatMap((/** @type {any} */ n) => n.outgoing);
  }
}
AutoLayout.$inject = ["eventBus", "treeStore", "walking", "modeling", "history", "injector"];

/** @param {any} shape @returns {import("../pure/layout_graph.js").Node} */
const asNode = ({ id, x, y, width, height, businessObject: { kind } }) => ({ id, x, y, width, height, kind });

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
