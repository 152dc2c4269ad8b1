/**
 * Lays lines by the sides that they stand for, around the nodes of the canvas and beside one another. diagram-js asks it
 * for one line whenever an end of it moves; `rerouting.js` and whoever opens a tree ask it for all.
 *
 * @import { FlowElement, Point, Sides } from "./types.js"
 * @import { Box } from "../tree/sides.js"
 * @import { Area, Wall } from "./routing_field.js"
 * @import { Scene } from "./routing_scene.js"
 * @typedef {{ source: Wall, target: Wall, sides: any, points: Point[], scene: Scene }} Laid a line as it is without the others, and what it went by
 */
import BaseLayouter from "diagram-js/lib/layout/BaseLayouter.js";
import { sidesBetween } from "../tree/sides.js";
import { routed } from "./routing.js";
import { putApart } from "./routing_apart.js";
import { Field, MARGIN, meet, wallOf } from "./routing_field.js";

export default class Layouter extends BaseLayouter {
  /** @param {any} eventBus */
  constructor(eventBus) {
    super();
    this.field = new Field();
    /** @type {Map<any, Wall>} */
    this.walls = new Map();
    /** @type {Set<any>} */
    this.shapes = new Set();
    /** @type {Map<any, Laid>} */
    this.laid = new Map();
    this.stale = false;
    /** @type {{ own: Laid[], ways: Map<FlowElement, Point[]> }} */
    this.last = { own: [], ways: new Map() };
    eventBus.on("shape.added", (/** @type {any} */ { element }) => this.#watch(element));
    eventBus.on("shape.removed", (/** @type {any} */ { element }) => this.#unwatch(element));
    eventBus.on("connection.removed", (/** @type {any} */ { element }) => void this.laid.delete(element));
    eventBus.on(["commandStack.executed", "commandStack.reverted"], () => void (this.stale = true));
  }

  /**
   * One line, as it is when no other is near it.
   * @param {any} connection
   * @param {any} [hints]
   * @returns {any[]}
   */
  layoutConnection(connection, hints = {}) {
    this.#catchUp();
    const source = hints.source ?? connection.source, target = hints.target ?? connection.target;
    const sides = connection.businessObject?.sides ?? sidesBetween(source, target);
    return routed(source, target, sides, this.field).points.map((p) => ({ ...p }));
  }

  /**
   * All lines of the canvas, put apart where they would lie on one another. What it returns is not to be changed: whoever
   * gives it to lines copies it, for diagram-js moves their points in place.
   * @param {FlowElement[]} connections
   * @returns {Map<FlowElement, Point[]>}
   */
  layAll(connections) {
    this.#catchUp();
    const own = connections.map((connection) => this.#own(connection));
    if (own.length === this.last.own.length && own.every((laid, i) => laid === this.last.own[i])) return this.last.ways;
    const lines = connections.map(({ id, source, target }, i) => ({
      id, from: `${source.id} ${own[i].sides.source}`, into: `${target.id} ${own[i].sides.target}`, points: own[i].points.map((p) => ({ ...p })), scene: own[i].scene }));
    putApart(lines);
    this.last = { own, ways: new Map(connections.map((connection, i) => [connection, lines[i].points])) };
    return this.last.ways;
  }

  /**
   * Lines while some nodes are dragged.
   * @param {{ source: any, target: any, sides: Sides }[]} lines
   * @param {Map<any, Box>} dragged where those nodes would be
   * @returns {Point[][]}
   */
  layDragged(lines, dragged) {
    this.#catchUp();
    const away = new Set([...dragged.keys()].map((shape) => this.walls.get(shape)));
    const moved = [...dragged.values()].map((box) => wallOf(box, MARGIN));
    const field = { within: (/** @type {Area} */ area) => [...this.field.within(area).filter((w) => !away.has(w)), ...moved.filter((w) => meet(w, area))] };
    return lines.map(({ source, target, sides }) => routed(dragged.get(source) ?? source, dragged.get(target) ?? target, sides, field).points);
  }

  /** @param {Area} area @returns {Wall[]} the nodes in an area */
  nodesNear(area) {
    this.#catchUp();
    return this.field.within(area);
  }

  /** A line without the others; remembered until something near it changes. @param {FlowElement} connection @returns {Laid} */
  #own(connection) {
    const { source, target, businessObject: { sides } } = connection;
    const known = this.laid.get(connection);
    if (known && known.sides === sides && isAt(known.source, source) && isAt(known.target, target)) return known;
    const laid = { source: wallOf(source, MARGIN), target: wallOf(target, MARGIN), sides, ...routed(source, target, sides, this.field) };
    this.laid.set(connection, laid);
    return laid;
  }

  /** @param {any} shape */
  #watch(shape) {
    if (!shape.businessObject?.node || shape.labelTarget) return;
    this.shapes.add(shape);
    this.stale = true;
  }

  /** @param {any} shape */
  #unwatch(shape) {
    if (this.shapes.delete(shape)) this.stale = true;
  }

  /** Commands move shapes without a word until they are done, so where they are is looked at when it matters. */
  #catchUp() {
    if (!this.stale) return;
    this.stale = false;
    const changed = /** @type {Wall[]} */ ([]);
    for (const [shape, wall] of this.walls) if (!this.shapes.has(shape) || !isAt(wall, shape)) {
      this.field.remove(wall);
      this.walls.delete(shape);
      changed.push(wall);
    }
    for (const shape of this.shapes) if (!this.walls.has(shape)) {
      const wall = this.field.add(shape);
      this.walls.set(shape, wall);
      changed.push(wall);
    }
    for (const [connection, { scene }] of this.laid) if (changed.some((wall) => meet(wall, scene.area))) this.laid.delete(connection);
  }
}
Layouter.$inject = ["eventBus"];

/** @param {Wall} wall @param {Box} box */
function isAt(wall, { x, y, width, height }) {
  return wall.left === x && wall.top === y && wall.right === x + width && wall.bottom === y + height;
}
