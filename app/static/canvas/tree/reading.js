/**
 * A tree read for the canvas.
 *
 * @import { Drawing, DrawnFlow, DrawnNode, JsonObject, Kind, Note, Origin, Tree } from "./types.js"
 */
import { firstPlaces } from "../layout/first_places.js";
import { sidesOfAll } from "../layout/sides.js";
import { DECIDING, KINDS, toCanvas } from "./kinds.js";
import { linesApart } from "./lines_apart.js";
import { sidesBetween } from "./sides.js";

const DRAWN = new Set(["start_event", "end_event", "activities", "gateways", "flows", "line", "location", "notes"]);
const LINES = new Set(["incoming", "outgoing", "conditions", "default_condition"]);
const SIDES = new Set(["Top", "Right", "Bottom", "Left"]);

/** Of what was never read. @type {Origin} */
export const NOWHERE = { nodes: [], flows: [], line: null, location: null, ends: {}, places: {}, had_notes: false };

/**
 * Read a tree. Nodes without a place get one; lines between nodes that there are not cannot be drawn and are left out.
 * A line with the id of a node gets one of its own. The drawing shares nothing with the tree.
 * @param {Tree} whole
 * @returns {Drawing}
 */
export function readTree(whole) {
  const tree = linesApart(structuredClone(whole));
  const found = /** @type {JsonObject[]} */ ([tree.start_event, ...Object.values(tree.activities ?? {}), ...Object.values(tree.gateways ?? {}), tree.end_event].filter(Boolean));
  const places = new Map((tree.location ?? []).map((place) => [place.id, place]));
  const byId = new Map(found.map((n) => [n.id, n])), notes = notesOf(tree);
  const flows = inOrderOfTheirGateways(/** @type {JsonObject[]} */ (Object.values(tree.flows ?? {})).filter((f) => byId.has(f.source) && byId.has(f.target)), found);
  const invented = found.every((n) => places.has(n.id)) ? new Map() : inventedPlaces(found, flows, tree.start_event?.id);
  const nodes = found.map((node) => drawnNode(node, places.get(node.id) ?? null, invented.get(node.id)));
  const boxes = new Map(nodes.map((n) => [n.id, { id: n.id, kind: n.kind, x: n.x, y: n.y, width: KINDS[n.kind].width, height: KINDS[n.kind].height }]));
  const lines = new Map((tree.line ?? []).map((line) => [line.id, line]));
  const laidOut = places.size ? new Map() : sidesOfAll([...boxes.values()], /** @type {any} */ (flows));
  return {
    nodes,
    flows: flows.map((flow) => drawnFlow(flow, lines.get(flow.id) ?? null, byId.get(flow.source), laidOut.get(flow.id) ?? sidesBetween(/** @type {any} */ (boxes.get(flow.source)), /** @type {any} */ (boxes.get(flow.target))))),
    notes: notes ?? [],
    rest: Object.fromEntries(Object.entries(tree).filter(([key]) => !DRAWN.has(key) || (key === "notes" && !notes))),
    origin: { ...originOf(tree, found, nodes), had_notes: "notes" in tree && notes !== null },
  };
}

/**
 * The notes of a tree; null for a list of something else, which is none of the canvas's and stays as it is.
 * @param {Tree} tree
 * @returns {Note[] | null}
 */
export function notesOf({ notes = [], ...tree }) {
  const taken = new Set([tree.start_event?.id, tree.end_event?.id, ...[tree.activities, tree.gateways, tree.flows].flatMap((group) => Object.keys(group ?? {}))]);
  const isNew = (/** @type {string} */ id) => !taken.has(id) && Boolean(taken.add(id));
  return Array.isArray(notes) && notes.every((note) => typeof note?.id === "string" && typeof (note.text ?? "") === "string" && isNew(note.id)) ? notes : null;
}

/**
 * @param {JsonObject} node
 * @param {JsonObject | null} place
 * @param {{ x: number, y: number } | undefined} invented
 * @returns {DrawnNode}
 */
function drawnNode(node, place, invented) {
  const kind = kindOf(node), corner = place || !invented ? toCanvas(kind, { x: Number(place?.x) || 0, y: Number(place?.y) || 0 }) : invented;
  const own = Object.fromEntries(Object.entries(node).filter(([key]) => !LINES.has(key) || (key === "conditions" || key === "default_condition") && !DECIDING.has(kind)));
  return { id: node.id, kind, ...corner, node: own, place };
}

/** @param {JsonObject} node @returns {Kind} */
const kindOf = ({ type }) => (Object.hasOwn(KINDS, type) ? type : "ServiceActivity");

/** @param {JsonObject[]} nodes @param {JsonObject[]} flows @param {string | undefined} start */
function inventedPlaces(nodes, flows, start) {
  const deciding = new Set(nodes.filter((node) => DECIDING.has(node.type)).map(({ id }) => id));
  return firstPlaces(nodes.map((node) => ({ id: node.id, kind: kindOf(node) })), flows.map(({ id, source, target }) => ({ id, source, target, isWorded: deciding.has(source) })), start);
}

/**
 * @param {JsonObject} flow
 * @param {JsonObject | null} line
 * @param {JsonObject | undefined} source
 * @param {{ source: import("./types.js").Side, target: import("./types.js").Side }} chosen
 * @returns {DrawnFlow}
 */
function drawnFlow(flow, line, source, chosen) {
  const out = line?.source?.arrow, into = line?.target?.arrow;
  const fallback = source?.default_condition?.flow_id === flow.id ? source?.default_condition : null;
  const decides = source && DECIDING.has(source.type);
  return {
    id: flow.id, source: flow.source, target: flow.target,
    sides: { source: SIDES.has(out) ? out : chosen.source, target: SIDES.has(into) ? into : chosen.target },
    flow, line,
    condition: decides ? (source.conditions?.[flow.id] ?? null) : null,
    fallback: decides ? fallback : null,
  };
}

/**
 * The lines, those of one source in the order in which it names them: the order in which an exclusive gateway asks its branches.
 * @param {JsonObject[]} flows
 * @param {JsonObject[]} nodes
 */
function inOrderOfTheirGateways(flows, nodes) {
  const rank = new Map(nodes.flatMap((node) => asList(node.outgoing).map((id, i) => [id, i])));
  const left = /** @type {Map<string, JsonObject[]>} */ (new Map());
  for (const flow of flows) left.set(flow.source, [...(left.get(flow.source) ?? []), flow]);
  for (const own of left.values()) own.sort((a, b) => (rank.get(a.id) ?? 0) - (rank.get(b.id) ?? 0));
  return flows.map(({ source }) => /** @type {JsonObject} */ (left.get(source)?.shift()));
}

/**
 * @param {Tree} tree
 * @param {JsonObject[]} found
 * @param {DrawnNode[]} nodes
 * @returns {Omit<Origin, "had_notes">}
 */
function originOf(tree, found, nodes) {
  return {
    nodes: found.map((n) => n.id),
    flows: Object.keys(tree.flows ?? {}),
    line: tree.line ? tree.line.map((l) => l.id) : null,
    location: tree.location ? tree.location.map((l) => l.id) : null,
    ends: Object.fromEntries(found.map((n) => [n.id, { incoming: n.incoming, outgoing: n.outgoing, conditions: n.conditions ? Object.keys(n.conditions) : null }])),
    places: Object.fromEntries(nodes.map((n) => [n.id, { x: n.x, y: n.y }])),
  };
}

/** @param {any} value @returns {string[]} */
export function asList(value) {
  return Array.isArray(value) ? value : value ? [value] : [];
}
