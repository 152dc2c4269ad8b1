/**
 * Draws nodes, lines and notes. Colours and widths are the style sheet's; here are only shapes, texts and classes.
 *
 * @import { Kind } from "../tree/types.js"
 * @import { FlowElement, NodeElement, Point } from "./types.js"
 * @import { Chip, Name } from "./routing_labels.js"
 * @import Labels from "./labels.js"
 */
import BaseRenderer from "diagram-js/lib/draw/BaseRenderer.js";
import { create, innerSVG } from "tiny-svg";
import { KINDS } from "../tree/kinds.js";
import { t } from "../words.js";
import { ICONS } from "./icons.js";
import { FONTS, fit } from "./measuring.js";
import { FIRST_LINE, LINE_HEIGHT, seenLines } from "./note_text.js";
import { commonLength, pointAfter } from "./routing_labels.js";

const SVG = "http://www.w3.org/2000/svg";
const RADIUS = 6;
/** How high a chip is, and how far its words stay away from its ends. */
const CHIP = 20, PADDING = 8;

/** What stands in a gateway, as BPMN has it; a converge joins. @type {Record<string, string>} */
const SIGNS = {
  ExclusiveGateway: "M14,14 L26,26 M26,14 L14,26",
  ParallelGateway: "M20,11.5 V28.5 M11.5,20 H28.5",
  ConditionalParallelGateway: "M20,12.5 a7.5,7.5 0 1 0 0.01,0 z",
  ConvergeGateway: "M12,14.5 L19,20 L12,25.5 M19,20 H28.5 M25,16.5 L28.5,20 L25,23.5",
};

export default class Renderer extends BaseRenderer {
  /** @param {any} eventBus @param {any} canvas @param {any} catalogue @param {Labels} labels */
  constructor(eventBus, canvas, catalogue, labels) {
    super(eventBus, 1500);
    this.canvas = canvas;
    this.catalogue = catalogue;
    this.labels = labels;
    this.tip = `tip-${Math.random().toString(36).slice(2)}`;
    eventBus.on("diagram.init", () => this.#define());
  }

  /** @param {any} element @returns {any} */
  canRender(element) {
    return element.businessObject?.kind && element.businessObject.kind !== "Root";
  }

  /** @param {SVGElement} parent @param {any} shape @returns {any} */
  drawShape(parent, shape) {
    const { kind } = shape.businessObject;
    const group = svg("g", { class: `s-node s-${kind}` }, parent);
    if (kind === "Note") return drawNote(group, shape);
    const { shape: form } = KINDS[/** @type {keyof typeof KINDS} */ (kind)];
    if (form === "box") this.#drawTask(group, shape);
    else if (form === "diamond") drawGateway(group, shape, this.labels.nameOf(shape));
    else drawEvent(group, shape);
    return group;
  }

  /** @param {SVGElement} parent @param {any} connection @returns {any} */
  drawConnection(parent, connection) {
    const group = svg("g", { class: "s-flow" }, parent);
    const path = svg("path", { class: "line", d: pathOf(connection.waypoints) }, group);
    path.style.markerEnd = `url(#${this.tip})`;
    if (connection.businessObject.fallback) drawSlash(group, rootOf(connection));
    drawChip(group, connection, this.labels.chipOf(connection));
    return path;
  }

  /** @param {any} shape @returns {any} */
  getShapePath(shape) {
    const { x, y, width: w, height: h } = shape;
    const form = KINDS[/** @type {keyof typeof KINDS} */ (shape.businessObject?.kind)]?.shape;
    if (form === "diamond") return `M${x + w / 2},${y} L${x + w},${y + h / 2} L${x + w / 2},${y + h} L${x},${y + h / 2} z`;
    if (form === "circle") return `M${x + w / 2},${y} a${w / 2},${h / 2} 0 1 1 -0.01,0 z`;
    return `M${x},${y} h${w} v${h} h${-w} z`;
  }

  /** @param {any} connection @returns {any} */
  getConnectionPath(connection) {
    return pathOf(connection.waypoints);
  }

  /** @param {SVGElement} group @param {NodeElement} shape */
  #drawTask(group, { width, height, businessObject: { kind, node } }) {
    if (node.optional) group.classList.add("optional");
    const plugin = kind === "SubProcess" ? null : this.catalogue.find(node.component?.code, node.component?.version);
    const icon = kind === "SubProcess" ? "sitemap" : (plugin?.icon || "puzzle");
    group.append(frameOf(kind, icon, width, height).cloneNode(true));
    const second = node.stage_name || (kind === "SubProcess" ? t("Subprocess") : plugin?.name || node.component?.code || t("Choose what it does"));
    const marks = marksOf(node);
    text(group, "name", 52, 25, fit(node.name || t("Unnamed"), width - 62, FONTS.name), node.name ? "" : "unnamed");
    text(group, "second", 52, 42, fit(second, width - 62 - marks.length * 14, FONTS.small));
    marks.forEach(({ sign, title }, i) => mark(group, width - 14 - i * 14, 42, sign, title));
    title(group, [node.name, plugin?.name ?? node.component?.code, node.stage_name].filter(Boolean).join("\n"));
  }

