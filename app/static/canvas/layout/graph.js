/**
 * A flow in layers as elkjs wants it, and what its answer says of the order in each layer: one in which few lines cross.
 *
 * @import { Kind } from "../tree/types.js"
 * @import { Layered } from "./layers.js"
 * @typedef {{ x: number, y: number }} Point
 * @typedef {{ id: string, kind: Kind, x: number, y: number, width: number, height: number }} Node
 * @typedef {{ id: string, source: string, target: string, label: number }} Line `label` is the width of its chip, 0 for none
 * @typedef {ReturnType<typeof layoutGraph>} Graph
 */

const OPTIONS = {
  "elk.algorithm": "layered", "elk.direction": "RIGHT", "elk.separateConnectedComponents": "false", "elk.partitioning.activate": "true",
  "elk.layered.considerModelOrder.strategy": "NODES_AND_EDGES", "elk.layered.thoroughness": "20",
};
const INFLUENCES = ["Node", "Port"].map((what) => `elk.layered.considerModelOrder.crossingCounter${what}Influence`);

/**
 * Everything in a layer is a node to elk, lines that pass it too: so its answer is an order of all of them.
 * @param {Layered} flow
 * @param {number} weight what a node or a line out of its order counts, in crossings
 */
export function layoutGraph({ layers, steps }, weight) {
  const name = namesOf(layers);
  return {
    id: "flow", layoutOptions: { ...OPTIONS, ...(weight ? Object.fromEntries(INFLUENCES.map((option) => [option, String(weight)])) : {}) },
    children: layers.flatMap((layer) => layer.map((item) => ({ id: name(item), width: 100, height: item.isNode ? 60 : 20, layoutOptions: { "elk.partitioning.partition": String(item.layer) } }))),
    edges: steps.map(({ from, to }, i) => ({ id: String(i), sources: [name(from)], targets: [name(to)] })),
  };
}

/**
 * The same flow in the order of an answer.
 * @param {Layered} flow
 * @param {{ id: string, y: number }[]} answer
 * @returns {Layered}
 */
export function reordered({ layers, ...flow }, answer) {
  const name = namesOf(layers), heights = new Map(answer.map(({ id, y }) => [id, y])), at = (/** @type {any} */ item) => heights.get(name(item)) ?? 0;
  return { ...flow, layers: layers.map((layer) => [...layer].sort((a, b) => at(a) - at(b))) };
}

/** @param {Layered["layers"]} layers */
function namesOf(layers) {
  const names = new Map(layers.flatMap((layer, i) => layer.map((item, j) => [item, `${i} ${j}`])));
  return (/** @type {Layered["layers"][number][number]} */ item) => /** @type {string} */ (names.get(item));
}
