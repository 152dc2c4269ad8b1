/**
 * The words that stand beside nodes and lines: names of gateways and chips of branches. It knows what is near them, and
 * has them drawn again when something comes to where they stand.
 *
 * @import { FlowElement, NodeElement, Point } from "./types.js"
 * @import { Area, Wall } from "./routing_field.js"
 * @import { Chip, Name } from "./routing_labels.js"
 * @import Layouter from "./layouter.js"
 */
import { DECIDING, KINDS } from "../tree/kinds.js";
import { t } from "../words.js";
import { FONTS, widthOf } from "./measuring.js";
import { Field, meet, wallOf } from "./routing_field.js";
import { areaOfChip, areaOfName, chipPlace, namePlace, pointAt, stretchesOf } from "./routing_labels.js";

/** How wide a chip and a name get, and what of a chip is no words. */
const CHIP = 140, NAME = 130, PADDING = 16;
/** How far from its line or gateway a label can stand. */
const REACH = 160;
/** How near a label may come to a node; the corners of a diamond's box are free. */
const CLEAR = 3, CORNER = -6;

export default class Labels {
  /** @param {any} eventBus @param {Layouter} layouter */
  constructor(eventBus, layouter) {
    this.bus = eventBus;
    this.layouter = layouter;
    /** The stretches of the lines on the canvas. */
    this.field = new Field();
    /** @type {Map<any, { points: Point[], first: Point, walls: Wall[] }>} */
    this.lines = new Map();
    /** The nodes that lines led from and to when that was last looked at. @type {Map<any, any[]>} */
    this.ends = new Map();
    /** Those that lost a line since. @type {Set<any>} */
    this.left = new Set();
    /** Where the label of an element was drawn. @type {Map<any, Area>} */
    this.drawn = new Map();
    /** Whether lines may lie elsewhere than when they were last looked at. */
    this.stale = false;
    eventBus.on(["commandStack.executed", "commandStack.reverted"], () => void (this.stale = true));
    /** While a tree is opened there are no labels yet: where they stand depends on all that is still to come. */
    this.opening = false;
    eventBus.on("diagram.clear", () => void (this.opening = true));
    eventBus.on("connection.added", (/** @type {any} */ { element }) => this.#added(element));
    eventBus.on("connection.removed", (/** @type {any} */ { element }) => this.#removed(element));
    eventBus.on(["shape.removed", "connection.removed"], (/** @type {any} */ { element }) => void this.drawn.delete(element));
    eventBus.on("tree.opened", () => this.#opened());
    eventBus.on("elements.changed", (/** @type {any} */ { elements }) => this.#drawAgain(this.#touchedBy(elements)));
  }

  /**
   * The chip of a line, null when it has none.
   * @param {FlowElement} line
   * @returns {(Chip & { words: string }) | null}
   */
  chipOf(line) {
    const words = chipWords(line);
    if (!words || this.opening) return null;
    this.nameOf(line.source);
    const standing = this.#namesNear(areaAround(line.waypoints));
    for (const other of line.source.outgoing) {
      if (other === line) break;
      const otherWords = chipWords(other);
      if (otherWords) standing.push(areaOfChip(this.#placeChip(other, otherWords, standing)));
    }
    const chip = this.#placeChip(line, words, standing);
    this.drawn.set(line, areaOfChip(chip));
    return { ...chip, words };
  }

  /**
   * Where the name of a gateway stands, null when it has none.
   * @param {NodeElement} gateway
   * @returns {Name | null}
   */
  nameOf(gateway) {
    const { name } = gateway.businessObject.node, area = wallOf(gateway, 0);
    if (!name || this.opening) return null;
    const width = Math.min(NAME, Math.ceil(widthOf(name, FONTS.small)) + 2);
    const place = namePlace(area, width, { lines: this.#linesNear(area, null), nodes: this.#nodesNear(area), words: [] });
    this.drawn.set(gateway, areaOfName(place));
    return place;
  }

  #opened() {
    this.opening = false;
    this.#drawAgain(this.layouter.shapes);
    this.#drawAgain([...this.lines.keys()]);
  }

  /** @param {FlowElement} line */
  #added(line) {
    this.ends.set(line, [line.source, line.target]);
    this.#take(line);
  }

  /** @param {FlowElement} line */
  #removed(line) {
    for (const end of this.ends.get(line) ?? []) this.left.add(end);
    this.ends.delete(line);
    this.#drop(line);
  }

  /** @param {FlowElement} line @param {string} words @param {Area[]} standing */
  #placeChip(line, words, standing) {
    const area = areaAround(line.waypoints);
    const width = Math.min(CHIP, Math.ceil(widthOf(words, FONTS.small)) + PADDING);
    const { condition, fallback } = line.businessObject, { loc } = condition ?? fallback ?? {};
    // What bk-sops writes there, such as -70, counts pixels of its own lines.
    if (typeof loc === "number" && loc > 0 && loc < 1) return { ...pointAt(line.waypoints, loc), width };
    return chipPlace(line.waypoints, width, { lines: this.#linesNear(area, line), nodes: this.#nodesNear(area), words: standing });
  }

  /** @param {Area} area @returns {Area[]} */
  #namesNear(area) {
    const near = grown(area, REACH);
    return [...this.drawn].flatMap(([element, label]) => (!element.waypoints && meet(label, near) ? [label] : []));
  }

  /** @param {Area} area @returns {Area[]} */
  #nodesNear(area) {
    return this.layouter.nodesNear(grown(area, REACH)).map((wall) => grown(wall, wall.right - wall.left <= KINDS.ExclusiveGateway.width ? CORNER : CLEAR));
  }

  /** @param {Area} area @param {FlowElement | null} except @returns {Area[]} */
  #linesNear(area, except) {
    if (this.stale) for (const [line, { points, first }] of [...this.lines]) {
      if (line.waypoints !== points || points[0].x !== first.x || points[0].y !== first.y) this.#take(line);
    }
    this.stale = false;
    const own = new Set(except ? this.lines.get(except)?.walls : []);
    return this.field.within(grown(area, REACH)).filter((wall) => !own.has(wall));
  }

  /** @param {FlowElement} line */
  #take(line) {
    this.#drop(line);
    const walls = stretchesOf(line.waypoints).map(({ left, top, right, bottom }) => this.field.add({ x: left, y: top, width: right - left, height: bottom - top }));
    this.lines.set(line, { points: line.waypoints, first: { ...line.waypoints[0] }, walls });
  }

  /** @param {FlowElement} line */
  #drop(line) {
    for (const wall of this.lines.get(line)?.walls ?? []) this.field.remove(wall);
    this.lines.delete(line);
  }

  /**
   * What has its label where something changed, or at a node whose lines changed.
   * @param {any[]} elements
   * @returns {Set<any>}
   */
  #touchedBy(elements) {
    const here = elements.filter((e) => e.parent), lines = here.filter((e) => e.waypoints), touched = this.left;
    const areas = here.flatMap((e) => (e.waypoints ? stretchesOf(e.waypoints) : e.width ? [wallOf(e, 0)] : []));
    for (const [element, label] of this.drawn) if (areas.some((area) => meet(area, label))) touched.add(element);
    for (const line of lines) {
      for (const end of [...(this.ends.get(line) ?? []), line.source, line.target]) touched.add(end);
      this.ends.set(line, [line.source, line.target]);
    }
    for (const node of [...touched]) for (const line of node.outgoing ?? []) touched.add(line);
    for (const element of elements) touched.delete(element);
    this.left = new Set();
    return touched;
  }

