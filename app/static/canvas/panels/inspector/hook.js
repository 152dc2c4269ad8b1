/** An input as a variable: the button at each field, what it asks, and how a field that is one looks. */
import { useRef, useState } from "preact/hooks";
import { t } from "../../words.js";
import { html } from "../parts.js";
import { useForm } from "../../fields/form.js";
import { Glyph, IconButton } from "../../fields/glyphs.js";
import { useId } from "../../fields/ids.js";
import { Popover } from "../../fields/popover.js";
import { Switch } from "../../fields/choice.js";
import { useDraft } from "../../fields/use_draft.js";
import { brief } from "../../fields/values.js";
import { Widget } from "../../fields/widgets.js";
import { hook, inputOf, reusable, reuse, suggestKey, unhook, whyNotKey } from "../../tree/hooks.js";
import { keyOf, nameOf } from "../../tree/references.js";
import { changePlace, constantsOf, setConstants, usesOf } from "./edits.js";
import { longestName } from "./lengths.js";

/** @import { Field } from "../../diagram/catalogue.js" */

/** @typedef {{ shape: any, field: Field }} Props */

/** @type {Record<string, () => string>} */
const WRONG_KEYS = {
  empty: () => t("Give it a key"), letters: () => t("Letters, digits and _ only, no digit first"), reserved: () => t("This key is the system's own"),
  taken: () => t("There is a variable of this key already"), long: () => t("The key is too long"),
};

/** @param {Props} props */
export function HookButton({ shape, field }) {
  const { editor, mayEdit } = useForm(), anchor = useRef(null), [open, setOpen] = useState(false);
  const { hook: isHooked, value } = inputOf(shape.businessObject.node, field.key), key = String(value);
  const give = (/** @type {boolean} */ drop) => {
    setOpen(false);
    changePlace(editor, shape, (place) => unhook(place, field.key, { drop, otherwise: field.default ?? "" }));
  };
  const press = () => {
    if (isHooked && (!(key in constantsOf(editor)) || usesOf(editor, key, { id: shape.id, tag: field.key }).length)) give(false);
    else setOpen(!open);
  };
  const label = isHooked ? t("Give it a value of its own again") : t("Make it a variable");
  return html`<span ref=${anchor}><${IconButton} glyph="variable" class=${isHooked ? "hook on" : "hook"} label=${label} pressed=${isHooked} disabled=${!mayEdit} onClick=${press} /></span>
    ${open && isHooked && html`<${Popover} anchor=${anchor} width=${260} label=${label} onClose=${() => setOpen(false)} class="i-ask">
      <p>${t("Nothing else uses {key}. Delete the variable too?", { key })}</p>
      <div class="i-buttons"><button type="button" class="btn btn-sm btn-primary" onClick=${() => give(true)}>${t("Delete it")}</button><button type="button" class="btn btn-sm" onClick=${() => give(false)}>${t("Keep it")}</button></div></${Popover}>`}
    ${open && !isHooked && html`<${Popover} anchor=${anchor} width=${320} label=${t("Make a variable of {field}", { field: field.name })} onClose=${() => setOpen(false)} class="i-ask"><${HookForm} shape=${shape} field=${field} close=${() => setOpen(false)} /></${Popover}>`}`;
}

/** @param {Props & { close: () => void }} props */
function HookForm({ shape, field, close }) {
  const { editor } = useForm(), [mode, setMode] = useState("new");
  const { same, others } = reusable(constantsOf(editor), shape.businessObject.node, field.key);
  const tab = (/** @type {string} */ name, /** @type {string} */ words) => html`<button type="button" role="tab" aria-selected=${mode === name} class=${mode === name ? "on" : ""} onClick=${() => setMode(name)}>${words}</button>`;
  return html`${same.length + others.length > 0 && html`<div class="i-tabs" role="tablist">${tab("new", t("New variable"))}${tab("reuse", t("Use one that there is"))}</div>`}
    ${mode === "new" ? html`<${NewVariable} shape=${shape} field=${field} close=${close} />` : html`<${Existing} shape=${shape} field=${field} same=${same} others=${others} close=${close} />`}`;
}

