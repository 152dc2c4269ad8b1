/**
 * What becomes of lines when nodes are deleted: where exactly one line led in and one led out, the first goes on to where
 * the second went. Nodes that are deleted together heal as one.
 *
 * @typedef {{ id: string, source: string, target: string }} Line
 * @typedef {{ line: string, target: string, by: string }} Heal the line `line` is to lead to `target`, as `by` did
 */

/**
 * Plan the lines to be kept. No line comes to lead from a node to itself, and none beside another.
 * @param {Line[]} lines all lines
 * @param {Set<string>} gone the nodes that are deleted
 * @param {Set<string>} cut the lines that are deleted by themselves; nothing is healed through them
 * @param {(source: string, target: string) => boolean} isForbidden whether these two may never be connected
 * @returns {Heal[]}
 */
export function healing(lines, gone, cut, isForbidden) {
  const touching = lines.filter((l) => !cut.has(l.id) && (gone.has(l.source) || gone.has(l.target)));
  const pairs = new Set(lines.filter((l) => !cut.has(l.id) && !gone.has(l.source) && !gone.has(l.target)).map((l) => pair(l.source, l.target)));
  const heals = /** @type {Heal[]} */ ([]);
  for (const part of connected(gone, touching)) {
    const heal = healed(part, touching);
    if (!heal || heal.source === heal.target || pairs.has(pair(heal.source, heal.target)) || isForbidden(heal.source, heal.target)) continue;
    pairs.add(pair(heal.source, heal.target));
    heals.push({ line: heal.line, target: heal.target, by: heal.by });
  }
  return heals;
}

/** @param {string} source @param {string} target */
const pair = (source, target) => JSON.stringify([source, target]);

/**
 * @param {Set<string>} part
 * @param {Line[]} lines
 */
function healed(part, lines) {
  const ins = lines.filter((l) => part.has(l.target) && !part.has(l.source));
  const outs = lines.filter((l) => part.has(l.source) && !part.has(l.target));
  if (ins.length !== 1 || outs.length !== 1 || !leadsTo(ins[0].target, outs[0].source, part, lines)) return null;
  return { line: ins[0].id, source: ins[0].source, target: outs[0].target, by: outs[0].id };
}

/** @param {string} from @param {string} to @param {Set<string>} part @param {Line[]} lines */
function leadsTo(from, to, part, lines) {
  const found = new Set([from]);
  for (const id of found) for (const l of lines) if (l.source === id && part.has(l.target)) found.add(l.target);
  return found.has(to);
}

/**
 * The parts of the deleted nodes that hang together.
 * @param {Set<string>} gone
 * @param {Line[]} lines
 * @returns {Set<string>[]}
 */
function connected(gone, lines) {
  const beside = new Map([...gone].map((id) => [id, /** @type {string[]} */ ([])]));
  for (const { source, target } of lines) {
    beside.get(source)?.push(target);
    beside.get(target)?.push(source);
  }
  const seen = new Set(), parts = [];
  for (const id of gone) {
    if (seen.has(id)) continue;
    const part = new Set([id]);
    for (const one of part) for (const other of beside.get(one) ?? []) if (gone.has(other)) part.add(other);
    for (const one of part) seen.add(one);
    parts.push(part);
  }
  return parts;
}
