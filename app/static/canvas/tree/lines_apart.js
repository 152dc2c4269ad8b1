/**
 * Lines with ids of their own. A tree may give a line the id of a node, as people who number both do; on the canvas all
 * things are found by their ids.
 *
 * @import { JsonObject, Tree } from "./types.js"
 */

/**
 * @param {Tree} tree
 * @returns {Tree} the very tree when no line has the id of a node
 */
export function linesApart(tree) {
  const nodes = new Set([tree.start_event?.id, tree.end_event?.id, ...[tree.activities, tree.gateways].flatMap((group) => Object.keys(group ?? {}))]);
  const taken = new Set([...nodes, ...Object.keys(tree.flows ?? {})]), fresh = /** @type {Map<string, string>} */ (new Map());
  for (const id of Object.keys(tree.flows ?? {})) {
    if (!nodes.has(id)) continue;
    let other = `line_${id}`;
    while (taken.has(other)) other += "_";
    taken.add(other);
    fresh.set(id, other);
  }
  return fresh.size ? renamed(tree, (id) => fresh.get(id) ?? id) : tree;
}

/** @param {Tree} tree @param {(id: string) => string} name @returns {Tree} */
function renamed(tree, name) {
  const keyed = (/** @type {JsonObject} */ entries, /** @type {(entry: any) => any} */ change) => Object.fromEntries(Object.entries(entries).map(([id, entry]) => [name(id), change(entry)]));
  const names = (/** @type {any} */ ids) => (Array.isArray(ids) ? ids.map(name) : typeof ids === "string" ? name(ids) : ids);
  const node = (/** @type {any} */ { conditions, default_condition: other, ...rest }) => ({
    ...rest, incoming: names(rest.incoming), outgoing: names(rest.outgoing),
    ...(conditions ? { conditions: keyed(conditions, (c) => c) } : {}),
    ...(other ? { default_condition: { ...other, flow_id: names(other.flow_id) } } : {}),
  });
  const nodes = (/** @type {JsonObject} */ group) => Object.fromEntries(Object.entries(group ?? {}).map(([id, entry]) => [id, node(entry)]));
  return /** @type {any} */ ({
    ...tree, activities: nodes(tree.activities), gateways: nodes(tree.gateways), start_event: node(tree.start_event), end_event: node(tree.end_event),
    flows: keyed(tree.flows, (flow) => ({ ...flow, id: name(flow.id) })),
    ...(tree.line ? { line: tree.line.map((line) => ({ ...line, id: name(line.id) })) } : {}),
  });
}
