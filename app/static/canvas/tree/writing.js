/**
 * What the canvas shows, written as a tree. What was not edited is written as it was read, in its order.
 *
 * @import { Drawing, DrawnFlow, DrawnNode, JsonObject, Origin, Tree } from "./types.js"
 */
import { DECIDING, isDependencies, KINDS, toTree } from "./kinds.js";
import { asList } from "./reading.js";

/**
 * Write a tree. It shares nothing with the drawing.
 * @param {Drawing} drawing its flows in the order in which their gateways are to ask them
 * @returns {Tree}
 */
export function writeTree(drawing) {
  const { origin } = drawing;
  const nodes = inOrder(drawing.nodes, origin.nodes);
  const flows = inOrder(drawing.flows, origin.flows);
  const ends = endsOf(drawing);
  const written = new Map(nodes.map((n) => [n.id, writtenNode(n, ends, drawing)]));
  const of = (/** @type {string} */ group) => Object.fromEntries(nodes.filter((n) => KINDS[n.kind].group === group).map((n) => [n.id, written.get(n.id)]));
  const event = (/** @type {string} */ kind) => written.get(nodes.find((n) => n.kind === kind)?.id ?? "");
  const tree = /** @type {Tree} */ (/** @type {unknown} */ ({
    ...drawing.rest,
    start_event: event("EmptyStartEvent"),
    end_event: event("EmptyEndEvent"),
    activities: of("activity"),
    gateways: of("gateway"),
    flows: Object.fromEntries(flows.map((f) => [f.id, writtenFlow(f)])),
  }));
  const lines = writtenLines(drawing), places = writtenPlaces(drawing);
  if (lines) tree.line = lines;
  if (places) tree.location = places;
  if (drawing.notes.length || origin.had_notes) tree.notes = drawing.notes;
  return structuredClone(tree);
}

/**
 * The lines into and out of each node, in their order.
 * @typedef {{ nodes: Set<string>, ins: Map<string, DrawnFlow[]>, outs: Map<string, DrawnFlow[]> }} Ends
 * @param {Drawing} drawing
 * @returns {Ends}
 */
function endsOf({ nodes, flows }) {
  const ins = new Map(nodes.map(({ id }) => [id, /** @type {DrawnFlow[]} */ ([])])), outs = new Map(nodes.map(({ id }) => [id, /** @type {DrawnFlow[]} */ ([])]));
  for (const flow of flows) {
    outs.get(flow.source)?.push(flow);
    ins.get(flow.target)?.push(flow);
  }
  return { nodes: new Set(outs.keys()), ins, outs };
}

/**
 * @param {DrawnNode} drawn
 * @param {Ends} ends
 * @param {Drawing} drawing
 */
function writtenNode(drawn, { nodes, ...ends }, { origin, rest }) {
  const ins = ends.ins.get(drawn.id) ?? [], outs = ends.outs.get(drawn.id) ?? [];
  const was = origin.ends[drawn.id];
  const node = { ...drawn.node };
  const splits = drawn.kind !== "ConvergeGateway" && KINDS[drawn.kind].group === "gateway", isStep = isDependencies(rest) && drawn.kind !== "EmptyStartEvent" && drawn.kind !== "EmptyEndEvent";
  node.incoming = endsAs(was?.incoming, ins.map((f) => f.id), isStep || drawn.kind === "EmptyEndEvent" && isDependencies(rest) ? "list" : "either");
  node.outgoing = endsAs(was?.outgoing, outs.map((f) => f.id), splits ? "ordered" : isStep || drawn.kind === "EmptyStartEvent" && isDependencies(rest) ? "list" : "either");
  if (DECIDING.has(drawn.kind)) decide(node, outs, was);
  if (node.converge_gateway_id && !nodes.has(node.converge_gateway_id)) delete node.converge_gateway_id;
  return node;
}

/**
 * Write the conditions, in their own old order as long as nobody moved a branch before another.
 * @param {JsonObject} node
 * @param {DrawnFlow[]} outs
 * @param {Origin["ends"][string] | undefined} was
 */
function decide(node, outs, was) {
  const asked = outs.filter((f) => f.condition);
  const moved = inOrder(outs, asList(was?.outgoing)).some((f, i) => f !== outs[i]);
  const ordered = moved ? asked : inOrder(asked, was?.conditions ?? []);
  if (asked.length || was?.conditions !== null) node.conditions = Object.fromEntries(ordered.map((f) => [f.id, f.condition]));
  const fallback = outs.find((f) => f.fallback);
  if (fallback) node.default_condition = { ...fallback.fallback, flow_id: fallback.id };
}

/** @param {DrawnFlow} drawn */
function writtenFlow(drawn) {
  return { ...drawn.flow, id: drawn.id, source: drawn.source, target: drawn.target };
}

/** @param {Drawing} drawing */
function writtenLines({ flows, origin }) {
  const known = new Set(origin.line ?? []), before = new Set(origin.flows);
  if (!origin.line && flows.every((f) => before.has(f.id) && !f.line)) return null;
  const all = flows.some((f) => !known.has(f.id) && !before.has(f.id));
  return inOrder(flows.filter((f) => f.line || all), origin.line ?? []).map((f) => {
    const end = (/** @type {"source" | "target"} */ which) => ({ ...f.line?.[which], id: f[which], arrow: f.sides[which] });
    return { ...f.line, id: f.id, source: end("source"), target: end("target") };
  });
}

/** @param {Drawing} drawing */
function writtenPlaces({ nodes, origin }) {
  const stays = (/** @type {DrawnNode} */ n) => n.x === origin.places[n.id]?.x && n.y === origin.places[n.id]?.y;
  const edited = nodes.some((n) => !stays(n));
  if (!origin.location && !edited) return null;
  return inOrder(nodes.filter((n) => n.place || edited), origin.location ?? []).map((n) => writtenPlace(n, stays(n)));
}

/**
 * @param {DrawnNode} drawn
 * @param {boolean} stays
 */
function writtenPlace(drawn, stays) {
  const { node, kind, place } = drawn;
  const names = KINDS[kind].group === "activity";
  const entry = /** @type {JsonObject} */ ({ id: drawn.id, type: KINDS[kind].type, ...place });
  if (!place || !stays) Object.assign(entry, toTree(kind, drawn));
  if (names && (!place || "name" in place)) entry.name = node.name ?? "";
  if (names && (!place || "stage_name" in place)) entry.stage_name = node.stage_name ?? "";
  return entry;
}

/**
 * Incoming or outgoing lines as they were written, when they are still the same ones: a text for one, a list for more.
 * @param {any} before
 * @param {string[]} now
 * @param {"either" | "list" | "ordered"} form whether one is a list too, and whether their order means something
 */
function endsAs(before, now, form) {
  const was = asList(before), same = was.length === now.length && was.every((id, i) => (form === "ordered" ? id === now[i] : now.includes(id)));
  if (before !== undefined && same) return before;
  const ordered = form === "ordered" ? now : [...was.filter((id) => now.includes(id)), ...now.filter((id) => !was.includes(id))];
  if (Array.isArray(before) || form !== "either" || ordered.length > 1) return ordered;
  return ordered[0] ?? "";
}

/**
 * Things in the order of the ids that were there before, new ones behind.
 * @template {{ id: string }} T
 * @param {T[]} things
 * @param {string[]} order
 */
function inOrder(things, order) {
  const rank = new Map(order.map((id, i) => [id, i]));
  return [...things].sort((a, b) => (rank.get(a.id) ?? order.length) - (rank.get(b.id) ?? order.length));
}
