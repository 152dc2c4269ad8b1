/**
 * Keeps the ends of a graph of dependencies: a step that nothing comes before follows the start, one that nothing follows
 * leads to the end, and no other does. It looks at the steps that a command has touched, as a part of that command.
 *
 * @import TreeRules from "./rules.js"
 * @import TreeStore from "./tree_store.js"
 */
const FIRST = 10000, AFTER_ALL = 50;
/** What changes the lines of steps. */
const TOUCHING = ["connection.create", "connection.delete", "connection.reconnect", "shape.create"];

export default class Steps {
  /** @param {any} eventBus @param {any} modeling @param {TreeStore} treeStore @param {TreeRules} treeRules */
  constructor(eventBus, modeling, treeStore, treeRules) {
    this.modeling = modeling;
    this.store = treeStore;
    this.rules = treeRules;
    this.depth = 0;
    /** @type {Set<any>} */
    this.touched = new Set();
    eventBus.on("commandStack.preExecute", FIRST, () => void this.depth++);
    eventBus.on(TOUCHING.map((command) => `commandStack.${command}.preExecute`), FIRST, (/** @type {any} */ { context }) => this.#touch(context));
    eventBus.on("commandStack.postExecuted", AFTER_ALL, () => {
      if (this.depth === 1) this.#keepEnds();
      this.depth--;
    });
    eventBus.on("commandStack.changed", () => {
      this.depth = 0;
      this.touched.clear();
    });
  }

  /** @param {any} context */
  #touch({ shape, connection, source, target, newSource, newTarget, hints }) {
    if (!this.rules.isDependencies || hints?.exact) return;
    for (const node of [shape, source, target, newSource, newTarget, connection?.source, connection?.target]) if (isStep(node)) this.touched.add(node);
  }

  #keepEnds() {
    const steps = [...this.touched].filter((step) => step.parent);
    this.touched.clear();
    const { nodes } = this.store, start = nodes.find(({ businessObject: { kind } }) => kind === "EmptyStartEvent"), end = nodes.find(({ businessObject: { kind } }) => kind === "EmptyEndEvent");
    for (const step of steps) {
      if (start) this.#keepEnd(step.incoming, start, "source", () => this.modeling.connect(start, step));
      if (end) this.#keepEnd(step.outgoing, end, "target", () => this.modeling.connect(step, end));
    }
    this.touched.clear();
  }

  /** @param {any[]} lines @param {any} event @param {"source" | "target"} side @param {() => void} connect */
  #keepEnd(lines, event, side, connect) {
    const spare = lines.filter((line) => line[side] === event);
    if (!lines.length) connect();
    else if (spare.length < lines.length) for (const line of spare) this.modeling.removeConnection(line);
  }
}
Steps.$inject = ["eventBus", "modeling", "treeStore", "treeRules"];

/** @param {any} node */
const isStep = (node) => ["ServiceActivity", "SubProcess"].includes(node?.businessObject?.kind);
