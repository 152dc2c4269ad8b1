/**
 * Where words stand beside lines: the chip of a branch on a stretch of its line that is its alone and near the gateway,
 * the name of a gateway at a side that no line leaves; neither over a node, a line or one another while there is room.
 *
 * @import { Point } from "./types.js"
 * @import { Area } from "./routing_field.js"
 * @typedef {{ x: number, y: number, width: number }} Chip its middle, and how wide it may be
 * @typedef {{ x: number, y: number, width: number, at: "start" | "middle" | "end" }} Name the end or middle of its base line, and how wide it may be
 * @typedef {{ lines: Area[], nodes: Area[], words: Area[] }} Around stretches of other lines, nodes and words that a label keeps off
 */
import { meet } from "./routing_field.js";

const CHIP_HEIGHT = 20, NAME_HEIGHT = 14, ABOVE_BASE = 11;

/** What is kept free of a stretch: at its ends, at the gateway for the mark of the default branch, at the tip. */
const AT_BEND = 8, AT_GATEWAY = 18, AT_TIP = 13;
/** How far behind a bend a chip likes to begin: there the chips of a gateway's branches stand in a column. */
const FROM_BEND = 38;
/** How far words stay away from one another. */
const APART = 4;
/** How narrow a label gets before it stands elsewhere. */
const PARTS = [1, 0.8, 0.6], NARROWEST = 40;
/** What is bad about a place; it is free when it costs less than the least of the first three. */
const OVER_NODE = 1000, OVER_WORDS = 600, OVER_LINE = 300, BESIDE = 120, NARROWER = 80, DOWNWARDS = 70, PER_PIXEL = 0.2, CROWDED = 0.6;
const STEP = 6;

/**
 * Find the place of a chip.
 * @param {Point[]} points its line
 * @param {number} width what it would like to have
 * @param {Around} [around]
 * @returns {Chip}
 */
export function chipPlace(points, width, around = { lines: [], nodes: [], words: [] }) {
  const own = stretchesOf(points);
  const places = partsOf(width).flatMap(({ wide, cost }) => placesOn(points, wide).map((place) => ({ ...place, width: wide, cost: place.cost + cost })));
  const bent = (/** @type {Area} */ chip) => (own.filter((s) => meet(s, chip)).length > 1 ? OVER_LINE : 0);
  return cheapest(places, (place) => costOf(areaOfChip(place), around) + bent(areaOfChip(place))) ?? { ...middleOf(points), width };
}

/**
 * Where a chip stands that someone has put to a part of its line.
 * @param {Point[]} points its line
 * @param {number} part of its length, from 0 to 1
 * @returns {Point}
 */
export function pointAt(points, part) {
  return pointAfter(points, part * points.slice(1).reduce((sum, to, i) => sum + Math.hypot(to.x - points[i].x, to.y - points[i].y), 0));
}

/**
 * Where one is after following a line so far.
 * @param {Point[]} points
 * @param {number} length
 * @returns {Point}
 */
export function pointAfter(points, length) {
  let left = length;
  for (const [i, to] of points.slice(1).entries()) {
    const from = points[i], long = Math.hypot(to.x - from.x, to.y - from.y);
    if (left <= long && long) return { x: from.x + ((to.x - from.x) * left) / long, y: from.y + ((to.y - from.y) * left) / long };
    left -= long;
  }
  return points[points.length - 1];
}

/**
 * How far two lines run together from where they begin.
 * @param {Point[]} a
 * @param {Point[]} b
 */
export function commonLength(a, b) {
  let length = 0;
  for (let i = 0; i + 1 < Math.min(a.length, b.length) && isSame(a[i], b[i]); i += 1) {
    const [one, other] = [a, b].map((points) => ({ x: points[i + 1].x - points[i].x, y: points[i + 1].y - points[i].y }));
    if (Math.sign(one.x) !== Math.sign(other.x) || Math.sign(one.y) !== Math.sign(other.y)) break;
    length += Math.min(Math.hypot(one.x, one.y), Math.hypot(other.x, other.y));
  }
  return length;
}

/** @param {Point} a @param {Point} b */
const isSame = (a, b) => a.x === b.x && a.y === b.y;

/** @param {Chip} chip @returns {Area} */
export function areaOfChip({ x, y, width }) {
  return { left: x - width / 2, top: y - CHIP_HEIGHT / 2, right: x + width / 2, bottom: y + CHIP_HEIGHT / 2 };
}

/**
 * Find the place of a gateway's name.
 * @param {Area} gateway
 * @param {number} width what it would like to have
 * @param {Around} around
 * @returns {Name}
 */