  #define() {
    const defs = svg("defs", {}, /** @type {any} */ (this.canvas)._svg);
    const marker = svg("marker", { id: this.tip, viewBox: "0 0 8 8", refX: 7, refY: 4, markerWidth: 8, markerHeight: 8, markerUnits: "userSpaceOnUse", orient: "auto" }, defs);
    svg("path", { class: "s-tip", d: "M0,0.5 L7.5,4 L0,7.5 z" }, marker);
  }
}
Renderer.$inject = ["eventBus", "canvas", "catalogue", "labels"];

/** Where the sign that opens a subprocess in place stands: on its lower edge. */
export const OPENER = { x: KINDS.SubProcess.width - 24, y: KINDS.SubProcess.height, radius: 8 };

/** @param {DocumentFragment} group */
function drawOpener(group) {
  const { x, y, radius } = OPENER, opener = svg("g", { class: "opener", transform: `translate(${x},${y})` }, group);
  svg("circle", { r: radius }, opener);
  svg("path", { d: "M-3.5,0 H3.5 M0,-3.5 V3.5" }, opener);
}

/** What tasks of a look have in common. @type {Map<string, DocumentFragment>} */
const frames = new Map();

/**
 * The frame of a task with its icon, to copy.
 * @param {Kind} kind
 * @param {string} icon
 * @param {number} width
 * @param {number} height
 */
function frameOf(kind, icon, width, height) {
  const look = [kind, icon, width, height].join(" "), known = frames.get(look);
  if (known) return known;
  const made = document.createDocumentFragment();
  svg("rect", { class: "box", width, height, rx: 10 }, made);
  if (kind === "SubProcess") svg("rect", { class: "box inner", x: 3.5, y: 3.5, width: width - 7, height: height - 7, rx: 7 }, made);
  svg("rect", { class: "tile", x: 11, y: 12, width: 32, height: 32, rx: 8 }, made);
  drawGlyph(made, icon);
  if (kind === "SubProcess") drawOpener(made);
  frames.set(look, made);
  return made;
}

const GLYPH = { class: "glyph", transform: "translate(17,18) scale(0.8333)" };

/** An icon; of strokes alone it is one path. @param {DocumentFragment} parent @param {string} icon */
function drawGlyph(parent, icon) {
  const read = create("g");
  innerSVG(read, ICONS[icon] ?? ICONS.puzzle);
  const parts = [...read.children].filter((part) => part.getAttribute("stroke") !== "none");
  const strokes = parts.map((part) => (part.tagName === "path" && part.attributes.length === 1 && part.getAttribute("d")) || "");
  if (strokes.every((d) => d.startsWith("M"))) svg("path", { ...GLYPH, d: strokes.join(" ") }, parent);
  else svg("g", GLYPH, parent).append(...parts);
}

/** The small signs on a task: what happens when it fails. @param {any} node */
function marksOf(node) {
  const marks = [];
  if (node.auto_retry?.enable) marks.push({ sign: "↻", title: t("Tries again by itself, up to {times} times", { times: node.auto_retry.times }) });
  if (node.timeout_config?.enable) marks.push({ sign: "◷", title: t("Given up after {seconds} s", { seconds: node.timeout_config.seconds }) });
  if (node.error_ignorable) marks.push({ sign: "⤼", title: t("A failure is ignored") });
  return marks;
}

/** @param {SVGElement} group @param {NodeElement} shape @param {Name | null} name where its name stands */
function drawGateway(group, { x, y, width, height, businessObject: { kind, node } }, name) {
  svg("polygon", { class: "box", points: `${width / 2},0 ${width},${height / 2} ${width / 2},${height} 0,${height / 2}` }, group);
  svg("path", { class: "sign", d: SIGNS[kind] }, group);
  if (name) text(group, "under", name.x - x, name.y - y, fit(node.name, name.width, FONTS.small), name.at);
  title(group, node.name);
}

