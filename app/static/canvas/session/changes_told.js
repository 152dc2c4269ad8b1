/** What differs between two trees, as a list that people read: nodes by name, inputs by their names, each value before and after. */
import { html } from "../panels/parts.js";
import { t } from "../words.js";
import { changedLines } from "./changed_lines.js";

/**
 * @typedef {import("../tree/types.js").Tree} Tree
 * @typedef {{ path: string, before: any, after: any }} Change
 * @typedef {"added" | "removed" | "changed" | "moved"} Kind
 * @typedef {{ id: string, what: "node" | "line" | "variable" | "flow", kind: Kind, name: string, changes: Change[], plugin?: any }} Told
 */

/** What is drawn only says nothing about what a flow does. */
const DRAWN = /^(location|line)\b/;
/** How much of a value is shown. */
const LONGEST = 600;

/**
 * The differences that the server found, one entry for each node, line and variable, and one for the flow itself.
 * @param {any} found @param {Tree} before @param {Tree} after @param {any[]} plugins
 * @returns {Told[]}
 */
export function toldOf(found, before, after, plugins) {
  const nodes = new Map([before, after].flatMap(nodesOf).map((node) => [node.id, node]));
  const nameOf = (/** @type {string} */ id) => nodes.get(id)?.name || id;
  const names = {
    node: (/** @type {any} */ item) => nameOf(item.id),
    line: (/** @type {any} */ item) => item.kind.split(" > ").map(nameOf).join(" → "),
    variable: (/** @type {any} */ item) => (item.name ? `${item.name} ${item.id}` : item.id),
  };
  const entry = (/** @type {any} */ item, /** @type {"node" | "line" | "variable"} */ what, /** @type {Kind} */ kind, /** @type {Change[]} */ changes = []) => ({ id: item.id, what, kind, name: names[what](item), changes, plugin: pluginOf(nodes.get(item.id), plugins) });
  const section = (/** @type {any} */ { added, removed, changed }, /** @type {"node" | "line" | "variable"} */ what) => [
    ...added.map((/** @type {any} */ item) => entry(item, what, "added")),
    ...removed.map((/** @type {any} */ item) => entry(item, what, "removed")),
    ...changed.map((/** @type {any} */ item) => {
      const told = item.changes.filter((/** @type {Change} */ c) => !DRAWN.test(c.path));
      return entry(item, what, told.length ? "changed" : "moved", told);
    }),
  ];
  const rest = found.rest.length ? [{ id: "", what: /** @type {const} */ ("flow"), kind: /** @type {const} */ ("changed"), name: t("The flow itself"), changes: found.rest }] : [];
  /** @type {Record<Kind, number>} */
  const rank = { added: 0, removed: 1, changed: 2, moved: 3 };
  const all = /** @type {Told[]} */ ([...section(found.nodes, "node"), ...section(found.flows, "line"), ...section(found.variables, "variable"), ...rest]);
  return all.sort((a, b) => rank[a.kind] - rank[b.kind]);
}

/** @param {Tree} tree @returns {any[]} */
function nodesOf(tree) {
  return [tree.start_event, ...Object.values(tree.activities ?? {}), ...Object.values(tree.gateways ?? {}), tree.end_event].filter(Boolean);
}

/** @param {any} node @param {any[]} plugins */
function pluginOf(node, plugins) {
  const own = plugins.filter((p) => p.code === node?.component?.code);
  return own.find((p) => p.version === node.component.version) ?? own[0];
}

/** How a changed value is called: an input as its plugin calls it, anything else by its path. @param {string} path @param {any} plugin */
function labelOf(path, plugin) {
  const [, key, part] = path.match(/^component\.data\.(\w+)\.?(.*)$/) ?? [];
  const field = plugin?.inputs?.find((/** @type {any} */ f) => f.key === key);
  if (field) return part === "value" || !part ? field.name : `${field.name} · ${part}`;
  /** @type {Record<string, string>} */
  const words = { name: t("Name"), value: t("Value"), outputs: t("Outputs"), worker_group: t("Worker group"), order: t("Order of the branches"), notes: t("Notes") };
  return words[path] ?? path;
}

/** The list. @param {{ told: Told[], chosen: Told | null, choose: (told: Told) => void }} props */
export function ToldList({ told, chosen, choose }) {
  return html`<ol class="changes-told">${told.map((entry) => html`<li key=${`${entry.what} ${entry.id}`}>
    <button type="button" aria-expanded=${entry === chosen} onClick=${() => choose(entry)}><span class=${`difference ${entry.kind}`}><b>${wordOf(entry)}</b></span> <span>${entry.name}</span></button>
    ${entry === chosen && entry.changes.length > 0 && html`<dl>${entry.changes.map((c) => html`<div key=${c.path}><dt title=${c.path}>${labelOf(c.path, entry.plugin)}</dt><dd><${Values} before=${c.before} after=${c.after} /></dd></div>`)}</dl>`}
  </li>`)}</ol>`;
}

/** @param {Told} entry */
function wordOf({ kind, what }) {
  if (kind === "moved") return what === "line" ? t("Drawn otherwise") : t("Moved");
  return { added: t("Added"), removed: t("Removed"), changed: t("Changed") }[kind];
}

/** A value before and after; a text of several lines by the lines that differ. @param {{ before: any, after: any }} props */
function Values({ before, after }) {
  const [old, now] = [before, after].map(written);
  if (!`${old}${now}`.includes("\n")) return html`<del>${old.slice(0, LONGEST)}</del> → <ins>${now.slice(0, LONGEST)}</ins>`;
  return html`<div class="lines">${changedLines(old, now).map(({ kind, text }) => (kind === "removed" ? html`<del>− ${text}</del>` : html`<ins>+ ${text}</ins>`))}</div>`;
}

/** @param {any} value */
function written(value) {
  if (value === null || value === undefined) return "–";
  if (value === "") return "“”";
  return typeof value === "string" ? value : JSON.stringify(value, null, typeof value === "object" ? 1 : 0);
}
