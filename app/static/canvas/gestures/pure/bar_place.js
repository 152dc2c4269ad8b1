/**
 * Where a bar of buttons stands beside what it is for: inside the canvas, off that thing, and over as little else as can be.
 *
 * @typedef {{ x: number, y: number, width: number, height: number }} Box
 * @typedef {Box & { weight: number }} Obstacle how bad it is to cover each pixel of it
 */

/** How far the bar may stand off. A bar that is farther off has to cover so much less, for each pixel. */
const GAPS = [14, 30, 48, 68], FAR = 14;
/** What it costs that the bar stands beside the middle. */
const ASIDE = 60;

/**
 * @param {{ width: number, height: number }} size of the bar
 * @param {Box} anchor what it is for
 * @param {Box} room where it may be
 * @param {Obstacle[]} obstacles
 * @returns {{ x: number, y: number }} its upper left corner; above what is out of the room itself, the bar is out of it too
 */
export function barPlace(size, anchor, room, obstacles) {
  const middle = anchor.x + (anchor.width - size.width) / 2;
  if (!overlap(anchor, room)) return { x: middle, y: anchor.y - GAPS[0] - size.height };
  const lefts = [middle, anchor.x, anchor.x + anchor.width - size.width];
  const near = obstacles.filter((box) => overlap(box, room));
  let best = { x: middle, y: anchor.y, cost: Infinity };
  for (const gap of GAPS) {
    for (const top of [anchor.y - gap - size.height, anchor.y + anchor.height + gap]) {
      for (const left of lefts) {
        const x = within(left, room.x, room.x + room.width - size.width), y = within(top, room.y, room.y + room.height - size.height);
        const covered = near.reduce((sum, box) => sum + overlap({ x, y, ...size }, box) * box.weight, 0);
        const cost = covered + gap * FAR + (left === middle ? 0 : ASIDE);
        if (cost < best.cost) best = { x, y, cost };
      }
    }
  }
  return { x: best.x, y: best.y };
}

/** Where the bar may come to stand, at most. @param {{ width: number, height: number }} size of the bar @param {Box} anchor @returns {Box} */
export function reachOf({ width, height }, { x, y, width: across, height: down }) {
  const far = GAPS[GAPS.length - 1];
  return { x: x - width, y: y - height - far, width: across + 2 * width, height: down + 2 * (height + far) };
}

/** @param {number} value @param {number} least @param {number} most */
const within = (value, least, most) => Math.max(least, Math.min(value, most));

/** How much of two boxes is the same. @param {Box} a @param {Box} b */
export function overlap(a, b) {
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x), height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  return width > 0 && height > 0 ? width * height : 0;
}