/** @param {SVGElement} group @param {NodeElement} shape */
function drawEvent(group, { width, businessObject: { kind } }) {
  const middle = width / 2;
  svg("circle", { class: "box", cx: middle, cy: middle, r: middle - 1 }, group);
  if (kind === "EmptyStartEvent") svg("path", { class: "sign full", d: `M${middle - 4},${middle - 6.5} L${middle + 7},${middle} L${middle - 4},${middle + 6.5} z` }, group);
  else svg("rect", { class: "sign full", x: middle - 5.5, y: middle - 5.5, width: 11, height: 11, rx: 2 }, group);
  title(group, kind === "EmptyStartEvent" ? t("Start") : t("End"));
}

/** @param {SVGElement} group @param {any} shape */
function drawNote(group, { width, height, businessObject: { note } }) {
  svg("path", { class: "box", d: `M0,0 H${width - 14} L${width},14 V${height} H0 z` }, group);
  svg("path", { class: "fold", d: `M${width - 14},0 V14 H${width}` }, group);
  seenLines(note.text || t("Write a note"), width, height).forEach((line, i) => text(group, "words", FIRST_LINE.x, FIRST_LINE.y + i * LINE_HEIGHT, line));
  title(group, note.text);
  return group;
}

/** How far from its root the stroke of a default branch stands. */
const FROM_ROOT = 9;

/** @param {SVGElement} group @param {Point} at */
function drawSlash(group, { x, y }) {
  svg("path", { class: "slash", d: `M${x - 4},${y + 5} L${x + 4},${y - 5}` }, group);
}

/** Near where a line begins to be by itself: other branches may leave the same side and share its first stretch. @param {FlowElement} line */
function rootOf(line) {
  const shared = line.source.outgoing.filter((/** @type {FlowElement} */ other) => other !== line).map((/** @type {FlowElement} */ other) => commonLength(line.waypoints, other.waypoints));
  return pointAfter(line.waypoints, Math.max(0, ...shared) + FROM_ROOT);
}

/** @param {SVGElement} group @param {FlowElement} connection @param {(Chip & { words: string }) | null} place */
function drawChip(group, { businessObject: { condition, fallback } }, place) {
  if (!place) return;
  const { x, y, width, words } = place;
  const chip = svg("g", { class: `chip${fallback ? " fallback" : ""}`, transform: `translate(${x - width / 2},${y - CHIP / 2})` }, group);
  svg("rect", { width, height: CHIP, rx: CHIP / 2 }, chip);
  text(chip, "words", width / 2, 14, fit(words, width - 2 * PADDING, FONTS.small));
  title(chip, [condition?.name, condition?.evaluate].filter(Boolean).join("\n") || words);
}

/** @param {Point[]} points */
function pathOf(points) {
  const parts = [`M${points[0].x},${points[0].y}`];
  for (let i = 1; i < points.length - 1; i++) {
    const [a, p, b] = [points[i - 1], points[i], points[i + 1]];
    const into = Math.min(RADIUS, distance(a, p) / 2), out = Math.min(RADIUS, distance(p, b) / 2);
    const from = towards(p, a, into), to = towards(p, b, out);
    parts.push(`L${from.x},${from.y} Q${p.x},${p.y} ${to.x},${to.y}`);
  }
  const last = points[points.length - 1];
  parts.push(`L${last.x},${last.y}`);
  return parts.join(" ");
}

/** @param {Point} a @param {Point} b */
const distance = (a, b) => Math.hypot(a.x - b.x, a.y - b.y);

/** @param {Point} from @param {Point} to @param {number} by */
function towards(from, to, by) {
  const length = distance(from, to) || 1;
  return { x: from.x + ((to.x - from.x) / length) * by, y: from.y + ((to.y - from.y) / length) * by };
}

/** @param {string} name @param {Record<string, any>} attributes @param {any} parent @returns {any} */
export function svg(name, attributes, parent) {
  const element = document.createElementNS(SVG, name);
  for (const attribute in attributes) element.setAttribute(attribute, attributes[attribute]);
  parent.appendChild(element);
  return element;
}

/** @param {any} parent @param {string} className @param {number} x @param {number} y @param {string} words @param {string} [more] */
function text(parent, className, x, y, words, more = "") {
  svg("text", { class: more ? `${className} ${more}` : className, x, y }, parent).textContent = words;
}

/** @param {any} parent @param {number} x @param {number} y @param {string} sign @param {string} meaning */
function mark(parent, x, y, sign, meaning) {
  const drawn = svg("text", { class: "mark", x, y }, parent);
  drawn.textContent = sign;
  title(drawn, meaning);
}

/** @param {any} parent @param {string} words */
function title(parent, words) {
  if (words) svg("title", {}, parent).textContent = words;
}
