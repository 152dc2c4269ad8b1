/**
 * Where the buttons of nodes and lines stand. Their size and their distances are those at 100 %; `factor` says how many times
 * as large they are drawn as the flow.
 *
 * @import { Point } from "./lines.js"
 * @typedef {{ x: number, y: number, width: number, height: number }} Box
 * @typedef {{ x: number, y: number, width: number }} Chip its middle and its width
 */
import { pointAt } from "../../diagram/routing_labels.js";
import { distanceTo } from "./lines.js";

/** How far buttons can be hit from their middle; how far they stand off a line, beside one another, and behind a node. */
const REACH = 13, OFF = 24, ASIDE = 15, BEHIND = 34;
const HALF_CHIP = 11;

/**
 * Where the plus of a node stands: behind it, or where nothing else is.
 * @param {Box} node
 * @param {Box[]} others what may be in the way
 * @param {Chip[]} chips
 * @param {number} factor
 * @returns {Point}
 */
export function plusPlace(node, others, chips, factor) {
  const right = node.x + node.width, middle = node.y + node.height / 2, bottom = node.y + node.height, away = BEHIND * factor, near = (REACH + 6) * factor;
  const places = [
    { x: right + away, y: middle }, { x: right + near, y: bottom + near }, { x: right + near, y: node.y - near },
    { x: node.x + node.width / 2 + away, y: bottom + away },
  ];
  return places.find((place) => !isTaken(place, others, chips, factor)) ?? places[1];
}

/**
 * Where the two buttons of a line stand: one on each side of a stretch, off the line, so that neither comes to stand below a
 * pointer that rests on it, and off what else is there; null when there is no such place.
 * @param {Point[]} line
 * @param {Box[]} others
 * @param {Chip[]} chips
 * @param {number} factor
 * @returns {{ add: Point, cross: Point } | null}
 */
export function buttonsPlaces(line, others, chips, factor) {
  const stretches = line.slice(1).map((to, i) => ({ from: line[i], to, length: Math.hypot(to.x - line[i].x, to.y - line[i].y) }));
  const pairs = stretches.toSorted((a, b) => b.length - a.length).flatMap((stretch) => PARTS.map((part) => besides(stretch, part, OFF * factor)));
  return pairs.find(isFree(others, chips, factor)) ?? null;
}

/** Where along a stretch its buttons may stand, the best place first. */
const PARTS = [0.5, 0.3, 0.7];

/**
 * A place for the two buttons of a line where there is none at the line itself: the nearest one around its middle.
 * @param {Point[]} line
 * @param {Box[]} others
 * @param {Chip[]} chips
 * @param {number} factor
 * @returns {{ add: Point, cross: Point }}
 */
export function buttonsNear(line, others, chips, factor) {
  const from = pointAt(line, 0.5), pairAt = (/** @type {number} */ x, /** @type {number} */ y) => ({ add: { x: x - ASIDE * factor, y }, cross: { x: x + ASIDE * factor, y } });
  const ways = [[0, -1], [0, 1], [1, 0], [-1, 0], [1, -1], [-1, -1], [1, 1], [-1, 1]];
  const pairs = Array.from({ length: RINGS }, (_, ring) => ways.map(([x, y]) => pairAt(from.x + x * (ring + 2) * RING * factor, from.y + y * (ring + 2) * RING * factor))).flat();
  const isOff = (/** @type {{ add: Point, cross: Point }} */ { add, cross }) => [add, cross].every((place) => distanceTo(place, line) >= (REACH + 4) * factor);
  const isClear = isFree(others, chips, factor);
  return pairs.find((pair) => isOff(pair) && isClear(pair)) ?? pairs.find(isOff) ?? pairs[0];
}

/** How many rings around the middle of a line are searched, and how far apart they are. */
const RINGS = 12, RING = 12;

/** Says whether two buttons would lie on nothing. @param {Box[]} others @param {Chip[]} chips @param {number} factor */
const isFree = (others, chips, factor) => (/** @type {{ add: Point, cross: Point }} */ { add, cross }) => !isTaken(add, others, chips, factor) && !isTaken(cross, others, chips, factor);

/** Whether a button would lie on something. @param {Point} place @param {Box[]} others @param {Chip[]} chips @param {number} factor */
export const isTaken = (place, others, chips, factor) => others.some((box) => meets(place, box, factor)) || chips.some((chip) => meets(place, boxOf(chip), factor));

/** Above and below a part of a stretch, or right and left of it. @param {{ from: Point, to: Point }} stretch @param {number} part @param {number} off */
function besides({ from, to }, part, off) {
  const at = { x: from.x + (to.x - from.x) * part, y: from.y + (to.y - from.y) * part }, isLevel = Math.abs(to.x - from.x) >= Math.abs(to.y - from.y);
  const way = isLevel ? { x: 0, y: -off } : { x: off, y: 0 };
  return { add: { x: at.x + way.x, y: at.y + way.y }, cross: { x: at.x - way.x, y: at.y - way.y } };
}

/** @param {Chip} chip @returns {Box} */
const boxOf = ({ x, y, width }) => ({ x: x - width / 2, y: y - HALF_CHIP, width, height: 2 * HALF_CHIP });

/** Whether a button would lie on a box. @param {Point} place @param {Box} box @param {number} factor */
function meets(place, box, factor) {
  const reach = REACH * factor;
  return place.x + reach > box.x && place.x - reach < box.x + box.width && place.y + reach > box.y && place.y - reach < box.y + box.height;
}
