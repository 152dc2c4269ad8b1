/**
 * The handles of an element, one group of SVG each, and what they do. A handle is drawn as large as it can be hit, however
 * small the flow is; so it stands at a place of the canvas and off that by a way that grows as it does.
 *
 * @import { Point } from "../pure/lines.js"
 * @import { Side } from "../../tree/types.js"
 * @typedef {(factor: number) => Point | undefined} Place the middle, where handles are drawn `factor` times as large as the flow; none where there is no room
 * @typedef {{ isSelected: boolean, scale: number }} Seen whether the element is the selected one, and how large the flow is drawn
 * @typedef {(element: any, injector: any, seen: Seen) => any[]} Parts each has its `place`
 */
import { create } from "tiny-svg";
import { svg } from "../../diagram/renderer.js";
import { WAYS, anchor } from "../../tree/sides.js";
import { t } from "../../words.js";
import { buttonsNear, buttonsPlaces, isTaken, plusPlace } from "../pure/handle_places.js";

const SIDES = /** @type {Side[]} */ (["Top", "Right", "Bottom", "Left"]);
const PLUS = "M-4.5,0 H4.5 M0,-4.5 V4.5", CROSS = "M-3.5,-3.5 L3.5,3.5 M3.5,-3.5 L-3.5,3.5";
/** A dot hangs at an edge: what of it can be hit is outside of its node, so that a press on the node is one on the node. */
const HALF = "M0,-12 H3 A12,12 0 0 1 3,12 H0 Z", OUTSIDE = 6;
/** Of a line that is drawn shorter than this nothing shows before it is selected: there would be no line left to press. */
const SHORT_PX = 60;

/** What makes the handles of an element; nothing for what has none. @param {any} element @returns {Parts | null} */
export function makerOf(element) {
  if (element?.waypoints) return ofLine;
  return element?.businessObject?.node ? ofNode : null;
}

/** @type {Parts} */
function ofNode(node, injector) {
  if (node.businessObject.kind === "EmptyEndEvent") return [];
  const dots = SIDES.map((side) => dot(node, side, injector));
  return [...dots, plus(node, injector)];
}

/** @param {any} node @param {Side} side @param {any} injector */
function dot(node, side, injector) {
  const at = anchor(node, side), part = hanging("handle-dot", () => at, WAYS[side], t("Draw a line from here"));
  part.addEventListener("mousedown", (/** @type {MouseEvent} */ event) => injector.get("connect").start(event, node, at));
  part.addEventListener("click", (/** @type {MouseEvent} */ event) => injector.get("connect").start(event, node, at, true));
  return part;
}

/** @param {any} node @param {any} injector */
function plus(node, injector) {
  const chips = node.outgoing.map((/** @type {any} */ line) => injector.get("labels").chipOf(line)).filter(Boolean);
  const others = boxesBut(node, injector);
  const part = button("handle-plus", (factor) => plusPlace(node, others, chips, factor), t("Add what comes next"), PLUS);
  part.addEventListener("mousedown", (/** @type {MouseEvent} */ event) => injector.get("connect").start(event, node, anchor(node, "Right")));
  part.addEventListener("click", (/** @type {MouseEvent} */ { clientX, clientY }) => injector.get("quickAdd").open({ element: node, at: { clientX: clientX + 12, clientY: clientY - 20 } }));
  return part;
}

/** Before it is selected a line only shows what is well out of its way. @type {Parts} */
function ofLine(line, injector, { isSelected, scale }) {
  const { waypoints } = line;
  if (!isSelected && lengthOf(waypoints) * scale < SHORT_PX) return [];
  const others = boxesBut(null, injector), chips = line.source.outgoing.map((/** @type {any} */ other) => injector.get("labels").chipOf(other)).filter(Boolean);
  const places = (/** @type {number} */ factor) => buttonsPlaces(waypoints, others, chips, factor) ?? (isSelected ? buttonsNear(waypoints, others, chips, factor) : null);
  const add = button("handle-plus", (factor) => places(factor)?.add, t("Put a node into this line"), PLUS);
  add.addEventListener("click", (/** @type {MouseEvent} */ { clientX, clientY }) => injector.get("quickAdd").open({ element: line, at: { clientX: clientX + 12, clientY: clientY - 20 } }));
  const cross = button("handle-cross", (factor) => places(factor)?.cross, t("Delete this line"), CROSS);
  cross.addEventListener("click", () => injector.get("modeling").removeElements([line]));
  return [...(isSelected ? ends(line, chips, injector) : []), add, cross];
}

/** The ends of a line; one that would lie on a condition, which is moved itself, shows on a larger scale only. @param {any} line @param {any[]} chips @param {any} injector */
function ends(line, chips, injector) {
  const { waypoints } = line, last = waypoints.length - 1;
  return [[0, 1], [last, last - 1]].map(([i, next]) => {
    const at = waypoints[i], way = wayTo(at, waypoints[next]), tip = (/** @type {number} */ factor) => ({ x: at.x + way[0] * OUTSIDE * factor, y: at.y + way[1] * OUTSIDE * factor });
    const end = hanging("handle-dot handle-end", (factor) => (isTaken(tip(factor), [], chips, factor / 2) ? undefined : at), way, t("Move this end to another node"));
    end.addEventListener("mousedown", (/** @type {MouseEvent} */ event) => injector.get("bendpointMove").start(event, line, i));
    return end;
  });
}

/** What a button may not lie on. @param {any} node @param {any} injector */
const boxesBut = (node, injector) => injector.get("canvas").getRootElement().children.filter((/** @type {any} */ e) => e !== node && !e.waypoints && !e.hidden);

/** @param {Point[]} line */
const lengthOf = (line) => line.slice(1).reduce((sum, to, i) => sum + Math.hypot(to.x - line[i].x, to.y - line[i].y), 0);

/** @param {Point} from @param {Point} to @returns {[number, number]} */
function wayTo(from, to) {
  const dx = to.x - from.x, dy = to.y - from.y, length = Math.hypot(dx, dy) || 1;
  return [dx / length, dy / length];
}

/**
 * A dot that hangs at a place, to one side.
 * @param {string} className @param {Place} place @param {readonly [number, number] | number[]} way @param {string} words
 */
function hanging(className, place, [x, y], words) {
  const group = handle(className, place, words), inner = svg("g", { transform: `rotate(${(Math.atan2(y, x) * 180) / Math.PI})` }, group);
  svg("path", { class: "handle-hit", d: HALF }, inner);
  svg("circle", { class: "handle-face", cx: OUTSIDE, r: 5 }, inner);
  return group;
}

/** A round button with a sign. @param {string} className @param {Place} place @param {string} words @param {string} sign */
function button(className, place, words, sign) {
  const group = handle(className, place, words);
  svg("circle", { class: "handle-hit", r: 13 }, group);
  svg("circle", { class: "handle-face", r: 10 }, group);
  svg("path", { class: "handle-sign", d: sign }, group);
  return group;
}

/** @param {string} className @param {Place} place @param {string} words @returns {any} */
function handle(className, place, words) {
  const group = /** @type {any} */ (create("g"));
  group.setAttribute("class", `handle ${className}`);
  group.place = place;
  svg("title", {}, group).textContent = words;
  return group;
}
