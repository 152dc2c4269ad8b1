/** What differs between two trees, as people read it: an entry for each node, line, variable, note and output, and one for all that was only moved. */
import { t } from "../words.js";
import { inOrder, worthTelling } from "./held.js";

/**
 * @typedef {import("../tree/types.js").Tree} Tree
 * @typedef {import("./change_words.js").About} About
 * @typedef {{ plugins?: any[], variable_types?: any[] }} Page
 * @typedef {{ path: string, before: any, after: any }} Change
 * @typedef {"added" | "removed" | "changed" | "renamed" | "moved"} Kind
 * @typedef {"node" | "line" | "variable" | "note" | "output" | "flow"} What
 * @typedef {{ id: string, name: string, places: Change[] }} Member one of those that were moved
 * @typedef {{ id: string, what: What, kind: Kind, name: string, changes: Change[], members: Member[], about: About }} Told
 */

/** @type {Record<Kind, number>} */
const RANK = { added: 0, removed: 1, changed: 2, renamed: 2, moved: 3 };

/**
 * The differences that the server found.
 * @param {any} found @param {Tree} before @param {Tree} after @param {Page} page
 * @returns {Told[]}
 */
export function toldOf(found, before, after, page) {
  const { nameOf, aboutOf } = namesIn(before, after, page);
  const entry = (/** @type {any} */ item, /** @type {What} */ what, /** @type {Kind} */ kind, /** @type {(about: About) => Change[]} */ changes) => {
    const about = aboutOf(item.id);
    return { id: item.id, what, kind, name: nameOf[what](item), changes: inOrder(changes(about), about), members: [], about };
  };
  const held = (/** @type {any} */ item, /** @type {What} */ what, /** @type {(value: any) => { before: any, after: any }} */ sides) => (/** @type {About} */ about) => worthTelling(item.holds, what, about).map(({ path, value }) => ({ path, ...sides(value) }));
  const section = (/** @type {any} */ { added, removed, changed }, /** @type {What} */ what) => [
    ...added.map((/** @type {any} */ item) => entry(item, what, "added", held(item, what, (after) => ({ before: null, after })))),
    ...removed.map((/** @type {any} */ item) => entry(item, what, "removed", held(item, what, (before) => ({ before, after: null })))),
    ...changed.filter((/** @type {any} */ item) => item.changes.length).map((/** @type {any} */ item) => entry(item, what, item.changes[0].path === "key" ? "renamed" : "changed", () => withoutEchoes(item.changes))),
    ...together(changed.filter((/** @type {any} */ item) => !item.changes.length).map((/** @type {any} */ item) => ({ id: item.id, name: nameOf[what](item), places: item.drawn })), what, aboutOf("")),
  ];
  const rest = found.rest.length ? [{ id: "", what: "flow", kind: "changed", name: t("The flow itself"), changes: found.rest, members: [], about: aboutOf("") }] : [];
  const all = /** @type {Told[]} */ ([...section(found.nodes, "node"), ...section(found.flows, "line"), ...section(found.variables, "variable"), ...section(found.notes, "note"), ...section(found.outputs, "output"), ...rest]);
  return all.sort((a, b) => RANK[a.kind] - RANK[b.kind]);
}

/** How what stands in two trees is called, and what there is to know of it. @param {Tree} before @param {Tree} after @param {Page} page */
function namesIn(before, after, { plugins = [], variable_types: types = [] }) {
  const nodes = new Map([before, after].flatMap(nodesOf).map((node) => [node.id, node])), notes = new Map([before, after].flatMap((tree) => tree.notes ?? []).map((note) => [note?.id, note]));
  const flows = /** @type {Record<string, any>} */ ({ ...before.flows, ...after.flows });
  const called = (/** @type {string} */ id) => nodes.get(id)?.name || id, targetOf = (/** @type {string} */ id) => called(flows[id]?.target ?? id);
  const fieldName = (/** @type {string} */ id, /** @type {string} */ tag) => fieldOf(pluginOf(nodes.get(id), plugins), tag)?.name ?? tag;
  const keyed = (/** @type {any} */ item) => (item.name ? `${item.name} ${item.id}` : item.id);
  const nameOf = /** @type {Record<What, (item: any) => string>} */ ({
    node: (item) => called(item.id), line: (item) => item.kind.split(" > ").map(called).join(" → "), variable: keyed, output: keyed, note: (item) => firstLine(notes.get(item.id)?.text) || t("Note"),
  });
  const aboutOf = (/** @type {string} */ id) => ({ node: nodes.get(id), plugin: pluginOf(nodes.get(id), plugins), plugins, types, targetOf, fieldName });
  return { nameOf, aboutOf };
}

