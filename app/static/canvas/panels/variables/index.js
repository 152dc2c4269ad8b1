/** The panel of the flow's variables: a list of all, and beside it the form of one or the variables of another flow. */
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { isRawIn } from "../../diagram/raw_inputs.js";
import { unusedKeys, whereUsed } from "../../tree/references.js";
import { listed } from "../../tree/variables.js";
import { html, useEvents, useTree } from "../parts.js";
import { t } from "../../words.js";
import { Cloning } from "./cloning.js";
import { addVariable, removeVariables } from "./edits.js";
import { VariableForm } from "./form.js";
import { Table } from "./table.js";
import { Toolbar } from "./toolbar.js";

/** @typedef {{ uses: Map<string, import("../../tree/references.js").Use[]>, unused: Set<string> }} Usage */

/** @param {{ editor: any, server: any, page: any }} props */
export function Variables({ editor, server, page }) {
  const tree = useTree(editor), panels = editor.get("panels"), mayEdit = page.may_edit !== false;
  useEvents(editor, ["panels.changed"]);
  const [search, setSearch] = useState(""), [isSystemShown, showSystem] = useState(false), [isCloning, setCloning] = useState(false);
  const [ticked, setTicked] = useState(/** @type {string[]} */ ([]));
  const usage = useMemo(() => usageOf(editor, tree), [tree]);
  const all = listed(tree.constants), found = all.filter(([key, c]) => matches(key, c, search.trim().toLowerCase()));
  const chosen = panels.about in tree.constants ? panels.about : "", panel = useRef(/** @type {HTMLElement | null} */ (null)), form = useRef({ key: "", number: 0, isNew: false });
  const choose = (/** @type {string} */ key) => {
    setCloning(false);
    panels.show("variables", key);
  };
  // A form stays the same while its variable is called otherwise.
  if (chosen !== form.current.key) form.current = { key: chosen, number: form.current.number + 1, isNew: false };
  const renamed = (/** @type {string} */ to) => {
    form.current.key = to;
    choose(to);
  };
  const begin = (/** @type {string} */ key) => {
    form.current = { key, number: form.current.number + 1, isNew: true };
    choose(key);
  };
  const focus = (/** @type {string} */ key) => setTimeout(() => /** @type {HTMLElement | null | undefined} */ (panel.current?.querySelector(`tr[data-key="${CSS.escape(key)}"] .row-open`) ?? panel.current?.querySelector("input[type=search]"))?.focus());
  const close = () => {
    focus(chosen);
    choose("");
  };
  useEffect(() => () => editor.get("perspective").highlight(null), []);
  const left = ticked.filter((key) => key in tree.constants);
  const remove = (/** @type {string[]} */ keys) => {
    const at = found.findIndex(([key]) => keys.includes(key)), next = found.slice(at + 1).find(([key]) => !keys.includes(key)) ?? found[at - 1];
    removeVariables(editor, keys);
    focus(next?.[0] ?? "");
    setTicked([]);
  };
  const side = isCloning ? html`<${Cloning} editor=${editor} server=${server} onClose=${() => setCloning(false)} />` : chosen && html`<${VariableForm} key=${form.current.number} variableKey=${chosen} usage=${usage} editor=${editor} server=${server} page=${page} choose=${choose} renamed=${renamed} close=${close} isNew=${form.current.isNew} />`;
  return html`<div ref=${panel} class=${`variables${side ? " with-side" : ""}`}>
    <div class="variables-main">
      <${Toolbar} editor=${editor} usage=${usage} ticked=${left} search=${search} setSearch=${setSearch} count=${all.length} isSystemShown=${isSystemShown} showSystem=${showSystem} mayEdit=${mayEdit}
        add=${() => begin(addVariable(editor))} clone=${() => setCloning(true)} untick=${() => setTicked([])} remove=${remove} />
      <${Table} editor=${editor} rows=${found} outputs=${tree.outputs ?? []} usage=${usage} chosen=${isCloning ? "" : chosen} choose=${choose} begin=${begin} remove=${remove} ticked=${left} setTicked=${setTicked} mayEdit=${mayEdit} search=${search.trim().toLowerCase()} isSystemShown=${isSystemShown} />
      ${!all.length && html`<p class="panel-empty">${mayEdit ? t("No variables yet. Make one here, or turn an input of a node into one in its form.") : t("This flow has no variables.")}</p>`}
      ${all.length > 0 && !found.length && html`<p class="panel-empty">${t("No variable matches “{search}”", { search })}</p>`}
    </div>
    ${side && html`<aside class="variables-side">${side}</aside>`}
  </div>`;
}
Variables.title = () => t("Variables");

/** How many there are, on the tab. @param {{ editor: any }} props */
Variables.Count = function Count({ editor }) {
  const count = Object.keys(useTree(editor).constants ?? {}).length;
  return count ? html`<span class="count none">${count}</span>` : null;
};

/** @param {any} editor @param {import("../../tree/types.js").Tree} tree @returns {Usage} */
function usageOf(editor, tree) {
  const uses = whereUsed(tree, isRawIn(editor.get("catalogue")));
  return { uses, unused: new Set(unusedKeys(tree, uses)) };
}

/** @param {string} key @param {any} constant @param {string} search */
function matches(key, { name = "", desc = "", value }, search) {
  return !search || [key, name, desc, typeof value === "string" ? value : ""].some((text) => text.toLowerCase().includes(search));
}
