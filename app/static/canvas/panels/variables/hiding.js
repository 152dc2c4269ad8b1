/** When a variable is not asked for: conditions on other variables. */
import { Switch } from "../../fields/choice.js";
import { Glyph, IconButton } from "../../fields/glyphs.js";
import { useDraft } from "../../fields/use_draft.js";
import { isHiding, listed } from "../../tree/variables.js";
import { html } from "../parts.js";
import { t } from "../../words.js";
import { constantsOf } from "../inspector/edits.js";

/** @typedef {{ constant_key: string, operator: "=" | "!=", value: string }} Condition */

/** @param {import("./form.js").PartProps & { mayEdit: boolean }} props */
export function Hiding({ editor, variableKey, constant, change, mayEdit }) {
  const isOn = isHiding(constant), rows = /** @type {Condition[]} */ (Array.isArray(constant.hide_condition) ? constant.hide_condition : []);
  const others = listed(constantsOf(editor)).filter(([key, c]) => key !== variableKey && c.show_type === "show");
  const put = (/** @type {Condition[]} */ hide_condition) => change({ hide_condition });
  const fresh = () => /** @type {Condition} */ ({ constant_key: others[0]?.[0] ?? "", operator: "=", value: "" });
  // bk-sops writes the switch as text.
  const toggle = (/** @type {boolean} */ on) => change({ is_condition_hide: on ? "true" : "false", ...(on && !rows.length ? { hide_condition: [fresh()] } : {}) });
  return html`<div class="i-row hiding"><${Switch} on=${isOn} label=${t("Do not ask when one of these holds")} disabled=${!mayEdit || (!isOn && !others.length)} onChange=${toggle} />
    ${isOn && rows.map((row, i) => html`<${ConditionRow} key=${i} editor=${editor} row=${row} others=${others} disabled=${!mayEdit} put=${(/** @type {Condition} */ now) => put(rows.map((r, j) => (i === j ? now : r)))} drop=${() => put(rows.filter((_, j) => j !== i))} />`)}
    ${isOn && html`<button type="button" class="f-add" disabled=${!mayEdit || !others.length} onClick=${() => put([...rows, fresh()])}><${Glyph} name="plus" size=${14} />${t("Add a condition")}</button>`}
  </div>`;
}

/** @param {{ editor: any, row: Condition, others: [string, import("../../tree/types.js").Constant][], disabled: boolean, put: (row: Condition) => void, drop: () => void }} props */
function ConditionRow({ editor, row, others, disabled, put, drop }) {
  const draft = useDraft(editor, row.value, (value) => put({ ...row, value })), isKnown = others.some(([key]) => key === row.constant_key);
  return html`<div class="hiding-row">
    <select class="f-select" aria-label=${t("Variable")} disabled=${disabled} value=${row.constant_key} onChange=${(/** @type {any} */ e) => put({ ...row, constant_key: e.target.value })}>${!isKnown && html`<option value=${row.constant_key}>${row.constant_key || t("Choose…")}</option>`}${others.map(([key, c]) => html`<option value=${key}>${c.name || key}</option>`)}</select>
    <select class="f-select" aria-label=${t("Comparison")} disabled=${disabled} value=${row.operator} onChange=${(/** @type {any} */ e) => put({ ...row, operator: e.target.value })}><option value="=">${t("is")}</option><option value="!=">${t("is not")}</option></select>
    <input class="f-text" aria-label=${t("Value")} disabled=${disabled} value=${draft.value} onInput=${(/** @type {any} */ e) => draft.type(e.target.value)} onBlur=${() => draft.flush()} />
    <${IconButton} glyph="x" class="quiet" label=${t("Remove the condition")} disabled=${disabled} onClick=${drop} /></div>`;
}
