/**
 * Where the buttons of nodes and lines stand. Their size and their distances are those at 100 %; `factor` says how many times
 * as large they are drawn as the flow.
 *
 * @import { Point } from "./lines.js"
 * @typedef {{ x: number, y: number, width: number, height: number }} Box
 * @typedef {{ x: number, y: number, width: number }} Chip its middle and its width
 */

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
  const isFree = (/** @type {Point} */ place) => !others.some((box) => meets(place, box, factor)) && !chips.some((chip) => meets(place, boxOf(chip), factor));
  return places.find(isFree) ?? places[1];
}

/**
 * Where the two buttons of a line stand: one on each side of its longest stretch, off the line and off the chip with its
 * condition, so that neither comes to stand below a pointer that rests on the line.
 * @param {Point[]} line
 * @param {Chip | null} chip
 * @param {number} factor
 * @returns {{ add: Point, cross: Point }}
 */
export function buttonsPlaces(line, chip, factor) {
  const stretches = line.slice(1).map((to, i) => ({ from: line[i], to, length: Math.hypot(to.x - line[i].x, to.y - line[i].y) }));
  const pairs = stretches.toSorted((a, b) => b.length - a.length).map((stretch) => besides(stretch, OFF * factor));
  const isClear = (/** @type {{ add: Point, cross: Point }} */ { add, cross }) => !chip || ![add, cross].some((place) => meets(place, boxOf(chip), factor));
  const found = pairs.find(isClear);
  if (found || !chip) return found ?? pairs[0];
  const y = chip.y + HALF_CHIP + ASIDE * factor;
  return { add: { x: chip.x - ASIDE * factor, y }, cross: { x: chip.x + ASIDE * factor, y } };
}

/** Above and below a stretch, or right and left of it. @param {{ from: Point, to: Point }} stretch @param {number} off */
function besides({ from, to }, off) {
  const middle = { x: (from.x + to.x) / 2, y: (from.y + to.y) / 2 }, isLevel = Math.abs(to.x - from.x) >= Math.abs(to.y - from.y);
  const way = isLevel ? { x: 0, y: -off } : { x: off, y: 0 };
  return { add: { x: middle.x + way.x, y: middle.y + way.y }, cross: { x: middle.x - way.x, y: middle.y - way.y } };
}

/** @param {Chip} chip @returns {Box} */
const boxOf = ({ x, y, width }) => ({ x: x - width / 2, y: y - HALF_CHIP, width, height: 2 * HALF_CHIP });

/** Whether a button would lie on a box. @param {Point} place @param {Box} box @param {number} factor */
function meets(place, box, factor) {
  const reach = REACH * factor;
  return place.x + reach > box.x && place.x - reach < box.x + box.width && place.y + reach > box.y && place.y - reach < box.y + box.height;
}
