/** What is worth a look, though the flow can be published as it is. @typedef {import("./service.js").Problem} Problem */
import { lengthNote } from "../inspector/lengths.js";

/**
 * The names that are longer than people can type them here: they came with a tree from elsewhere.
 * @param {import("../../tree/types.js").Tree} tree
 * @param {number} longest
 * @returns {Map<string, Problem[]>} by place
 */
export function adviceOf(tree, longest) {
  const named = [...Object.values(tree.activities ?? {}), ...Object.values(tree.gateways ?? {})].map(({ id, name }) => [id, name]);
  const variables = Object.entries(tree.constants ?? {}).map(([key, { name }]) => [key, name]);
  const long = [...named, ...variables].filter(([, name]) => typeof name === "string" && name.length > longest);
  return new Map(long.map(([where, name]) => [where, [{ rule: "long_name", message: lengthNote(name, longest), where }]]));
}
