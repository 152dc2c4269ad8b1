/** Finds text in the whole flow, and replaces it as one step to undo. */
import { useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { Glyph, IconButton } from "../../fields/glyphs.js";
import { find, replaceAll } from "../../tree/finding.js";
import { nameOf } from "../../tree/references.js";
import { apply } from "../applying.js";
import { goTo, nameOfElement } from "../going.js";
import { html, useTree } from "../parts.js";
import { t } from "../../words.js";
import { Snippet } from "./snippet.js";

/** @typedef {import("../../tree/finding.js").Hit} Hit */

const MOST_SHOWN = 200;
/** What was looked for last; it is there again when the tab is opened again. */
const last = { wanted: "", instead: "", matchCase: false };

/** @param {{ editor: any, page: any }} props */
export function Search({ editor, page }) {
  const tree = useTree(editor), mayEdit = page.may_edit !== false, input = useRef(/** @type {HTMLInputElement | null} */ (null));
  const [asked, setAsked] = useState(() => ({ ...last })), { wanted, instead, matchCase } = asked;
  const ask = (/** @type {Partial<typeof last>} */ patch) => setAsked(Object.assign(last, patch) && { ...last });
  const hits = useMemo(() => find(tree, wanted, { matchCase }), [tree, wanted, matchCase]);
  const count = hits.reduce((sum, hit) => sum + hit.at.length, 0), left = hits.filter((hit) => !hit.fixed);
  useLayoutEffect(() => input.current?.select(), []);
  const replace = (/** @type {Hit} */ only) => apply(editor, replaceAll(tree, wanted, instead, { matchCase, only }));
  return html`<div class="search-panel" onKeyDown=${walk}>
    <div class="panel-bar">
      <label class="panel-search"><${Glyph} name="search" size=${14} /><input ref=${input} type="search" value=${wanted} placeholder=${t("Find in names, inputs, conditions, variables")} aria-label=${t("Find")} onInput=${(/** @type {any} */ e) => ask({ wanted: e.target.value })} /></label>
      <label class="panel-check"><input type="checkbox" checked=${matchCase} onChange=${(/** @type {any} */ e) => ask({ matchCase: e.target.checked })} />${t("Match case")}</label>
      ${mayEdit && html`<label class="panel-search"><${Glyph} name="replace" size=${14} /><input value=${instead} placeholder=${t("Replace by")} aria-label=${t("Replace by")} onInput=${(/** @type {any} */ e) => ask({ instead: e.target.value })} /></label>
        <button type="button" class="btn btn-sm" disabled=${!left.length} onClick=${() => apply(editor, replaceAll(tree, wanted, instead, { matchCase }))}>${t("Replace all")}</button>`}
      <span class="panel-total" role="status">${wanted && t("{count} found", { count })}</span>
    </div>
    ${left.length < hits.length && instead !== "" && html`<p class="panel-note">${t("Keys of variables are not replaced here: rename a variable in its form, and all that refers to it follows.")}</p>`}
    ${wanted && !hits.length && html`<p class="panel-empty">${t("Nothing in this flow reads “{wanted}”", { wanted })}</p>`}
    <ul class="hits">${hits.slice(0, MOST_SHOWN).map((hit) => html`<li key=${`${hit.of} ${hit.id} ${hit.where} ${hit.field}`}>
      <button type="button" class="hit" onClick=${() => go(editor, hit)}><b class="text-truncate">${titleOf(editor, hit)}</b><span class="hit-where">${whereWords(editor, hit)}</span><${Snippet} hit=${hit} /></button>
      ${mayEdit && !hit.fixed && html`<${IconButton} glyph="replace" class="quiet" label=${t("Replace here")} onClick=${() => replace(hit)} />`}</li>`)}</ul>
    ${hits.length > MOST_SHOWN && html`<p class="panel-empty">${t("{count} more places are not shown", { count: hits.length - MOST_SHOWN })}</p>`}
  </div>`;
}
Search.title = () => t("Search");

/** @param {any} editor @param {Hit} hit */
function go(editor, hit) {
  if (hit.of === "variable") editor.get("panels").show("variables", hit.id);
  else goTo(editor, hit.id);
}

/** @param {any} editor @param {Hit} hit */
function titleOf(editor, { of, id }) {
  if (of === "variable") return editor.get("treeStore").rest.constants?.[id]?.name || nameOf(id);
  const element = editor.get("elementRegistry").get(id);
  return element ? nameOfElement(element) : id;
}

/** @param {any} editor @param {Hit} hit */
function whereWords(editor, { of, id, where, field }) {
  const node = editor.get("elementRegistry").get(id)?.businessObject.node, catalogue = editor.get("catalogue");
  const input = () => catalogue.find(node?.component?.code, node?.component?.version)?.inputs.find((/** @type {any} */ f) => f.key === field)?.name ?? field;
  const words = {
    name: () => (of === "variable" ? t("Variable, name") : t("Name")), stage: () => t("Stage"), input, parameter: () => node?.constants?.[field]?.name || field, condition: () => t("Condition"), branch: () => t("Name of the branch"),
    key: () => t("Variable, key"), description: () => t("Variable, description"), value: () => t("Variable, value"), note: () => t("Note"),
  };
  return words[where]();
}

/** Arrow keys go from place to place. @param {KeyboardEvent} e */
function walk(e) {
  const by = { ArrowDown: 1, ArrowUp: -1 }[e.key];
  if (!by) return;
  const all = /** @type {HTMLElement[]} */ ([...(/** @type {HTMLElement} */ (e.currentTarget)).querySelectorAll("input[type=search], button.hit")]);
  const next = all[all.indexOf(/** @type {any} */ (document.activeElement)) + by];
  next?.focus();
  e.preventDefault();
}
