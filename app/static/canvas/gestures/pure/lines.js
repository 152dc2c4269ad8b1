/**
 * Points and lines: which line a point lies on, and where on it.
 *
 * @typedef {{ x: number, y: number }} Point
 */

/**
 * How far a point is from a line.
 * @param {Point} point
 * @param {Point[]} line
 */
export function distanceTo(point, line) {
  let least = Infinity;
  for (let i = 1; i < line.length; i += 1) least = Math.min(least, toStretch(point, line[i - 1], line[i]));
  return least;
}

/** @param {Point} p @param {Point} a @param {Point} b */
function toStretch(p, a, b) {
  const dx = b.x - a.x, dy = b.y - a.y, length = dx * dx + dy * dy;
  const along = length ? Math.max(0, Math.min(1, ((p.x - a.x) * dx + (p.y - a.y) * dy) / length)) : 0;
  return Math.hypot(p.x - a.x - along * dx, p.y - a.y - along * dy);
}

/**
 * The nearest of the lines, if one is near enough.
 * @template {{ waypoints: Point[] }} T
 * @param {Point} point
 * @param {T[]} lines
 * @param {number} most how far it may be
 * @returns {T | null}
 */
export function nearestLine(point, lines, most) {
  let found = null, least = most;
  for (const line of lines) {
    const distance = distanceTo(point, line.waypoints);
    if (distance <= least) [found, least] = [line, distance];
  }
  return found;
}

/**
 * The part of a line's length, from 0 to 1, that is nearest to a point.
 * @param {Point} point
 * @param {Point[]} line
 */
export function nearestPart(point, line) {
  const lengths = line.slice(1).map((to, i) => Math.hypot(to.x - line[i].x, to.y - line[i].y)), whole = lengths.reduce((sum, length) => sum + length, 0);
  let best = 0, least = Infinity, gone = 0;
  for (const [i, length] of lengths.entries()) {
    const dx = line[i + 1].x - line[i].x, dy = line[i + 1].y - line[i].y;
    const along = length ? Math.max(0, Math.min(1, ((point.x - line[i].x) * dx + (point.y - line[i].y) * dy) / (length * length))) : 0;
    const distance = Math.hypot(point.x - line[i].x - along * dx, point.y - line[i].y - along * dy);
    if (distance < least) [least, best] = [distance, (gone + along * length) / (whole || 1)];
    gone += length;
  }
  return best;
}
