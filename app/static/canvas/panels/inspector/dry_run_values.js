/** What a part of the flow reads, so that it can be asked for before that part runs by itself. */
import { inputsOf } from "../../tree/hooks.js";
import { keysIn, nameOf } from "../../tree/references.js";

/** A node and all that can come after it. @param {any} shape @returns {any[]} */
export function onward(shape) {
  const found = new Set([shape]);
  for (const { outgoing } of found) for (const line of outgoing) found.add(line.target);
  return [...found];
}

/** The values that a node reads variables in. @param {any} shape @returns {any} */
export function readIn({ businessObject: { node }, outgoing }) {
  if (node.type === "SubProcess") return Object.values(node.constants ?? {}).map((c) => c.value);
  return [inputsOf(node), outgoing.map((/** @type {any} */ line) => line.businessObject.condition?.evaluate)];
}

/**
 * The variables that values read, also by way of others. Not those whose values lead to others, and not those that the part
 * gives itself.
 * @param {any} values @param {any} constants @param {any[]} part
 * @returns {Set<string>}
 */
export function readBy(values, constants, part) {
  const found = new Set(), queue = [...keysIn(values)], ids = new Set(part.slice(1).map((shape) => shape.id));
  for (const key of queue) {
    const isOutput = constants[key]?.source_type === "component_outputs", below = isOutput ? [] : [...keysIn(constants[key]?.value)];
    if (isOutput && Object.keys(constants[key].source_info ?? {}).some((id) => ids.has(id))) continue;
    if (below.length) queue.push(...below.filter((k) => !queue.includes(k)));
    else if (!/^_(system|loop|inner_loop|result)$|^_env_/.test(nameOf(key))) found.add(key);
  }
  return found;
}
