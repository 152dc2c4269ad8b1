/** The row above the variables: finding, making, cloning, deleting several. */
import { useState } from "preact/hooks";
import { Glyph } from "../../fields/glyphs.js";
import { keyOf } from "../../tree/references.js";
import { html } from "../parts.js";
import { t } from "../../words.js";
import { Ask } from "./ask.js";
import { listOf, whatBecomes } from "./uses.js";

/**
 * @param {{ editor: any, usage: import("./index.js").Usage, ticked: string[], search: string, setSearch: (text: string) => void, count: number, isSystemShown: boolean, showSystem: (shown: boolean) => void,
 *   mayEdit: boolean, add: () => void, clone: () => void, untick: () => void, remove: (keys: string[]) => void }} props
 */
export function Toolbar({ editor, usage, ticked, search, setSearch, count, isSystemShown, showSystem, mayEdit, add, clone, untick, remove }) {
  const [asked, ask] = useState(/** @type {string[] | null} */ (null)), unused = [...usage.unused];
  const usesOf = (/** @type {string} */ key) => (usage.uses.get(keyOf(key)) ?? []).filter((use) => !isAmong(asked ?? [], use));
  const used = (asked ?? []).filter((key) => usesOf(key).length);
  const sure = () => {
    remove(asked ?? []);
    ask(null);
  };
  return html`<div class="panel-bar">
      <label class="panel-search"><${Glyph} name="search" size=${14} /><input type="search" value=${search} placeholder=${t("Find a variable")} aria-label=${t("Find a variable")} onInput=${(/** @type {any} */ e) => setSearch(e.target.value)} /></label>
      ${mayEdit && html`<button type="button" class="btn btn-sm btn-primary" onClick=${add}><${Glyph} name="plus" size=${14} />${t("New variable")}</button>
        <button type="button" class="btn btn-sm" onClick=${clone}>${t("Clone from a flow…")}</button>`}
      ${mayEdit && ticked.length > 0 && html`<button type="button" class="btn btn-sm text-danger" onClick=${() => ask(ticked)}><${Glyph} name="trash" size=${14} />${t("Delete {count} chosen", { count: ticked.length })}</button>
        <button type="button" class="btn btn-sm btn-ghost-secondary" onClick=${untick}>${t("Choose none")}</button>`}
      ${mayEdit && !ticked.length && unused.length > 0 && html`<button type="button" class="btn btn-sm" onClick=${() => ask(unused)}>${t("Delete {count} unused", { count: unused.length })}</button>`}
      <label class="panel-check"><input type="checkbox" checked=${isSystemShown} onChange=${(/** @type {any} */ e) => showSystem(e.target.checked)} />${t("System variables")}</label>
      <span class="panel-total" aria-live="polite">${count}</span>
    </div>
    ${asked && html`<${Ask} yes=${sure} no=${() => ask(null)}>${used.length ? html`${t("{keys} are still used. Delete all the same?", { keys: listOf(used) })} ${whatBecomes(editor, used, used.flatMap(usesOf))}` : t("Delete {keys}?", { keys: listOf(asked) })}</${Ask}>`}`;
}

/** Whether a use goes along with the variables that are to be deleted. @param {string[]} keys @param {import("../../tree/references.js").Use} use */
const isAmong = (keys, { kind, id }) => (kind === "constant" || kind === "hide_condition") && keys.includes(id);
