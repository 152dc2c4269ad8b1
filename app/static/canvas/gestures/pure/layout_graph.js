/**
 * A flow as elkjs wants it, and what its answer means for the flow: places on the grid, and the sides of lines.
 *
 * @import { Kind, Side } from "../../tree/types.js"
 * @typedef {{ x: number, y: number }} Point
 * @typedef {{ id: string, kind: Kind, x: number, y: number, width: number, height: number }} Node
 * @typedef {Omit<Node, "id">} Shaped
 * @typedef {{ id: string, source: string, target: string, label: number }} Line `label` is the width of its chip, 0 for none
 */
import { onGrid } from "./free_place.js";

const OPTIONS = {
  "elk.algorithm": "layered", "elk.direction": "RIGHT", "elk.edgeRouting": "ORTHOGONAL",
  "elk.spacing.nodeNode": "40", "elk.layered.spacing.nodeNodeBetweenLayers": "60", "elk.spacing.edgeNode": "20",
  "elk.layered.spacing.edgeNodeBetweenLayers": "20", "elk.spacing.componentComponent": "60",
  "elk.layered.considerModelOrder.strategy": "NODES_AND_EDGES", "elk.layered.crossingMinimization.forceNodeModelOrder": "false",
  "elk.layered.nodePlacement.strategy": "BRANDES_KOEPF", "elk.layered.nodePlacement.favorStraightEdges": "true",
  "elk.layered.nodePlacement.bk.fixedAlignment": "BALANCED", "elk.layered.cycleBreaking.strategy": "DEPTH_FIRST",
  "elk.layered.thoroughness": "20",
};

/**
 * Lines enter a node at its left and leave it at its right; each has a port of its own, so branches keep their order.
 * @param {Node[]} nodes in the order of the flow
 * @param {Line[]} lines
 */
export function layoutGraph(nodes, lines) {
  const port = (/** @type {string} */ id, /** @type {"WEST" | "EAST"} */ side) => ({ id, width: 0, height: 0, layoutOptions: { "elk.port.side": side } });
  return {
    id: "flow", layoutOptions: OPTIONS,
    children: nodes.map(({ id, kind, width, height }) => ({
      id, width, height, ports: [port(`${id} in`, "WEST"), port(`${id} out`, "EAST")],
      layoutOptions: { "elk.portConstraints": "FIXED_SIDE", "elk.portAlignment.default": "CENTER", ...layerOf(kind) },
    })),
    edges: lines.filter((l) => l.source !== l.target).map(({ id, source, target, label }) => ({
      id, sources: [`${source} out`], targets: [`${target} in`],
      ...(label ? { labels: [{ text: "x", width: label, height: 20 }], layoutOptions: { "elk.edgeLabels.inline": "true" } } : {}),
    })),
  };
}

/** @param {Kind} kind */
function layerOf(kind) {
  if (kind === "EmptyStartEvent") return { "elk.layered.layering.layerConstraint": "FIRST" };
  if (kind === "EmptyEndEvent") return { "elk.layered.layering.layerConstraint": "LAST" };
  return {};
}

/**
 * Where the nodes go by elk's answer: on the grid, with the first node where it was.
 * @param {Node[]} nodes
 * @param {{ id: string, x: number, y: number }[]} answer the corners of the nodes
 * @returns {Map<string, Point>} corners
 */
export function placesOf(nodes, answer) {
  const laid = new Map(answer.map((n) => [n.id, n])), [first] = nodes;
  const middle = (/** @type {Node} */ n, /** @type {Point} */ at) => ({ x: at.x + n.width / 2, y: at.y + n.height / 2 });
  const from = middle(first, laid.get(first.id) ?? first), to = middle(first, first);
  return new Map(nodes.map((n) => {
    const at = middle(n, laid.get(n.id) ?? n);
    const x = onGrid(to.x) + onGrid(at.x - from.x), y = onGrid(to.y) + onGrid(at.y - from.y);
    return [n.id, { x: x - n.width / 2, y: y - n.height / 2 }];
  }));
}

/**
 * The sides of a line that make it plain to read: across, out of and into a diamond up or down where the branches part
 * and meet, so too into the end, and around below where it goes back.
 * @param {Shaped} source
 * @param {Shaped} target
 * @returns {{ source: Side, target: Side }}
 */
export function sidesAfterLayout(source, target) {
  const rise = target.y + target.height / 2 - source.y - source.height / 2;
  if (target.x < source.x + source.width) return { source: "Bottom", target: "Bottom" };
  const isUpOrDown = Math.abs(rise) > (source.height + target.height) / 2;
  const parts = isUpOrDown && isDiamond(source), meets = isUpOrDown && hasCorners(target) && !parts;
  return { source: parts ? (rise < 0 ? "Top" : "Bottom") : "Right", target: meets ? (rise < 0 ? "Bottom" : "Top") : "Left" };
}

/** @param {Shaped} node */
const isDiamond = ({ kind }) => kind.endsWith("Gateway");

/** @param {Shaped} node */
const hasCorners = (node) => isDiamond(node) || node.kind === "EmptyEndEvent";

/**
 * How far a note goes: as far as the node that is nearest to it.
 * @param {{ x: number, y: number, width: number, height: number }} note
 * @param {Node[]} nodes
 * @param {Map<string, Point>} places
 * @returns {Point} the way
 */
export function wayOfNote(note, nodes, places) {
  const distance = (/** @type {Node} */ n) => Math.hypot(n.x + n.width / 2 - note.x - note.width / 2, n.y + n.height / 2 - note.y - note.height / 2);
  const nearest = nodes.reduce((a, b) => (distance(b) < distance(a) ? b : a));
  const to = places.get(nearest.id) ?? nearest;
  return { x: onGrid(to.x - nearest.x), y: onGrid(to.y - nearest.y) };
}
