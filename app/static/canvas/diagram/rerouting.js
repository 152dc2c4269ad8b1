/**
 * Lays lines again when nodes or other lines come into their way or leave it: after every command, as a part of it, so
 * that one undo takes everything back.
 *
 * @import { FlowElement, Point } from "./types.js"
 * @import Layouter from "./layouter.js"
 * @typedef {{ line: FlowElement, points: Point[] }} Way
 */
const FIRST = 10000, LAST = 1;

/** Gives lines their ways. */
class LayHandler {
  /** @param {{ ways: Way[], before?: Way[] }} context */
  execute(context) {
    context.before = context.ways.map(({ line }) => ({ line, points: line.waypoints }));
    return laid(context.ways);
  }

  /** @param {{ before: Way[] }} context */
  revert({ before }) {
    return laid(before);
  }
}

export default class Rerouting {
  /** @param {any} eventBus @param {any} commandStack @param {any} elementRegistry @param {Layouter} layouter */
  constructor(eventBus, commandStack, elementRegistry, layouter) {
    this.commands = commandStack;
    this.registry = elementRegistry;
    this.layouter = layouter;
    this.depth = 0;
    commandStack.registerHandler("lines.lay", LayHandler);
    eventBus.on("commandStack.preExecute", FIRST, () => void this.depth++);
    eventBus.on("commandStack.postExecuted", LAST, () => {
      if (this.depth === 1) this.#layAgain();
      this.depth--;
    });
    eventBus.on("commandStack.changed", () => void (this.depth = 0));
  }

  #layAgain() {
    const lines = this.registry.filter((/** @type {any} */ e) => e.waypoints);
    const ways = /** @type {Way[]} */ ([]);
    for (const [line, points] of this.layouter.layAll(lines)) if (!isSame(line.waypoints, points)) ways.push({ line, points: points.map((p) => ({ ...p })) });
    if (ways.length) this.commands.execute("lines.lay", { ways });
  }
}
Rerouting.$inject = ["eventBus", "commandStack", "elementRegistry", "layouter"];

/** @param {Way[]} ways @returns {any[]} what looks different now */
function laid(ways) {
  for (const { line, points } of ways) line.waypoints = points;
  return ways.map(({ line }) => line);
}

/** @param {Point[]} a @param {Point[]} b */
function isSame(a, b) {
  return a.length === b.length && a.every((p, i) => p.x === b[i].x && p.y === b[i].y);
}
