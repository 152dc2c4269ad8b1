/**
 * Shows the lines of nodes that are being dragged as they will be.
 *
 * @import { FlowElement, NodeElement, Sides } from "./types.js"
 * @import { Box } from "../tree/sides.js"
 * @import Layouter from "./layouter.js"
 * @import Renderer from "./renderer.js"
 */
import { append, attr, create, remove } from "tiny-svg";
import { DECIDING } from "../tree/kinds.js";
import { sidesBetween } from "../tree/sides.js";

/** How many lines are laid anew at every move of the pointer; of more, only those between dragged nodes are shown. */
const MOST = 60;

export default class DraggedLines {
  /** @param {any} eventBus @param {any} canvas @param {Layouter} layouter @param {Renderer} renderer */
  constructor(eventBus, canvas, layouter, renderer) {
    this.canvas = canvas;
    this.layouter = layouter;
    this.renderer = renderer;
    eventBus.on("shape.move.start", 500, (/** @type {any} */ { context }) => this.#begin(context));
    eventBus.on("shape.move.move", 300, (/** @type {any} */ { context, dx, dy }) => this.#moved(context.draggedLines, dx, dy));
    eventBus.on("shape.move.cleanup", (/** @type {any} */ { context }) => void (context.draggedLines && remove(context.draggedLines.group)));
  }

  /** @param {any} context */
  #begin(context) {
    const nodes = new Set(context.shapes.filter((/** @type {any} */ s) => s.businessObject?.node));
    const lines = [...new Set([...nodes].flatMap((n) => [...n.incoming, ...n.outgoing]))];
    if (!lines.length) return;
    const isWithin = (/** @type {FlowElement} */ line) => nodes.has(line.source) && nodes.has(line.target);
    const group = create("g"), along = create("g");
    attr(group, { class: "dragged-lines s-flow" });
    append(group, along);
    append(this.canvas.getActiveLayer(), group);
    for (const line of lines.filter(isWithin)) this.#draw(along).setAttribute("d", this.renderer.getConnectionPath(line));
    const outer = lines.filter((line) => !isWithin(line));
    const paths = (outer.length > MOST ? [] : outer).map((line) => ({ line, path: this.#draw(group) }));
    context.draggedLines = { nodes, group, along, paths };
  }

  /** @param {any} dragged @param {number} dx @param {number} dy */
  #moved(dragged, dx, dy) {
    if (!dragged) return;
    const { nodes, along, paths } = dragged;
    attr(along, { transform: `translate(${dx},${dy})` });
    const boxes = new Map([...nodes].map((node) => [node, { x: node.x + dx, y: node.y + dy, width: node.width, height: node.height }]));
    const lines = paths.map((/** @type {any} */ { line: { source, target, businessObject } }) => ({ source, target, sides: sidesAfter(source, target, businessObject.sides, boxes) }));
    this.layouter.layDragged(lines, boxes).forEach((waypoints, i) => paths[i].path.setAttribute("d", this.renderer.getConnectionPath({ waypoints })));
  }

  /** @param {any} group @returns {any} */
  #draw(group) {
    const path = create("path");
    attr(path, { class: "line", "marker-end": `url(#${this.renderer.tip})` });
    append(group, path);
    return path;
  }
}
DraggedLines.$inject = ["eventBus", "canvas", "layouter", "renderer"];

/**
 * The sides that a line will have once its node is dropped.
 * @param {NodeElement} source
 * @param {NodeElement} target
 * @param {Sides} sides
 * @param {Map<any, Box>} boxes
 * @returns {Sides}
 */
function sidesAfter(source, target, sides, boxes) {
  return DECIDING.has(source.businessObject.kind) ? sides : sidesBetween(boxes.get(source) ?? source, boxes.get(target) ?? target);
}
