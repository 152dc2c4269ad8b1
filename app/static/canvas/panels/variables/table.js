/** The list of variables: one row each, which can be moved by its handle. */
import { useState } from "preact/hooks";
import { html, useEvents } from "../parts.js";
import { t } from "../../words.js";
import { moveVariables } from "./edits.js";
import { Row } from "./row.js";
import { SystemRows } from "./system.js";
import { useReveal, useWindow } from "./window.js";

const COLUMNS = 10;

/**
 * @param {{ editor: any, rows: [string, import("../../tree/types.js").Constant][], outputs: string[], usage: import("./index.js").Usage, chosen: string, choose: (key: string) => void, begin: (key: string) => void, remove: (keys: string[]) => void,
 *   ticked: string[], setTicked: (keys: string[]) => void, mayEdit: boolean, search: string, isSystemShown: boolean }} props
 */
export function Table({ editor, rows, outputs, usage, chosen, choose, begin, remove, ticked, setTicked, mayEdit, search, isSystemShown }) {
  useEvents(editor, ["perspective.changed"]);
  const [dragged, setDragged] = useState(""), [over, setOver] = useState("");
  const keys = rows.map(([key]) => key), areAll = keys.length > 0 && keys.every((key) => ticked.includes(key)), { pointed } = editor.get("perspective");
  const tick = (/** @type {string} */ key) => setTicked(ticked.includes(key) ? ticked.filter((k) => k !== key) : [...ticked, key]);
  const drop = (/** @type {DragEvent} */ e) => {
    e.preventDefault();
    const moved = ticked.includes(dragged) ? ticked : [dragged];
    if (dragged) moveVariables(editor, moved, keys.includes(over) ? over : null);
    end();
  };
  const end = () => {
    setDragged("");
    setOver("");
  };
  const { scroller, from, to, above, below } = useWindow(rows.length);
  useReveal(scroller, keys.indexOf(chosen), chosen);
  const dragging = { start: setDragged, over: (/** @type {string} */ key) => dragged && setOver(key), end };
  if (!rows.length && !isSystemShown) return null;
  return html`<div class="table-scroll" ref=${scroller} onDragOver=${(/** @type {DragEvent} */ e) => dragged && e.preventDefault()} onDrop=${drop}>
    <table class="variables-table" aria-rowcount=${rows.length + 1}>
      <thead><tr>
        <th class="narrow">${mayEdit && html`<input type="checkbox" aria-label=${t("Choose all")} checked=${areAll} onChange=${() => setTicked(areAll ? [] : keys)} />`}</th><th class="narrow"><span class="visually-hidden">${t("Order")}</span></th>
        <th scope="col" class="name">${t("Name")}</th><th scope="col" class="key">${t("Key")}</th><th scope="col" class="source">${t("Type or source")}</th><th scope="col" class="value">${t("Value")}</th>
        <th scope="col" class="mid" title=${t("Whether who makes a task is asked for it")}>${t("Asked")}</th><th scope="col" class="mid" title=${t("Whether it is an output of the flow")}>${t("Output")}</th><th scope="col" class="mid">${t("Used")}</th><th><span class="visually-hidden">${t("Actions")}</span></th>
      </tr></thead>
      <tbody>${above > 0 && html`<tr class="spacer" aria-hidden="true"><td colspan=${COLUMNS} style=${{ height: `${above}px` }}></td></tr>`}
        ${rows.slice(from, to).map(([key, constant]) => html`<${Row} key=${key} editor=${editor} variableKey=${key} constant=${constant} isOutput=${outputs.includes(key)} usage=${usage} isChosen=${chosen === key} choose=${choose} begin=${begin} remove=${remove}
        isTicked=${ticked.includes(key)} tick=${tick} mayEdit=${mayEdit} isPointed=${pointed.has(key)} isDragged=${dragged === key} isOver=${over === key} dragging=${dragging} columns=${COLUMNS} isFirst=${key === keys[0]} isLast=${key === keys[keys.length - 1]} />`)}
        ${below > 0 && html`<tr class="spacer" aria-hidden="true"><td colspan=${COLUMNS} style=${{ height: `${below}px` }}></td></tr>`}
        ${dragged && html`<tr class=${`drop-end${over === "end" ? " drop-here" : ""}`} onDragOver=${() => setOver("end")}><td colspan=${COLUMNS}></td></tr>`}</tbody>
      ${isSystemShown && html`<${SystemRows} editor=${editor} search=${search} columns=${COLUMNS} />`}
    </table>
  </div>`;
}
