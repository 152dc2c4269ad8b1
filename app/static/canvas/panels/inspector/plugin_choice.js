/** What a task calls: a list of plugins with search and groups, and the versions of the chosen one. */
import { useRef, useState } from "preact/hooks";
import { t } from "../../words.js";
import { html, Icon } from "../parts.js";
import { ICONS } from "../../diagram/icons.js";
import { useForm } from "../../fields/form.js";
import { Glyph } from "../../fields/glyphs.js";
import { useId } from "../../fields/ids.js";
import { Popover } from "../../fields/popover.js";
import { keysIn } from "../../tree/references.js";
import { changePlace, usesOf } from "./edits.js";
import { longestName } from "./lengths.js";
import { Row } from "./parts.js";
import { inGroups, withPlugin } from "./plugins.js";

/** @import { Plugin } from "../../diagram/catalogue.js" */

/** @param {Plugin | undefined} plugin */
export const iconOf = (plugin) => (plugin?.icon && ICONS[plugin.icon] ? plugin.icon : "puzzle");

/** @param {{ shape: any, problem: string }} props */
export function PluginChoice({ shape, problem }) {
  const { editor, page, mayEdit } = useForm(), anchor = useRef(null), id = useId(), [open, setOpen] = useState(false);
  const { component = {} } = shape.businessObject.node, catalogue = editor.get("catalogue"), plugin = catalogue.find(component.code, component.version);
  const versions = catalogue.plugins.filter((/** @type {Plugin} */ p) => p.code === component.code);
  const take = (/** @type {Plugin} */ chosen) => {
    setOpen(false);
    const isUsed = (/** @type {string} */ key, /** @type {any} */ node) => usesOf(editor, key).some((u) => u.id !== shape.id) || keysIn(node.component).has(key);
    changePlace(editor, shape, (place) => withPlugin(place, chosen, { before: plugin, longest: longestName(page), isUsed }));
  };
  const unknown = component.code && !plugin ? t("This installation has no plugin {code}", { code: component.code }) : "";
  return html`<${Row} label=${t("What it does")} forId=${id} wrong=${unknown || problem} help=${plugin && html`<span title=${plugin.description}>${plugin.description}</span>`} class="i-plugin">
      <div class="i-pair"><button type="button" id=${id} ref=${anchor} class="f-select as-button" aria-haspopup="listbox" aria-expanded=${open} disabled=${!mayEdit} onClick=${() => setOpen(!open)}>
        ${plugin ? html`<${Icon} name=${iconOf(plugin)} size=${15} /><span>${plugin.name}</span>` : html`<span class="f-placeholder">${component.code || t("Choose what it does")}</span>`}</button>
      ${versions.length > 1 && html`<select class="f-select" aria-label=${t("Version")} disabled=${!mayEdit} value=${plugin?.version} onChange=${(/** @type {any} */ e) => take(versions.find((/** @type {Plugin} */ v) => v.version === e.target.value))}>${versions.map((/** @type {Plugin} */ v) => html`<option value=${v.version}>${v.version}</option>`)}</select>`}</div>
      ${open && html`<${PluginList} anchor=${anchor} plugins=${catalogue.plugins} chosen=${component.code} take=${take} onClose=${() => setOpen(false)} />`}
    </${Row}>`;
}

/** @param {{ anchor: any, plugins: Plugin[], chosen: string, take: (plugin: Plugin) => void, onClose: () => void }} props */
function PluginList({ anchor, plugins, chosen, take, onClose }) {
  const [search, setSearch] = useState(""), id = useId(), groups = inGroups(plugins, search), flat = groups.flatMap((g) => g.plugins);
  const [at, setAt] = useState(() => Math.max(0, flat.findIndex((p) => p.code === chosen))), now = Math.min(at, flat.length - 1);
  const keys = (/** @type {KeyboardEvent} */ e) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[e.key];
    if (step && flat.length) setAt((now + step + flat.length) % flat.length);
    else if (e.key === "Enter" && flat[now]) take(flat[now]);
    else return;
    e.preventDefault();
  };
  return html`<${Popover} anchor=${anchor} onClose=${onClose} label=${t("Plugins")} class="i-plugins">
    <label class="f-search"><${Glyph} name="search" size=${14} /><input type="search" role="combobox" aria-expanded="true" aria-controls=${id} aria-activedescendant=${flat[now] ? `${id}-${flat[now].code}` : undefined} placeholder=${t("Find a plugin")} aria-label=${t("Find a plugin")} value=${search} onKeyDown=${keys}
      onInput=${(/** @type {any} */ e) => {
        setSearch(e.target.value);
        setAt(0);
      }} /></label>
    <div class="i-plugin-list" id=${id} role="listbox" aria-label=${t("Plugins")}>
      ${groups.map(({ group, plugins: own }) => html`<div role="group" aria-label=${group}><h4 aria-hidden="true">${group}</h4>${own.map((p) => html`<div key=${p.code} id=${`${id}-${p.code}`} role="option" aria-selected=${p === flat[now]} class=${`i-option${p === flat[now] ? " at" : ""}`} onClick=${() => take(p)}>
        <span class="i-tile small"><${Icon} name=${iconOf(p)} size=${15} /></span><span class="i-option-words"><b>${p.name}</b><span>${p.description}</span></span>${p.code === chosen && html`<${Glyph} name="check" size=${15} />`}</div>`)}</div>`)}
    </div>${!flat.length && html`<p class="f-none">${t("No plugin of that name")}</p>`}
  </${Popover}>`;
}
