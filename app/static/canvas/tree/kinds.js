/**
 * The kinds of nodes: how they are called in a tree, how they are drawn.
 *
 * bk-sops draws tasks 154 × 54 and gateways 34 × 34 on a grid of 10 and keeps their top left corner. We draw a little
 * larger about the same centre, moved by 3, so that every centre of its grid lies on ours.
 *
 * @import { Kind } from "./types.js"
 * @typedef {{ type: string, shape: "box" | "diamond" | "circle", width: number, height: number, theirs: [number, number], group: "event" | "activity" | "gateway" }} Look
 */

const TASK = { shape: /** @type {const} */ ("box"), width: 168, height: 56, theirs: /** @type {[number, number]} */ ([154, 54]), group: /** @type {const} */ ("activity") };
const GATEWAY = { shape: /** @type {const} */ ("diamond"), width: 40, height: 40, theirs: /** @type {[number, number]} */ ([34, 34]), group: /** @type {const} */ ("gateway") };
const EVENT = { shape: /** @type {const} */ ("circle"), width: 36, height: 36, theirs: /** @type {[number, number]} */ ([34, 34]), group: /** @type {const} */ ("event") };

/** @type {Record<Kind, Look>} `type` is the word for it in `location`. */
export const KINDS = {
  EmptyStartEvent: { type: "startpoint", ...EVENT },
  EmptyEndEvent: { type: "endpoint", ...EVENT },
  ServiceActivity: { type: "tasknode", ...TASK },
  SubProcess: { type: "subflow", ...TASK },
  ExclusiveGateway: { type: "branchgateway", ...GATEWAY },
  ParallelGateway: { type: "parallelgateway", ...GATEWAY },
  ConditionalParallelGateway: { type: "conditionalparallelgateway", ...GATEWAY },
  ConvergeGateway: { type: "convergegateway", ...GATEWAY },
};

/** The gateways that decide by the conditions of their lines. */
export const DECIDING = new Set(/** @type {Kind[]} */ (["ExclusiveGateway", "ConditionalParallelGateway"]));

/**
 * Whether a tree is a graph of steps, each of which waits for all lines in and leaves by all lines out; there are no gateways.
 * @param {import("./types.js").JsonObject | undefined} rest a tree, or what is no node or line of it
 */
export const isDependencies = (rest) => rest?.kind === "dependencies";

const MOVED = 3;

/**
 * The corner on our canvas of a node whose corner in the tree is x, y.
 * @param {Kind} kind
 * @param {{ x: number, y: number }} place
 */
export function toCanvas(kind, { x, y }) {
  const { width, height, theirs } = KINDS[kind];
  return { x: x + theirs[0] / 2 + MOVED - width / 2, y: y + theirs[1] / 2 + MOVED - height / 2 };
}

/**
 * The corner in the tree of a node whose corner on our canvas is x, y.
 * @param {Kind} kind
 * @param {{ x: number, y: number }} corner
 */
export function toTree(kind, { x, y }) {
  const { width, height, theirs } = KINDS[kind];
  return { x: x + width / 2 - MOVED - theirs[0] / 2, y: y + height / 2 - MOVED - theirs[1] / 2 };
}
