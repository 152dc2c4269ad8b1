/**
 * The order of what stands in each layer of a flow. That of the flow itself is the best one as long as no lines cross; where
 * some do, elkjs is asked for better ones, and of all that with the least amiss is taken.
 *
 * @import { Layered } from "./layers.js"
 * @import { Graph } from "./graph.js"
 * @import { Line } from "./graph.js"
 */
import { grouped } from "./layers.js";
import { layoutGraph, reordered } from "./graph.js";

/** How much elkjs makes of the order of the flow: little, and then much. */
const WEIGHTS = [0, 5];
/** What two branches that stand the wrong way around count, in crossings. */
const TURNED = 2;

/**
 * @param {Layered} flow
 * @param {Line[]} lines those that lead on
 * @param {boolean} isOrdered whether the lines out of a node have an order
 * @param {(graph: Graph) => Promise<{ children: { id: string, y: number }[] }>} layout elkjs
 * @returns {Promise<Layered>}
 */
export async function arranged(flow, lines, isOrdered, layout) {
  if (!crossings(flow)) return flow;
  const others = await Promise.all(WEIGHTS.map(async (weight) => reordered(flow, (await layout(layoutGraph(flow, weight))).children)));
  const costs = new Map([flow, ...others].map((one) => [one, crossings(one) + (isOrdered ? TURNED * turnedBranches(one, lines) : 0)]));
  return [...costs].reduce((best, one) => (one[1] < best[1] ? one : best))[0];
}

/** How many times lines cross between one layer and the next. @param {Pick<Layered, "layers" | "steps">} flow */
export function crossings({ layers, steps }) {
  const place = new Map(layers.flatMap((layer) => layer.map((item, i) => [item, i]))), at = (/** @type {any} */ item) => /** @type {number} */ (place.get(item));
  const between = layers.map(() => /** @type {[number, number][]} */ ([]));
  for (const { from, to } of steps) between[from.layer].push([at(from), at(to)]);
  return between.reduce((sum, pairs) => sum + inversions(pairs.sort(([a, b], [c, d]) => a - c || b - d).map(([, to]) => to)), 0);
}

/** How many branches stand above one that comes before them at the same node. @param {Layered} flow @param {Line[]} lines */
function turnedBranches({ layers, paths }, lines) {
  const place = new Map(layers.flatMap((layer) => layer.map((item, i) => [item, i])));
  return [...grouped(lines, "source").values()].reduce((sum, own) => sum + inversions(own.map(({ id }) => /** @type {number} */ (place.get(/** @type {any} */ (paths.get(id)?.[1]))))), 0);
}

/** How many pairs of numbers stand the wrong way around. @param {number[]} numbers @returns {number} */
function inversions(numbers) {
  if (numbers.length < 2) return 0;
  const half = numbers.length >> 1, left = numbers.slice(0, half), right = numbers.slice(half), inside = inversions(left) + inversions(right);
  left.sort((a, b) => a - b);
  right.sort((a, b) => a - b);
  let count = 0, passed = 0;
  for (const number of left) {
    while (passed < right.length && right[passed] < number) passed += 1;
    count += passed;
  }
  return inside + count;
}