/** One entry for all that was only moved; of a single one, by its name. @param {Member[]} members @param {What} what @param {About} about @returns {Told[]} */
function together(members, what, about) {
  if (!members.length) return [];
  const count = members.length, name = { node: t("Nodes: {count}", { count }), line: t("Lines: {count}", { count }), variable: t("Variables: {count}", { count }), note: t("Notes: {count}", { count }) }[/** @type {"node"} */ (what)];
  return [{ id: members[0].id, what, kind: "moved", name: count === 1 ? members[0].name : name, changes: [], members, about }];
}

/** Changes without those that a tree only says once more: the name of a branch that is its condition, tags, that an input is no variable. @param {Change[]} changes */
function withoutEchoes(changes) {
  const values = new Map(changes.map(({ path, before, after }) => [path, JSON.stringify([before, after])]));
  const isEcho = (/** @type {Change} */ { path, before, after }) => /\.(tag|loc)$|^source_tag$/.test(path)
    || (path.endsWith(".hook") && !before && !after) || (path.endsWith(".name") && values.get(path) === values.get(path.replace(/\.name$/, ".evaluate")));
  const left = changes.filter((change) => !isEcho(change));
  return left.length ? left : changes;
}

/** @param {string | undefined} text */
const firstLine = (text) => String(text ?? "").split("\n")[0].slice(0, 60);

/** @param {Tree} tree @returns {any[]} */
function nodesOf(tree) {
  return [tree.start_event, ...Object.values(tree.activities ?? {}), ...Object.values(tree.gateways ?? {}), tree.end_event].filter(Boolean);
}

/** @param {any} node @param {any[]} plugins */
function pluginOf(node, plugins) {
  const own = plugins.filter((p) => p.code === node?.component?.code);
  return own.find((p) => p.version === node.component.version) ?? own[0];
}

/** @param {any} plugin @param {string} tag */
const fieldOf = (plugin, tag) => [...(plugin?.inputs ?? []), ...(plugin?.outputs ?? [])].find((f) => f.key === tag);

/** How many of each are not as they were. @param {Told[]} told @returns {{ words: string, number: number, kind: Kind }[]} */
export function counted(told) {
  const count = (/** @type {What} */ what, /** @type {Kind[]} */ kinds = ["added", "removed", "changed", "renamed"]) => told.filter((e) => e.what === what && kinds.includes(e.kind)).length;
  const moved = (/** @type {What} */ what) => told.find((e) => e.what === what && e.kind === "moved")?.members.length ?? 0;
  return /** @type {{ words: string, number: number, kind: Kind }[]} */ ([
    { words: t("Added nodes"), number: count("node", ["added"]), kind: "added" },
    { words: t("Removed nodes"), number: count("node", ["removed"]), kind: "removed" },
    { words: t("Changed nodes"), number: count("node", ["changed"]), kind: "changed" },
    { words: t("Other lines"), number: count("line"), kind: "changed" },
    { words: t("Other variables"), number: count("variable"), kind: "changed" },
    { words: t("Other notes"), number: count("note"), kind: "changed" },
    { words: t("Other outputs"), number: count("output"), kind: "changed" },
    { words: t("Other settings of the flow"), number: told.find((e) => e.what === "flow")?.changes.length ?? 0, kind: "changed" },
    { words: t("Moved nodes"), number: moved("node"), kind: "moved" },
    { words: t("Lines drawn otherwise"), number: moved("line"), kind: "moved" },
    { words: t("Moved variables"), number: moved("variable"), kind: "moved" },
    { words: t("Moved notes"), number: moved("note"), kind: "moved" },
  ]).filter(({ number }) => number);
}