  /** @param {Iterable<any>} elements */
  #drawAgain(elements) {
    for (const element of elements) {
      if (element.parent && (element.waypoints ? chipWords(element) : isNamed(element))) this.bus.fire("element.changed", { element });
    }
  }
}
Labels.$inject = ["eventBus", "layouter"];

/**
 * What a chip says: the name of the condition, else the condition.
 * @param {FlowElement} line
 * @returns {string}
 */
export function chipWords({ businessObject: { condition, fallback }, source }) {
  if (!DECIDING.has(source?.businessObject?.kind)) return "";
  return condition?.name || condition?.evaluate || (fallback ? fallback.name || t("otherwise") : "");
}

/** @param {any} element */
function isNamed({ businessObject: { kind, node } }) {
  return KINDS[/** @type {keyof typeof KINDS} */ (kind)]?.shape === "diamond" && Boolean(node?.name);
}

/** @param {Area} area @param {number} by @returns {Area} */
function grown({ left, top, right, bottom }, by) {
  return { left: left - by, top: top - by, right: right + by, bottom: bottom + by };
}

/** @param {Point[]} points @returns {Area} */
function areaAround(points) {
  const xs = points.map((p) => p.x), ys = points.map((p) => p.y);
  return { left: Math.min(...xs), top: Math.min(...ys), right: Math.max(...xs), bottom: Math.max(...ys) };
}
