/**
 * A tree read from text that a person wrote: whether it is JSON, and whether the canvas can show it. What is right for a
 * flow is the server's to say.
 *
 * @import { Tree } from "../../tree/types.js"
 * @typedef {{ tree: Tree } | { problem: string, at: number | null }} Read `at` is where in the text it breaks off
 */
import { notesOf } from "../../tree/reading.js";
import { t } from "../../words.js";

/**
 * @param {string} text
 * @returns {Read}
 */
export function readText(text) {
  try {
    const tree = JSON.parse(text), problem = whyNotShown(tree);
    return problem ? { problem, at: null } : { tree };
  } catch (error) {
    const at = placeOf(String(/** @type {Error} */ (error).message), text), before = text.slice(0, at).split("\n");
    return { problem: t("Line {line}, column {column}: this is not JSON", { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 }), at };
  }
}

/** Where JSON breaks off: browsers tell the place or the line; without either it is the end. @param {string} message @param {string} text */
function placeOf(message, text) {
  const place = /position (\d+)/.exec(message);
  if (place) return Number(place[1]);
  const [, line, column] = /line (\d+) column (\d+)/.exec(message) ?? [];
  if (!line) return text.length;
  return text.split("\n").slice(0, Number(line) - 1).join("\n").length + Number(column) - (line === "1" ? 1 : 0);
}

/** @param {any} tree */
function whyNotShown(tree) {
  if (!isObject(tree)) return t("A flow is an object");
  for (const event of ["start_event", "end_event"]) if (typeof tree[event]?.id !== "string") return t("{part} needs an id", { part: event });
  for (const group of ["activities", "gateways", "flows", "constants"]) {
    if (!isObject(tree[group])) return t("{part} has to be an object", { part: group });
    for (const [id, entry] of Object.entries(tree[group])) {
      if (!isObject(entry)) return t("{part} has to be an object", { part: `${group}.${id}` });
      if (group !== "constants" && entry.id !== id) return t("{part} needs the id under which it stands", { part: `${group}.${id}` });
    }
  }
  for (const list of ["outputs", "line", "location"]) if (tree[list] !== undefined && !Array.isArray(tree[list])) return t("{part} has to be a list", { part: list });
  for (const list of ["line", "location"]) for (const [i, entry] of (tree[list] ?? []).entries()) if (!isObject(entry)) return t("{part} has to be an object", { part: `${list}[${i}]` });
  if (notesOf(tree) === null) return t("{part} has to be a list of notes, each with an id of its own", { part: "notes" });
  const ids = [tree.start_event.id, tree.end_event.id, ...["activities", "gateways"].flatMap((group) => Object.keys(tree[group]))], seen = new Set(), twice = ids.find((id) => seen.has(id) || !seen.add(id));
  return twice === undefined ? "" : t("There are two nodes with the id {id}", { id: twice });
}

/** @param {any} value */
const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
