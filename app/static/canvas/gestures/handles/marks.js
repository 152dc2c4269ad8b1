/** The handles of an element, one group of SVG each, and what they do. */
import { create } from "tiny-svg";
import { svg } from "../../diagram/renderer.js";
import { WAYS, anchor } from "../../tree/sides.js";
import { t } from "../../words.js";
import { buttonsPlace } from "../pure/lines.js";

/** @typedef {(element: any, injector: any) => any[]} Parts */

const SIDES = /** @type {import("../../tree/types.js").Side[]} */ (["Top", "Right", "Bottom", "Left"]);
const PLUS = "M-4.5,0 H4.5 M0,-4.5 V4.5", CROSS = "M-3.5,-3.5 L3.5,3.5 M3.5,-3.5 L-3.5,3.5";
/** How far the plus is behind its node, and how far a dot is outside of the edge. */
const BEHIND = 34, OUTSIDE = 3;

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

/** @param {any} node @param {import("../../tree/types.js").Side} side @param {any} injector */
function dot(node, side, injector) {
  const at = anchor(node, side), [x, y] = WAYS[side];
  const part = handle("handle-dot", { x: at.x + x * OUTSIDE, y: at.y + y * OUTSIDE }, t("Draw a line from here"));
  part.addEventListener("mousedown", (/** @type {MouseEvent} */ event) => injector.get("connect").start(event, node, at));
  part.addEventListener("click", (/** @type {MouseEvent} */ event) => injector.get("connect").start(event, node, at, true));
  return part;
}

/** @param {any} node @param {any} injector */
function plus(node, injector) {
  const at = { x: node.x + node.width + BEHIND, y: node.y + node.height / 2 };
  const part = handle("handle-plus", at, t("Add what comes next"), PLUS, 11);
  part.addEventListener("mousedown", (/** @type {MouseEvent} */ event) => injector.get("connect").start(event, node, anchor(node, "Right")));
  part.addEventListener("click", (/** @type {MouseEvent} */ { clientX, clientY }) => injector.get("quickAdd").open({ element: node, at: { clientX: clientX + 12, clientY: clientY - 20 } }));
  return part;
}

/** @type {Parts} */
function ofLine(line, injector) {
  const { waypoints } = line, place = buttonsPlace(waypoints, injector.get("labels").chipOf(line)), last = waypoints.length - 1;
  const add = handle("handle-plus", { x: place.x - 13, y: place.y }, t("Put a node into this line"), PLUS, 10);
  add.addEventListener("click", (/** @type {MouseEvent} */ { clientX, clientY }) => injector.get("quickAdd").open({ element: line, at: { clientX: clientX + 12, clientY: clientY - 20 } }));
  const cross = handle("handle-cross", { x: place.x + 13, y: place.y }, t("Delete this line"), CROSS, 10);
  cross.addEventListener("click", () => injector.get("modeling").removeElements([line]));
  const ends = [0, last].map((i) => {
    const end = handle("handle-dot handle-end", waypoints[i], t("Move this end to another node"));
    end.addEventListener("mousedown", (/** @type {MouseEvent} */ event) => injector.get("bendpointMove").start(event, line, i));
    return end;
  });
  return [...ends, add, cross];
}

/**
 * @param {string} className
 * @param {{ x: number, y: number }} at
 * @param {string} words
 * @param {string} [sign]
 * @param {number} [radius]
 * @returns {any}
 */
function handle(className, at, words, sign, radius = 5) {
  const group = /** @type {any} */ (create("g"));
  group.setAttribute("class", `handle ${className}`);
  Object.assign(group.dataset, { x: at.x, y: at.y });
  svg("title", {}, group).textContent = words;
  svg("circle", { class: "handle-hit", r: radius + 5 }, group);
  svg("circle", { class: "handle-face", r: radius }, group);
  if (sign) svg("path", { class: "handle-sign", d: sign }, group);
  return group;
}
