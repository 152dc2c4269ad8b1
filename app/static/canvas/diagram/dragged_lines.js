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
import { turned } from "./facing.js";

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
    const sides = sidesAfter(paths.map((/** @type {any} */ { line }) => line), boxes);
    const lines = paths.map((/** @type {any} */ { line: { id, source, target, businessObject } }) => ({ source, target, sides: sides.get(id) ?? businessObject.sides }));
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
 * The sides of those lines that will turn once their nodes are dropped.
 * @param {FlowElement[]} lines
 * @param {Map<any, Box>} boxes
 * @returns {Map<string, Sides>}
 */
function sidesAfter(lines, boxes) {
  const near = new Set(lines.flatMap(({ source, target }) => [source, target].flatMap((node) => [...node.incoming, ...node.outgoing])));
  const there = (/** @type {NodeElement} */ node) => ({ ...(boxes.get(node) ?? { x: node.x, y: node.y, width: node.width, height: node.height }), id: node.id });
  const asLine = (/** @type {FlowElement} */ { id, source, target, businessObject: { sides } }) => ({ id, source: there(source), target: there(target), sides });
  const mayTurn = lines.filter(({ source }) => !DECIDING.has(source.businessObject.kind));
  return turned(mayTurn.map(asLine), [...near].filter((line) => !mayTurn.includes(line)).map(asLine));
}
