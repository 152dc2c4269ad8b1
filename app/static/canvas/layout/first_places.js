/**
 * Places for the nodes of a tree that has none, as programs and bk-sops' YAML write them: laid out; very large ones in
 * columns by their distance from the start, which takes no time.
 *
 * @import { Node, Point } from "./graph.js"
 */
import { KINDS } from "../tree/kinds.js";
import { placesOf } from "./places.js";
import { walkOrder } from "./walk_order.js";

/** The largest flow that is laid out before it is shown. */
const MOST = 600;
/** Where the first column and the highest row begin. */
const LEFT = 40, TOP = 40;
const COLUMN = 220, ROW = 100;
/** Room for the words of a condition, which have not been measured yet. */
const WORDS = 110;

/**
 * @param {{ id: string, kind: Node["kind"] }[]} nodes
 * @param {{ id: string, source: string, target: string, isWorded: boolean }[]} lines those out of a node in their order
 * @param {string | undefined} start
 * @returns {Map<string, Point>} corners, by node
 */
export function firstPlaces(nodes, lines, start) {
  if (!nodes.length) return new Map();
  const order = walkOrder(nodes.map(({ id }) => ({ id, x: 0, y: 0 })), lines, start), byId = new Map(nodes.map((n) => [n.id, n]));
  const sized = order.map((id) => sizedNode(/** @type {{ id: string, kind: Node["kind"] }} */ (byId.get(id))));
  const places = sized.length > MOST ? inColumns(sized, lines) : placesOf(sized, lines.map(({ isWorded, ...line }) => ({ ...line, label: isWorded ? WORDS : 0 })));
  const all = [...places.values()], left = Math.min(...all.map(({ x }) => x)), top = Math.min(...all.map(({ y }) => y));
  const way = { x: Math.ceil((LEFT - left) / 10) * 10, y: Math.ceil((TOP - top) / 10) * 10 };
  return new Map([...places].map(([id, { x, y }]) => [id, { x: x + way.x, y: y + way.y }]));
}

/** @param {{ id: string, kind: Node["kind"] }} node @returns {Node} */
const sizedNode = ({ id, kind }) => ({ id, kind, x: 0, y: 0, width: KINDS[kind].width, height: KINDS[kind].height });

/** @param {Node[]} nodes in the order of the flow @param {{ source: string, target: string }[]} lines @returns {Map<string, Point>} */
function inColumns(nodes, lines) {
  const after = new Map(nodes.map(({ id }) => [id, /** @type {string[]} */ ([])]));
  for (const { source, target } of lines) after.get(source)?.push(target);
  const column = new Map([[nodes[0].id, 0]]), filled = /** @type {Map<number, number>} */ (new Map());
  for (const [id, at] of column) for (const next of after.get(id) ?? []) if (!column.has(next)) column.set(next, at + 1);
  return new Map(nodes.map(({ id, width, height }) => {
    const at = column.get(id) ?? 0, row = filled.get(at) ?? 0;
    filled.set(at, row + 1);
    return [id, { x: COLUMN * at - width / 2, y: ROW * row - height / 2 }];
  }));
}
