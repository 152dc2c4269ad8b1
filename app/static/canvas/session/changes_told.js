/** What differs between two trees, as a list that people read: nodes by name, inputs by their names, each value before and after. */
import { html } from "../panels/parts.js";
import { t } from "../words.js";
import { labelOf, valueOf } from "./change_words.js";
import { changedLines } from "./changed_lines.js";

/**
 * @typedef {import("../tree/types.js").Tree} Tree
 * @typedef {{ path: string, before: any, after: any }} Change
 * @typedef {"added" | "removed" | "changed" | "moved"} Kind
 * @typedef {{ id: string, what: "node" | "line" | "variable" | "flow", kind: Kind, name: string, changes: Change[], plugin?: any, targetOf: (flowId: string) => string }} Told
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
  const flows = /** @type {Record<string, any>} */ ({ ...before.flows, ...after.flows }), targetOf = (/** @type {string} */ id) => nameOf(flows[id]?.target ?? id);
  const names = {
    node: (/** @type {any} */ item) => nameOf(item.id),
    line: (/** @type {any} */ item) => item.kind.split(" > ").map(nameOf).join(" → "),
    variable: (/** @type {any} */ item) => (item.name ? `${item.name} ${item.id}` : item.id),
  };
  const entry = (/** @type {any} */ item, /** @type {"node" | "line" | "variable"} */ what, /** @type {Kind} */ kind, /** @type {Change[]} */ changes = []) => ({ id: item.id, what, kind, name: names[what](item), changes, plugin: pluginOf(nodes.get(item.id), plugins), targetOf });
  const section = (/** @type {any} */ { added, removed, changed }, /** @type {"node" | "line" | "variable"} */ what) => [
    ...added.map((/** @type {any} */ item) => entry(item, what, "added")),
    ...removed.map((/** @type {any} */ item) => entry(item, what, "removed")),
    ...changed.map((/** @type {any} */ item) => {
      const told = item.changes.filter((/** @type {Change} */ c) => !DRAWN.test(c.path));
      return entry(item, what, told.length ? "changed" : "moved", told);
    }),
  ];
  const rest = found.rest.length ? [{ id: "", what: /** @type {const} */ ("flow"), kind: /** @type {const} */ ("changed"), name: t("The flow itself"), changes: found.rest, targetOf }] : [];
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

/** How many nodes, lines and variables are not as they were. @param {Told[]} told @returns {{ words: string, number: number, kind: Kind }[]} */
export function counted(told) {
  const count = (/** @type {string} */ what, /** @type {string[]} */ kinds = ["added", "removed", "changed"]) => told.filter((e) => e.what === what && kinds.includes(e.kind)).length;
  return /** @type {{ words: string, number: number, kind: Kind }[]} */ ([
    { words: t("Added nodes"), number: count("node", ["added"]), kind: "added" },
    { words: t("Removed nodes"), number: count("node", ["removed"]), kind: "removed" },
    { words: t("Changed nodes"), number: count("node", ["changed"]), kind: "changed" },
    { words: t("Other lines"), number: count("line"), kind: "changed" },
    { words: t("Other variables"), number: count("variable"), kind: "changed" },
    { words: t("Other settings of the flow"), number: told.find((e) => e.what === "flow")?.changes.length ?? 0, kind: "changed" },
    { words: t("Moved nodes"), number: count("node", ["moved"]), kind: "moved" },
    { words: t("Lines drawn otherwise"), number: count("line", ["moved"]), kind: "moved" },
  ]).filter(({ number }) => number);
}

/** The list. @param {{ told: Told[], chosen: Told | null, choose: (told: Told) => void }} props */
export function ToldList({ told, chosen, choose }) {
  return html`<ol class="changes-told">${told.map((entry) => html`<li key=${`${entry.what} ${entry.id}`}>
    <button type="button" aria-expanded=${entry === chosen} onClick=${() => choose(entry)}><span class=${`difference ${entry.kind}`}><b>${wordOf(entry)}</b></span> <span>${entry.name}</span></button>
    ${entry === chosen && entry.changes.length > 0 && html`<dl>${entry.changes.map((c) => html`<div key=${c.path}><dt title=${c.path}>${labelOf(c.path, entry)}</dt><dd><${Values} change=${c} about=${entry} /></dd></div>`)}</dl>`}
  </li>`)}</ol>`;
}

/** @param {Told} entry */
function wordOf({ kind, what }) {
  if (kind === "moved") return what === "line" ? t("Drawn otherwise") : t("Moved");
  return { added: t("Added"), removed: t("Removed"), changed: t("Modified") }[kind];
}

/** A value before and after; a text of several lines by the lines that differ. @param {{ change: Change, about: import("./change_words.js").About }} props */
function Values({ change: { path, before, after }, about }) {
  const old = valueOf(path, before, about), now = valueOf(path, after, about);
  if (!`${old}${now}`.includes("\n")) return html`<del>${old.slice(0, LONGEST)}</del> → <ins>${now.slice(0, LONGEST)}</ins>`;
  return html`<div class="lines">${changedLines(old, now).map(({ kind, text }) => (kind === "removed" ? html`<del>− ${text}</del>` : html`<ins>+ ${text}</ins>`))}</div>`;
}
