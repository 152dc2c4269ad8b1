/**
 * Tidies the flow up, as one step to undo: what people have arranged stays as it is arranged, but straight, and nothing lies
 * on something else. Lines turn only where their sides make no sense any more.
 */
import { turned } from "../../diagram/facing.js";
import { OPPOSITE, WAYS } from "../../tree/sides.js";
import { t } from "../../words.js";
import { tidied } from "../pure/tidying.js";

export default class Tidying {
  /** @param {any} eventBus @param {import("./placing.js").default} placing */
  constructor(eventBus, placing) {
    this.bus = eventBus;
    this.placing = placing;
  }

  run() {
    const { nodes, lines } = this.placing, across = lines.filter(({ sides }) => WAYS[sides.source][0] && sides.target === OPPOSITE[sides.source]);
    const done = this.placing.put(t("Tidy up"), tidied(nodes, across), facing);
    if (!done) this.bus.fire("hint", { words: t("There is nothing to tidy up") });
  }
}
Tidying.$inject = ["eventBus", "placing"];

/** @type {import("./placing.js").Facing} */
function facing(nodes, lines) {
  const byId = new Map(nodes.map((node) => [node.id, node])), node = (/** @type {string} */ id) => /** @type {import("../../layout/graph.js").Node} */ (byId.get(id));
  const turns = turned(lines.map(({ id, source, target, sides }) => ({ id, source: node(source), target: node(target), sides })), []);
  return new Map(lines.map(({ id, sides }) => [id, turns.get(id) ?? sides]));
}
