/**
 * The branches of a gateway that decides: which one is the default, which are taken, where branches meet again.
 *
 * @import { JsonObject } from "../../tree/types.js"
 * @typedef {{ id: string, source: { id: string }, target: { id: string }, businessObject: { condition: JsonObject | null, fallback: JsonObject | null } }} Line
 */

/** @param {Line} line */
export const tagOf = (line) => `branch_${line.source.id}_${line.target.id}`;

/**
 * What changes when a line becomes the default: it loses its condition, and the one that was it before gets one that does not hold.
 * @template {Line} L
 * @param {L[]} lines all lines out of the gateway
 * @param {L | null} chosen null for no default
 * @returns {{ line: L, patch: JsonObject }[]}
 */
export function withDefault(lines, chosen) {
  return lines.flatMap((line) => {
    const patch = patchOf(line, line === chosen);
    return patch ? [{ line, patch }] : [];
  });
}

/** @param {Line} line @param {boolean} isChosen @returns {JsonObject | null} */
function patchOf(line, isChosen) {
  const { condition, fallback } = line.businessObject, before = condition ?? fallback;
  if (isChosen === Boolean(fallback)) return null;
  const kept = { tag: before?.tag ?? tagOf(line), ...(before?.loc === undefined ? {} : { loc: before.loc }) };
  if (isChosen) return { condition: null, fallback: { name: nameOfBranch(condition), ...kept, flow_id: line.id } };
  return { condition: { evaluate: "1 == 0", name: fallback?.name || "1 == 0", ...kept }, fallback: null };
}

/** A name that only repeats the condition is none. @param {JsonObject | null} condition */
function nameOfBranch(condition) {
  return condition?.name && condition.name !== condition.evaluate ? condition.name : "";
}

/**
 * A condition with another text; a name that repeated the text goes on repeating it.
 * @param {Line} line
 * @param {string} evaluate
 * @returns {JsonObject}
 */
export function withEvaluate(line, evaluate) {
  const before = line.businessObject.condition;
  const name = !before || before.name === undefined || before.name === "" || before.name === before.evaluate ? evaluate : before.name;
  return { tag: tagOf(line), ...before, evaluate, name };
}

/**
 * Things with one moved to another place among them.
 * @template T
 * @param {T[]} things @param {number} from @param {number} to
 */
export function moved(things, from, to) {
  const left = things.filter((_, i) => i !== from);
  return [...left.slice(0, to), things[from], ...left.slice(to)];
}

/**
 * Which branches a gateway takes.
 * @param {string} kind
 * @param {{ id: string, holds: boolean | null, isDefault: boolean }[]} branches holds is null while it is not known
 * @param {boolean} takesFirst
 * @returns {{ taken: string[], problem: "unknown" | "none" | "several" | "" }}
 */
export function verdict(kind, branches, takesFirst) {
  if (branches.some((b) => !b.isDefault && b.holds === null)) return { taken: [], problem: "unknown" };
  const holding = branches.filter((b) => b.holds && !b.isDefault).map((b) => b.id);
  const taken = holding.length ? holding : branches.filter((b) => b.isDefault).map((b) => b.id);
  if (!taken.length) return { taken, problem: "none" };
  if (kind !== "ExclusiveGateway" || taken.length === 1) return { taken, problem: "" };
  return takesFirst ? { taken: taken.slice(0, 1), problem: "" } : { taken: [], problem: "several" };
}

const SPLITS = new Set(["ParallelGateway", "ConditionalParallelGateway"]);

/**
 * The converge at which the branches of a gateway meet again; undefined when none is drawn yet.
 * @param {any} gateway an element
 * @returns {any}
 */
export function meetingOf(gateway) {
  const seen = new Set([gateway]);
  let depth = 0, at = gateway.outgoing[0]?.target;
  while (at && !seen.has(at)) {
    seen.add(at);
    const { kind } = at.businessObject;
    if (kind === "ConvergeGateway" && depth === 0) return at;
    depth += kind === "ConvergeGateway" ? -1 : SPLITS.has(kind) ? 1 : 0;
    at = at.outgoing[0]?.target;
  }
  return undefined;
}
