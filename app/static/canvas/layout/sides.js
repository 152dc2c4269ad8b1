/**
 * The sides of all lines of a flow that was laid out: lines come in at the left and go out at the right; branches leave a
 * gateway at its top, right and bottom, and come so to where they meet. No side has both a line in and a line out.
 *
 * @import { Side } from "../tree/types.js"
 * @import { Line, Node } from "./graph.js"
 * @typedef {{ source: Side, target: Side }} Sides
 * @typedef {{ line: Pick<Line, "id" | "source" | "target">, from: Node, to: Node, rise: number, isBack: boolean, passesBy: boolean }} Seen
 */

/** A line that rises or falls by less leads straight on: there is no room for a turn out of a diamond's top. */
const LEVEL = 30;

/**
 * @param {Node[]} nodes where they are now
 * @param {Pick<Line, "id" | "source" | "target">[]} lines those out of a node in their order
 * @returns {Map<string, Sides>} by line
 */
export function sidesOfAll(nodes, lines) {
  const byId = new Map(nodes.map((n) => [n.id, n]));
  const seen = lines.map((line) => see(line, /** @type {Node} */ (byId.get(line.source)), /** @type {Node} */ (byId.get(line.target)), nodes));
  const outs = new Map(nodes.map(({ id }) => [id, seen.filter((s) => s.line.source === id)]));
  const sides = /** @type {Map<string, Sides>} */ (new Map()), used = new Used();
  const leaving = new Map([...outs.values()].flatMap((own) => (own.length > 1 && isSplit(own[0].from) ? fanned(own) : own.map((s) => /** @type {[Seen, Side]} */ ([s, "Right"])))));
  const give = (/** @type {Seen} */ { line }, /** @type {Sides} */ given) => {
    sides.set(line.id, given);
    used.out.add(`${line.source} ${given.source}`);
    used.into.add(`${line.target} ${given.target}`);
  };
  for (const s of seen.filter((s) => !s.isBack)) {
    const source = /** @type {Side} */ (leaving.get(s));
    give(s, { source, target: entering(s, source) });
  }
  for (const s of seen.filter((s) => s.isBack)) give(s, backwards(s, used, leaving.get(s)));
  return sides;
}

/**
 * The sides of one line by itself.
 * @param {Omit<Node, "id">} source
 * @param {Omit<Node, "id">} target
 * @returns {Sides}
 */
export function sidesAfterLayout(source, target) {
  const line = { id: "line", source: "source", target: "target" };
  const seen = see(line, { ...source, id: line.source }, { ...target, id: line.target }, []);
  if (seen.isBack) return backwards(seen, new Used());
  const leaves = isSplit(source) && !isLevel(seen) ? (seen.rise < 0 ? "Top" : "Bottom") : "Right";
  return { source: leaves, target: entering(seen, leaves) };
}

/** Which sides of nodes have lines out and lines in. */
class Used {
  constructor() {
    /** @type {Set<string>} */
    this.out = new Set();
    /** @type {Set<string>} */
    this.into = new Set();
  }
}

/** @param {Seen["line"]} line @param {Node} from @param {Node} to @param {Node[]} nodes @returns {Seen} */
function see(line, from, to, nodes) {
  const y = middle(from), rise = middle(to) - y, isBack = to.x < from.x + from.width;
  const left = from.x + from.width, right = to.x, between = (/** @type {Node} */ n) => n.x < right && n.x + n.width > left && n.y < y && n.y + n.height > y;
  return { line, from, to, rise, isBack, passesBy: !isBack && isLevel({ rise }) && nodes.some((n) => n !== from && n !== to && between(n)) };
}

/** @param {Node} node */
const middle = ({ y, height }) => y + height / 2;

/** @param {Pick<Seen, "rise">} seen */
const isLevel = ({ rise }) => Math.abs(rise) < LEVEL;

/** @param {Pick<Node, "kind">} node */
const isSplit = ({ kind }) => kind.endsWith("Gateway") && kind !== "ConvergeGateway";

/** @param {Pick<Node, "kind">} node */
const meets = ({ kind }) => kind === "ConvergeGateway" || kind === "EmptyEndEvent";

/**
 * The branches of a gateway over three of its sides, from top to bottom; of more than three the outer ones share one.
 * @param {Seen[]} outs
 * @returns {[Seen, Side][]}
 */
function fanned(outs) {
  const onward = outs.filter((s) => !s.isBack && !s.passesBy), byRise = [...onward].sort((a, b) => a.rise - b.rise);
  const last = outs.findLastIndex((s) => onward.includes(s));
  const above = outs.filter((s, i) => s.passesBy && i < last), below = outs.filter((s, i) => s.passesBy && i > last), back = outs.filter((s) => s.isBack);
  const all = [...above, ...byRise, ...below, ...back], right = rightOne(all);
  return all.map((s, i) => [s, i < right ? "Top" : i === right ? "Right" : "Bottom"]);
}

/**
 * Which of the branches, from top to bottom, leaves at the right; with a fraction none does. Two that part evenly, and four
 * or more of which none goes straight on, use top and bottom only.
 * @param {Seen[]} all
 */
function rightOne(all) {
  const straight = all.findIndex((s) => !s.isBack && !s.passesBy && isLevel(s));
  if (straight >= 0) return straight;
  const upwards = all.filter((s) => !s.isBack && !s.passesBy && s.rise < 0).length, downwards = all.length - upwards;
  if (all.length === 3) return 1;
  if (!upwards || !downwards) return upwards ? all.length - 1 : 0;
  return upwards - 0.5;
}

/** @param {Seen} seen @param {Side} source @returns {Side} */
function entering({ to, rise, passesBy }, source) {
  if (passesBy && source !== "Right") return isSplit(to) ? "Left" : source;
  if (source !== "Right" || !meets(to)) return "Left";
  return isLevel({ rise }) ? "Left" : rise < 0 ? "Bottom" : "Top";
}

/**
 * A line back goes below what lies between, or above it where lines of the other kind are in the way.
 * @param {Seen} seen
 * @param {Used} used
 * @param {Side} [fanned] where its gateway would like it to leave
 * @returns {Sides}
 */
function backwards({ line }, used, fanned) {
  const isFree = (/** @type {Sides} */ { source, target }) => !(line.source === line.target && source === target) && !used.into.has(`${line.source} ${source}`) && !used.out.has(`${line.target} ${target}`);
  const ways = /** @type {Sides[]} */ (["Bottom", "Top"].flatMap((source) => [{ source, target: source }, { source, target: "Left" }]));
  const liked = ways.filter((way) => way.source === fanned), others = ways.filter((way) => way.source !== fanned);
  return [...liked, ...others].find(isFree) ?? { source: "Right", target: "Left" };
}
