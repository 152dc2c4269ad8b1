/**
 * The lines out of a node, or into it, from top to bottom, and what follows from them for its row: it stands in that of the
 * middle one, or half way between the middle two.
 *
 * @import { Layered } from "./layers.js"
 * @import { Line, Node } from "./graph.js"
 * @import { Item } from "./rows.js"
 * @typedef {{ gate: Item, turns: boolean, lines: Line[], ends: Item[], middle: number[] }} Fan what the lines come to in the next layer; which of them are in the middle; whether the others turn up and down at the node
 */
import { grouped, areSeveral } from "./layers.js";
import { meetings } from "./meetings.js";

/**
 * What would like to stand in one row: a line for itself, what follows one another, a gateway and where its branches meet,
 * the corner of a line and what it leads to. And what would like to stand between two: gateways with an even number of
 * branches. The layers have the corners in them.
 * @param {Node[]} nodes
 * @param {Line[]} lines that lead on
 * @param {Line[]} back those that do not
 * @param {Layered} flow
 * @returns {{ layers: Item[][], wishes: [Item, Item][], between: [Item, Item, Item][] }}
 */
export function wishesOf(nodes, lines, back, flow) {
  const { items, paths } = flow, path = (/** @type {Line} */ { id }) => /** @type {Item[]} */ (paths.get(id));
  const leaving = fansOf(nodes, lines, back, "source", flow), coming = fansOf(nodes, lines, [], "target", flow), fans = [...leaving, ...coming];
  const alone = (/** @type {Fan[]} */ all) => all.flatMap(({ lines: own, middle }) => (middle.length === 1 ? [own[middle[0]]] : []));
  const last = new Set(alone(coming)), straight = alone(leaving).filter((line) => last.has(line)).flatMap((line) => [path(line).slice(0, 2), path(line).slice(-2)]);
  const along = lines.flatMap((line) => path(line).slice(1, -2).map((item, i) => [item, path(line)[i + 2]]));
  const meet = meetings(nodes.map(({ id }) => id), lines).map(([split, join]) => [items.get(split), items.get(join)]);
  const between = fans.filter(({ middle }) => middle.length === 2).map(({ gate, ends, middle: [one, other] }) => [gate, ends[one], ends[other]]);
  const { layers, corners } = withCorners(flow, fans);
  return /** @type {any} */ ({ layers, wishes: [...corners, ...along, ...straight, ...meet], between });
}

/** @param {Node[]} nodes @param {Line[]} lines @param {Line[]} back @param {"source" | "target"} end @param {Layered} flow @returns {Fan[]} */
function fansOf(nodes, lines, back, end, { layers, items, paths }) {
  const rank = new Map(layers.flatMap((layer) => layer.map((item, i) => [item, i]))), outs = grouped(lines, "source"), ins = grouped(lines, "target"), groups = end === "source" ? outs : ins;
  const path = (/** @type {Line} */ { id }) => /** @type {Item[]} */ (paths.get(id)), endOf = (/** @type {Line} */ line) => /** @type {Item} */ (path(line).at(end === "source" ? 1 : -2));
  const passesBy = (/** @type {Line} */ line) => path(line).length > 2 && areSeveral(outs.get(line.source)) && areSeveral(ins.get(line.target));
  return nodes.flatMap(({ id, kind }) => {
    const own = [...(groups.get(id) ?? [])].sort((a, b) => /** @type {number} */ (rank.get(endOf(a))) - /** @type {number} */ (rank.get(endOf(b))));
    const turns = end === "source" ? kind.endsWith("Gateway") : kind === "ConvergeGateway" || kind === "EmptyEndEvent";
    return own.length ? [{ gate: /** @type {Item} */ (items.get(id)), turns, lines: own, ends: own.map(endOf), middle: middleOf(own, passesBy, back.some((line) => line.source === id)) }] : [];
  });
}

/**
 * The middle one of an odd number of lines, the middle two of an even one; those that pass by all nodes count only when
 * the others are even and they are odd. A line back counts like one that passes by below.
 * @param {Line[]} lines from top to bottom
 * @param {(line: Line) => boolean} passesBy
 * @param {boolean} hasBack
 * @returns {number[]}
 */
function middleOf(lines, passesBy, hasBack) {
  const count = lines.length + Number(hasBack), all = Array.from({ length: count }, (_, i) => i), others = all.filter((i) => i < lines.length && !passesBy(lines[i])), isEven = others.length % 2 === 0;
  const counted = isEven && (count % 2 || !others.length) ? all : others, half = counted.length / 2;
  return counted.length % 2 ? [counted[half - 0.5]] : counted.slice(half - 1, half + 1);
}

/** The layers with a corner above or below a node for each line that turns there. @param {Layered} flow @param {Fan[]} fans */
function withCorners({ layers }, fans) {
  const above = /** @type {Map<Item, Item[]>} */ (new Map()), below = /** @type {Map<Item, Item[]>} */ (new Map()), corners = /** @type {[Item, Item][]} */ ([]);
  for (const { gate, turns, lines, ends, middle } of fans) {
    if (!turns) continue;
    const made = ends.map((_, i) => ({ id: lines[i].id, layer: gate.layer, isNode: false, corner: gate.id })), upper = made.slice(0, middle[0] + middle.length - 1), lower = made.slice(middle[0] + 1);
    above.set(gate, [...(above.get(gate) ?? []), ...upper]);
    below.set(gate, [...(below.get(gate) ?? []), ...lower]);
    corners.push(...[...upper, ...lower].map((corner) => /** @type {[Item, Item]} */ ([ends[made.indexOf(corner)], corner])));
  }
  return { layers: layers.map((layer) => layer.flatMap((item) => [...(above.get(item) ?? []), item, ...(below.get(item) ?? [])])), corners };
}
