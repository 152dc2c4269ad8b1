/** A step that chooses which of the steps after it go on. */
import { t } from "../../words.js";
import { nameOfElement } from "../going.js";
import { html } from "../parts.js";
import { Switch } from "../../fields/choice.js";
import { useForm } from "../../fields/form.js";
import { Glyph, IconButton } from "../../fields/glyphs.js";
import { nextSteps, stepOf } from "../../tree/step_settings.js";
import { stepEdits } from "./edits.js";
import { ValueBox } from "./step_fields.js";

/** @typedef {import("../../tree/step_settings.js").Case} Case */

/** @param {{ shape: any, isLoop: boolean }} props */
export function StepSwitch({ shape, isLoop }) {
  const { editor, page, mayEdit } = useForm(), chosen = stepOf(shape.businessObject.node).switch, set = stepEdits(editor, shape), next = nextSteps(shape);
  const cases = /** @type {Case[]} */ (chosen?.cases ?? []), put = (/** @type {any} */ patch) => set({ switch: { ...chosen, ...patch } });
  const putCase = (/** @type {number} */ i, /** @type {Partial<Case>} */ patch) => put({ cases: cases.map((c, j) => (i === j ? { ...c, ...patch } : c)) });
  const toggle = (/** @type {boolean} */ on) => set({ switch: on ? { cases: [], default: next[0]?.id ?? "" } : null });
  if (!chosen && (isLoop || next.length < 2)) return html`<p class="f-help">${isLoop ? t("A step that runs for several cannot choose what comes next.") : t("Draw lines to two steps or more; then it can choose between them.")}</p>`;
  return html`<${Switch} on=${Boolean(chosen)} label=${t("It calls nothing, and chooses one of the steps after it")} disabled=${!mayEdit} onChange=${toggle} />
    ${chosen && html`<ol class="i-branches">${cases.map((c, i) => html`<li key=${i}><div class="i-branch-head">
        <span class="i-otherwise">${i ? t("else, where this holds") : t("where this holds")}</span><span class="i-badges"></span>
        <${IconButton} glyph="x" class="quiet" label=${t("Remove the case")} disabled=${!mayEdit} onClick=${() => put({ cases: cases.filter((_, j) => j !== i) })} /></div>
      <${ValueBox} label=${t("Case {number}", { number: i + 1 })} value=${c.case} save=${(/** @type {any} */ value) => putCase(i, { case: value })} />
      <${NextStep} label=${t("Step of case {number}", { number: i + 1 })} value=${c.next} next=${next} disabled=${!mayEdit} choose=${(/** @type {string} */ id) => putCase(i, { next: id })} /></li>`)}
      <li><span class="i-otherwise">${cases.length ? t("else") : t("always")}</span><${NextStep} label=${t("Step in all other cases")} value=${chosen.default ?? ""} next=${next} none=${t("none of them")} disabled=${!mayEdit} choose=${(/** @type {string} */ id) => put({ default: id })} /></li></ol>
    <button type="button" class="f-add" disabled=${!mayEdit || cases.length >= (page.rules?.limits?.step_cases ?? 1000)} onClick=${() => put({ cases: [...cases, { case: "", next: next[0]?.id ?? "" }] })}><${Glyph} name="plus" size=${14} />${t("Add a case")}</button>`}`;
}

/** @param {{ label: string, value: string, next: any[], none?: string, disabled: boolean, choose: (id: string) => void }} props */
function NextStep({ label, value, next, none, disabled, choose }) {
  const isKnown = next.some((n) => n.id === value);
  return html`<select class="f-select" aria-label=${label} aria-invalid=${!isKnown && (value !== "" || !none) ? true : undefined} disabled=${disabled} value=${value} onChange=${(/** @type {any} */ e) => choose(e.target.value)}>
    ${none ? html`<option value="">${none}</option>` : value === "" && html`<option value="">${t("Choose…")}</option>`}${!isKnown && value !== "" && html`<option value=${value}>${t("{name}, to which no line leads", { name: value })}</option>`}
    ${next.map((n) => html`<option key=${n.id} value=${n.id}>${nameOfElement(n)}</option>`)}</select>`;
}
