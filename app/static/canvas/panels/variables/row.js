/** One variable in the list. */
import { useState } from "preact/hooks";
import { Switch } from "../../fields/choice.js";
import { IconButton } from "../../fields/glyphs.js";
import { brief } from "../../fields/values.js";
import { definitionOf, partsOf } from "../../tree/variables.js";
import { keyOf } from "../../tree/references.js";
import { html } from "../parts.js";
import { t } from "../../words.js";
import { Ask } from "./ask.js";
import { changeVariable, duplicateVariable, stepVariable, toggleOutput } from "./edits.js";
import { sourceOf, typeOf } from "./sources.js";
import { UsesButton, placesOf, whatBecomes } from "./uses.js";

const LONGEST_SHOWN = 120;

/**
 * @param {{ editor: any, variableKey: string, constant: import("../../tree/types.js").Constant, isOutput: boolean, usage: import("./index.js").Usage, isChosen: boolean, choose: (key: string) => void, begin: (key: string) => void, remove: (keys: string[]) => void, isTicked: boolean,
 *   tick: (key: string) => void, mayEdit: boolean, isPointed: boolean, isDragged: boolean, isOver: boolean, dragging: any, columns: number, isFirst: boolean, isLast: boolean }} props
 */
export function Row({ editor, variableKey: key, constant, isOutput, usage, isChosen, choose, begin, remove, isTicked, tick, mayEdit, isPointed, isDragged, isOver, dragging, columns, isFirst, isLast }) {
  const [isAsked, ask] = useState(false), name = constant.name || key, uses = usage.uses.get(keyOf(key)) ?? [];
  const perspective = editor.get("perspective"), source = sourceOf(editor, constant), isShown = constant.show_type === "show", type = typeOf(editor, constant), isGiven = constant.source_type !== "component_outputs" && type?.source !== "task";
  const wish = () => (uses.length ? ask(true) : remove([key]));
  const classes = [isChosen && "chosen", isPointed && "pointed", isDragged && "dragged", isOver && "drop-here", usage.unused.has(key) && "unused"].filter(Boolean).join(" ");
  return html`<tr class=${classes} data-key=${key} onMouseEnter=${() => perspective.highlight(keyOf(key))} onMouseLeave=${() => perspective.highlight(null)} onDragOver=${() => dragging.over(key)} onClick=${(/** @type {any} */ e) => e.target.closest("button, input, label, a") || choose(key)}>
      <td class="narrow">${mayEdit && html`<input type="checkbox" aria-label=${t("Choose {name}", { name })} checked=${isTicked} onChange=${() => tick(key)} />`}</td>
      <td class="narrow">${mayEdit && html`<${Handle} editor=${editor} variableKey=${key} name=${name} dragging=${dragging} />`}</td>
      <td class="name" title=${name}><button type="button" class="row-open" aria-expanded=${isChosen} onClick=${() => choose(key)} onFocus=${() => perspective.highlight(keyOf(key))} onBlur=${() => perspective.highlight(null)}>${name}</button></td>
      <td class="key" title=${keyOf(key)}><code>${keyOf(key)}</code></td>
      <td class="source" title=${source.words}>${source.words}</td>
      <td class="value"><span>${valueWords(constant, type)}</span></td>
      <td class="mid">${isGiven && html`<${Switch} on=${isShown} label="" name=${t("Ask for {name} when a task is made", { name })} disabled=${!mayEdit} onChange=${() => changeVariable(editor, key, { show_type: isShown ? "hide" : "show" })} />`}</td>
      <td class="mid"><input type="checkbox" aria-label=${t("{name} is an output of the flow", { name })} checked=${isOutput} disabled=${!mayEdit} onChange=${() => toggleOutput(editor, key)} /></td>
      <td class="mid"><${UsesButton} editor=${editor} uses=${uses} name=${name} isUnused=${usage.unused.has(key)} choose=${choose} /></td>
      <td class="row-tools">${mayEdit && html`<${IconButton} glyph="arrowUp" class="quiet" label=${t("Move {name} up", { name })} disabled=${isFirst} onClick=${() => stepVariable(editor, key, -1)} /><${IconButton} glyph="arrowDown" class="quiet" label=${t("Move {name} down", { name })} disabled=${isLast} onClick=${() => stepVariable(editor, key, 1)} />
        <${IconButton} glyph="copy" class="quiet" label=${t("Duplicate {name}", { name })} onClick=${() => begin(duplicateVariable(editor, key))} /><${IconButton} glyph="trash" class="quiet" label=${t("Delete {name}", { name })} onClick=${wish} />`}</td>
    </tr>
    ${isAsked && html`<tr class="row-asks"><td colspan=${columns}><${Ask} yes=${() => remove([key])} no=${() => ask(false)}>${t("{key} is still used: {places}. Delete it all the same?", { key, places: placesOf(editor, uses) })} ${whatBecomes(editor, [key], uses)}</${Ask}></td></tr>`}`;
}

/** The handle by which a row is dragged; the arrow keys move the row too. @param {{ editor: any, variableKey: string, name: string, dragging: any }} props */
function Handle({ editor, variableKey, name, dragging }) {
  const step = (/** @type {KeyboardEvent} */ e) => {
    const by = { ArrowUp: /** @type {const} */ (-1), ArrowDown: /** @type {const} */ (1) }[e.key];
    if (!by) return;
    e.preventDefault();
    stepVariable(editor, variableKey, by);
  };
  const start = (/** @type {DragEvent} */ e) => {
    e.dataTransfer?.setData("text/plain", variableKey);
    dragging.start(variableKey);
  };
  return html`<${IconButton} glyph="grip" class="quiet grip" draggable="true" label=${t("Move {name}: drag, or press the arrow keys", { name })} onDragStart=${start} onDragEnd=${dragging.end} onKeyDown=${step} />`;
}

/** A value in one line; secrets are not shown. @param {import("../../tree/types.js").Constant} constant @param {import("../../tree/variables.js").VariableType} [type] */
function valueWords(constant, type) {
  if (constant.custom_type === "password") return constant.value ? "••••••" : "";
  if (constant.source_type === "component_outputs") return "";
  const isObject = type?.fields.length && !constant.is_meta;
  const value = constant.is_meta ? (definitionOf(constant).default ?? "") : isObject ? Object.values(partsOf(constant, type)).filter((part) => part !== "").join(" · ") : constant.value;
  return brief(value).replace(/\s+/g, " ").slice(0, LONGEST_SHOWN);
}