export function namePlace({ left, top, right, bottom }, width, around) {
  const middle = (left + right) / 2, low = bottom + 14, high = top - 5, beside = 10;
  const sides = /** @type {(Omit<Name, "width"> & { cost: number })[]} */ ([
    { x: middle, y: low, at: "middle", cost: 0 },
    { x: middle, y: high, at: "middle", cost: 20 },
    { x: middle + beside, y: low, at: "start", cost: 40 },
    { x: middle - beside, y: low, at: "end", cost: 45 },
    { x: middle + beside, y: high + 4, at: "start", cost: 50 },
    { x: middle - beside, y: high + 4, at: "end", cost: 55 },
  ]);
  const places = partsOf(width).flatMap(({ wide, cost }) => sides.map((side) => ({ ...side, width: wide, cost: side.cost + cost })));
  return cheapest(places, (place) => costOf(areaOfName(place), around)) ?? { x: middle, y: low, at: "middle", width };
}

/** @param {Name} name @returns {Area} */
export function areaOfName({ x, y, width, at }) {
  const left = at === "start" ? x : at === "end" ? x - width : x - width / 2;
  return { left, top: y - ABOVE_BASE, right: left + width, bottom: y - ABOVE_BASE + NAME_HEIGHT };
}

/** @param {Point[]} points @returns {Area[]} */
export function stretchesOf(points) {
  return points.slice(1).map((b, i) => ({ left: Math.min(points[i].x, b.x), top: Math.min(points[i].y, b.y), right: Math.max(points[i].x, b.x), bottom: Math.max(points[i].y, b.y) }));
}

/**
 * The cheapest place; what it costs to be there is looked at only while it matters.
 * @template {{ cost: number }} T
 * @param {T[]} places
 * @param {(place: T) => number} moreOf
 * @returns {Omit<T, "cost"> | null}
 */
function cheapest(places, moreOf) {
  let best = null, least = Infinity;
  for (const place of [...places].sort((a, b) => a.cost - b.cost)) {
    if (place.cost >= least) break;
    const cost = place.cost + moreOf(place);
    if (cost < least) [best, least] = [place, cost];
  }
  if (!best) return null;
  const { cost: _cost, ...found } = best;
  return found;
}

/** @param {number} width */
function partsOf(width) {
  return PARTS.map((part, i) => ({ wide: Math.max(Math.min(width, NARROWEST), Math.round(width * part)), cost: i * NARROWER }));
}

/**
 * The places on a line, and beside its level stretches, that a chip fits.
 * @param {Point[]} points
 * @param {number} width
 */
function placesOn(points, width) {
  const places = /** @type {(Point & { cost: number })[]} */ ([]);
  let gone = 0;
  for (let i = 0; i + 1 < points.length; i++) {
    const from = points[i], to = points[i + 1], length = Math.abs(to.x - from.x) + Math.abs(to.y - from.y), level = from.y === to.y;
    const way = { x: Math.sign(to.x - from.x), y: Math.sign(to.y - from.y) }, half = (level ? width : CHIP_HEIGHT) / 2;
    const liked = i === 0 ? 0 : FROM_BEND + half;
    const add = (/** @type {number} */ first, /** @type {number} */ last, /** @type {number} */ lift, /** @type {number} */ cost) => {
      for (const at of stepsBetween(first, last, liked)) places.push({ x: from.x + way.x * at, y: from.y + way.y * at - lift, cost: cost + (gone + at) * PER_PIXEL + Math.max(0, liked - at) * CROWDED });
    };
    add((i === 0 ? AT_GATEWAY : AT_BEND) + half, length - (i + 2 === points.length ? AT_TIP : AT_BEND) - half, 0, level ? 0 : DOWNWARDS);
    if (level) add(half, length - half, CHIP_HEIGHT / 2 + 4, BESIDE);
    gone += length;
  }
  return places;
}

/** @param {number} first @param {number} last @param {number} liked one that is to be among them, when it lies between */
function stepsBetween(first, last, liked) {
  const steps = [];
  for (let at = first; at < last; at += STEP) steps.push(at);
  if (first <= last) steps.push(last);
  if (first < liked && liked < last) steps.push(liked);
  return steps;
}

/** @param {Area} label @param {Around} around */
function costOf(label, { lines, nodes, words }) {
  const near = words.filter((area) => meet(label, { left: area.left - APART, top: area.top - APART, right: area.right + APART, bottom: area.bottom + APART }));
  return nodes.filter((node) => overlaps(label, node)).length * OVER_NODE + near.length * OVER_WORDS + lines.filter((line) => meet(label, line)).length * OVER_LINE;
}

/** @param {Area} a @param {Area} b */
function overlaps(a, b) {
  return a.left < b.right && a.right > b.left && a.top < b.bottom && a.bottom > b.top;
}

/** @param {Point[]} points @returns {Point} */
function middleOf(points) {
  const i = Math.floor((points.length - 1) / 2), a = points[i], b = points[i + 1];
  return { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 };
}