/** @param {Props & { close: () => void }} props */
function NewVariable({ shape, field, close }) {
  const { editor, page } = useForm(), constants = constantsOf(editor), id = useId();
  const [name, setName] = useState(field.name), [key, setKey] = useState(() => nameOf(suggestKey(constants, field.key))), [show, setShow] = useState(true);
  const wrong = whyNotKey(constants, key, page.rules?.limits?.variable_key), words = wrong ? WRONG_KEYS[wrong]() : "";
  const make = (/** @type {Event} */ e) => {
    e.preventDefault();
    if (wrong) return;
    close();
    changePlace(editor, shape, (place) => hook(place, field.key, { key: keyOf(key), name: name.trim() || key, show, secret: field.secret || field.widget === "password" }, field.default ?? ""));
  };
  return html`<form onSubmit=${make}>
    <label class="i-field"><span>${t("Name")}</span><input class="f-text" value=${name} maxlength=${longestName(page)} onInput=${(/** @type {any} */ e) => setName(e.target.value)} /></label>
    <label class="i-field"><span>${t("Key")}</span><span class="i-key"><i aria-hidden="true">$\{</i><input class="f-text" value=${key} spellcheck=${false} aria-invalid=${words ? true : undefined} aria-describedby=${id} onInput=${(/** @type {any} */ e) => setKey(nameOf(e.target.value))} /><i aria-hidden="true">}</i></span></label>
    ${words && html`<p class="f-wrong" id=${id} role="status">${words}</p>`}
    <${Switch} on=${show} label=${t("Ask for it when a task is made")} onChange=${setShow} />
    <div class="i-buttons"><button type="submit" class="btn btn-sm btn-primary" disabled=${Boolean(wrong)}>${t("Make it a variable")}</button></div>
  </form>`;
}

/** @param {Props & { same: any[], others: any[], close: () => void }} props */
function Existing({ shape, field, same, others, close }) {
  const { editor } = useForm(), [search, setSearch] = useState(""), wanted = search.toLowerCase();
  const take = (/** @type {string} */ key) => {
    close();
    changePlace(editor, shape, (place) => reuse(place, field.key, key));
  };
  const list = (/** @type {any[]} */ constants) => constants.filter((c) => `${c.key} ${c.name}`.toLowerCase().includes(wanted)).map((c) => html`<li key=${c.key}><button type="button" onClick=${() => take(c.key)}><code>${nameOf(c.key)}</code><span>${c.name}</span></button></li>`);
  return html`<label class="f-search"><${Glyph} name="search" size=${14} /><input type="search" placeholder=${t("Find a variable")} aria-label=${t("Find a variable")} value=${search} onInput=${(/** @type {any} */ e) => setSearch(e.target.value)} /></label>
    <div class="i-existing">${same.length > 0 && html`<h4>${t("Of the same field")}</h4><ul>${list(same)}</ul>`}${others.length > 0 && html`<h4>${same.length ? t("Others") : t("Variables")}</h4><ul>${list(others)}</ul>`}</div>`;
}

/** A field that is a variable: its key, and the value that it has when nothing else is given. @param {Props & { id: string }} props */
export function Hooked({ shape, field, id }) {
  const { editor } = useForm(), key = String(inputOf(shape.businessObject.node, field.key).value), constant = constantsOf(editor)[key];
  const show = () => editor.get("panels", false)?.show("variables", key);
  return html`<div class="i-hooked">
    <button type="button" class="i-variable" id=${id} title=${t("Show it among the variables")} onClick=${show}><${Glyph} name="variable" size=${14} /><code>${nameOf(key)}</code>${constant && html`<span>${constant.name}</span>`}
      ${constant?.show_type === "show" && html`<em>${t("asked for")}</em>`}</button>
    ${!constant && html`<p class="f-wrong">${t("There is no variable {name}", { name: nameOf(key) })}</p>`}
    ${constant && (ownsValue(constant) ? html`<${VariableValue} key=${key} field=${field} variable=${key} />` : html`<p class="i-preview"><span aria-hidden="true">=</span><code>${constant.source_type === "component_outputs" ? t("given by a node in the run") : brief(constant.value) || t("nothing")}</code></p>`)}
  </div>`;
}

/** Whether the value of a variable is that of the field, so that the field's widget can edit it. @param {any} constant */
const ownsValue = (constant) => constant.source_type === "component_inputs" && !constant.is_meta;

/** @param {{ field: Field, variable: string }} props */
function VariableValue({ field, variable }) {
  const { editor, mayEdit } = useForm(), id = useId();
  const save = (/** @type {any} */ value) => {
    const constants = constantsOf(editor);
    if (constants[variable]) setConstants(editor, { ...constants, [variable]: { ...constants[variable], value } });
  };
  const draft = useDraft(editor, constantsOf(editor)[variable]?.value, save);
  const name = t("Value of {name}", { name: nameOf(variable) });
  return html`<label class="visually-hidden" for=${id}>${name}</label><${Widget} id=${id} field=${{ ...field, name }} value=${draft.value} type=${draft.type.bind(draft)} commit=${draft.commit.bind(draft)} done=${draft.flush.bind(draft)} disabled=${!mayEdit} />`;
}
