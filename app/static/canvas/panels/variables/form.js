/** The form of one variable. */
import { useLayoutEffect, useMemo, useRef } from "preact/hooks";
import { Switch } from "../../fields/choice.js";
import { FormContext } from "../../fields/form.js";
import { IconButton } from "../../fields/glyphs.js";
import { keyOf } from "../../tree/references.js";
import { retyped } from "../../tree/variables.js";
import { constantsOf, offersAt, takeOffer } from "../inspector/edits.js";
import { longestName } from "../inspector/lengths.js";
import { CopyButton, PlainField, Remark, Row } from "../inspector/parts.js";
import { Preview } from "../inspector/preview.js";
import { goTo } from "../going.js";
import { html } from "../parts.js";
import { t } from "../../words.js";
import { Definition } from "./definition.js";
import { changeVariable, renameVariable, toggleOutput } from "./edits.js";
import { Hiding } from "./hiding.js";
import { KeyField } from "./key_field.js";
import { sourceOf, typeOf } from "./sources.js";
import { UsesList } from "./uses.js";
import { Validation } from "./validation.js";
import { ValueField } from "./value_field.js";

/**
 * @typedef {import("../../tree/types.js").Constant} Constant
 * @typedef {{ editor: any, variableKey: string, constant: Constant, change: (patch: Partial<Constant>) => void }} PartProps
 */

/**
 * @param {{ variableKey: string, usage: import("./index.js").Usage, editor: any, server: any, page: any, choose: (key: string) => void, renamed: (to: string) => void, close: () => void, isNew: boolean }} props
 *   `renamed` is told the new key; a new one begins with its name
 */
export function VariableForm({ variableKey: key, usage, editor, server, page, choose, renamed, close, isNew }) {
  const constant = constantsOf(editor)[key], mayEdit = page.may_edit !== false;
  const form = useMemo(() => ({
    editor, server, page, mayEdit, offers: () => offersAt(editor, null).filter((offer) => keyOf(offer.name) !== keyOf(key)), take: (/** @type {any} */ offer) => takeOffer(editor, offer), together: (/** @type {() => void} */ change) => editor.get("modeling").together(change),
  }), [editor, key, mayEdit]);
  const section = useRef(/** @type {HTMLElement | null} */ (null));
  useLayoutEffect(() => {
    if (isNew) section.current?.querySelector("input")?.select();
  }, []);
  if (!constant) return null;
  const change = (/** @type {Partial<Constant>} */ patch) => changeVariable(editor, key, patch);
  const rename = (/** @type {string} */ to) => {
    renameVariable(editor, key, to);
    renamed(keyOf(to));
  };
  const shared = { editor, variableKey: key, constant, change }, uses = usage.uses.get(keyOf(key)) ?? [], takesOutput = constant.source_type === "component_outputs";
  const type = typeOf(editor, constant), source = type?.source ?? "given", hasParts = Boolean(type?.fields.length), isText = !takesOutput && !constant.is_meta && !hasParts;
  return html`<${FormContext.Provider} value=${form}><section ref=${section} class="variable-form" aria-label=${t("Variable {name}", { name: constant.name || key })}>
    <header><strong class="text-truncate">${constant.name || key}</strong><${CopyButton} text=${keyOf(key)} label=${t("Copy {key}", { key: keyOf(key) })} /><${IconButton} glyph="x" class="quiet" label=${t("Close")} onClick=${close} /></header>
    <div class="form-columns"><div>
      <${PlainField} label=${t("Name")} value=${constant.name ?? ""} save=${(/** @type {string} */ name) => change({ name })} spec=${{ required: true, longest: longestName(page) }} />
      <${KeyField} constants=${constantsOf(editor)} variableKey=${key} longest=${page.rules?.limits?.variable_key} disabled=${!mayEdit} rename=${rename} />
      <${TypeChoice} ...${shared} mayEdit=${mayEdit} />
      <${SourceRemark} source=${source} variableKey=${key} />
      ${takesOutput ? html`<p class="f-help">${t("It has a value once that node has run.")}</p>` : hasParts ? html`<${Definition} ...${shared} />` : html`<${ValueField} ...${shared} mayEdit=${mayEdit} />`}
      ${constant.custom_type !== "password" && !constant.is_meta && !takesOutput && html`<div class="i-row"><${Preview} value=${keyOf(key)} /></div>`}
    </div><div>
      <${PlainField} label=${t("Description")} widget="textarea" value=${constant.desc ?? ""} save=${(/** @type {string} */ desc) => change({ desc })} />
      <div class="i-row switches">
        ${!takesOutput && source !== "task" && html`<${Switch} on=${constant.show_type === "show"} label=${t("Ask for it when a task is made")} disabled=${!mayEdit} onChange=${(/** @type {boolean} */ on) => change({ show_type: on ? "show" : "hide" })} />`}
        <${Switch} on=${(editor.get("treeStore").rest.outputs ?? []).includes(key)} label=${t("Output of the flow")} disabled=${!mayEdit} onChange=${() => toggleOutput(editor, key)} />
        ${!takesOutput && html`<${Switch} on=${Boolean(constant.pre_render_mako)} label=${t("Compute it once, at the start")} disabled=${!mayEdit} onChange=${(/** @type {boolean} */ on) => change({ pre_render_mako: on })} />`}
      </div>
      ${isText && source === "given" && html`<${Validation} ...${shared} />`}
      ${constant.show_type === "show" && !takesOutput && source !== "task" && html`<${Hiding} ...${shared} mayEdit=${mayEdit} />`}
      <${Row} label=${uses.length ? t("Used in {count} places", { count: uses.length }) : t("Used nowhere")}><${UsesList} editor=${editor} uses=${uses} choose=${choose} /></${Row}>
    </div></div>
  </section></${FormContext.Provider}>`;
}

/** Where a value comes from that no person gives. @param {{ source: "given" | "task" | "cmdb", variableKey: string }} props */
function SourceRemark({ source, variableKey }) {
  if (source === "task") return html`<${Remark}><p>${t("The task works it out when it begins; all of its nodes see the same time.")}</p></${Remark}>`;
  if (source === "cmdb") return html`<${Remark} tone="warn"><p>${t("A CMDB would work this value out, and this installation has none. The value is kept as it is, and {key} gives it unchanged.", { key: keyOf(variableKey) })}</p></${Remark}>`;
  return null;
}

/** What kind of variable it is; one that is tied to a node cannot be of another. @param {PartProps & { mayEdit: boolean }} props */
function TypeChoice({ editor, constant, change, mayEdit }) {
  const source = sourceOf(editor, constant), types = editor.get("catalogue").variableTypes, type = typeOf(editor, constant);
  if (constant.source_type && constant.source_type !== "custom") {
    return html`<${Row} label=${t("Source")}>${source.id ? html`<button type="button" class="as-link text-start" onClick=${() => goTo(editor, /** @type {string} */ (source.id))}>${source.words}</button>` : html`<span>${source.words}</span>`}</${Row}>`;
  }
  const choose = (/** @type {any} */ e) => {
    const wanted = types.find((/** @type {any} */ each) => each.custom_type === e.target.value);
    const { custom_type, source_tag, is_meta, value, validation } = retyped(constant, wanted, type);
    change({ custom_type, source_tag, is_meta, value, validation, meta: undefined });
  };
  return html`<${Row} label=${t("Type")} forId="variable-type" help=${type?.description}><select id="variable-type" class="f-select" disabled=${!mayEdit} value=${constant.custom_type ?? ""} onChange=${choose}>
    ${!type && html`<option value=${constant.custom_type ?? ""}>${constant.custom_type || t("Any value")}</option>`}${types.filter((/** @type {any} */ each) => each.source !== "cmdb" || each === type).map((/** @type {any} */ each) => html`<option value=${each.custom_type}>${each.name}</option>`)}</select></${Row}>`;
}
