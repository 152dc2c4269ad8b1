/** When a step of a graph of dependencies runs, and how often. */
import { t } from "../../words.js";
import { html } from "../parts.js";
import { Switch } from "../../fields/choice.js";
import { useForm } from "../../fields/form.js";
import { stepOf } from "../../tree/step_settings.js";
import { stepEdits } from "./edits.js";
import { PlainField, Remark, Section } from "./parts.js";
import { ShareField, TimeField, ValueField } from "./step_fields.js";
import { StepSwitch } from "./step_switch.js";

/** The trigger rules. @type {Record<string, () => string>} */
const RULE_WORDS = {
  all_success: () => t("All steps before it have succeeded"), one_success: () => t("One step before it has succeeded"), all_failed: () => t("All steps before it have failed"),
  one_failed: () => t("One step before it has failed"), always: () => t("All steps before it are done, however they ended"),
};

/** @param {{ shape: any, problem: string }} props */
export function StepSections({ shape, problem }) {
  const { node, kind } = shape.businessObject, step = stepOf(node), isLoop = step.each !== undefined && step.each !== null;
  const context = Object.keys(step.context ?? {}).length;
  return html`<${Section} name="step" title=${t("When it runs")}>${problem && html`<${Remark} tone="bad"><p>${problem}</p></${Remark}>`}<${When} shape=${shape} /></${Section}>
    <${Section} name="each" title=${t("For each of several")} meta=${isLoop ? "✓" : undefined} folded=${!isLoop}><${Each} shape=${shape} isLoop=${isLoop} /></${Section}>
    ${kind === "ServiceActivity" && html`<${Section} name="switch" title=${t("Choose what comes next")} meta=${step.switch ? "✓" : undefined} folded=${!step.switch}><${StepSwitch} shape=${shape} isLoop=${isLoop} /></${Section}>`}
    <${Section} name="context" title=${t("Values for its inputs")} meta=${context || undefined} folded=${!context}><${Context} shape=${shape} /></${Section}>`;
}

/** @param {{ shape: any }} props */
function When({ shape }) {
  const { editor, page, mayEdit } = useForm(), { node } = shape.businessObject, step = stepOf(node), set = stepEdits(editor, shape);
  const choices = (page.rules?.trigger_rules ?? Object.keys(RULE_WORDS)).map((/** @type {string} */ value) => ({ value, label: RULE_WORDS[value]?.() ?? value })), [plain] = choices;
  const highest = page.rules?.limits?.step_priority ?? null;
  return html`<${PlainField} label=${t("It runs when")} widget="choice" value=${step.rule ?? plain.value} spec=${{ choices }} save=${(/** @type {string} */ rule) => set({ rule: rule === plain.value ? null : rule })} />
    <${ValueField} label=${t("And only if")} value=${step.condition} save=${(/** @type {any} */ condition) => set({ condition })} help=${t("Where it is false the step is skipped.")} />
    <div class="i-two"><${TimeField} label=${t("It waits before")} ms=${step.delay_ms ?? 0} save=${(/** @type {number} */ delay) => set({ delay_ms: delay || null })} />
      <${PlainField} label=${t("Priority")} widget="number" value=${step.priority ?? ""} spec=${{ type: "integer", minimum: highest && -highest, maximum: highest, default: 0 }} save=${(/** @type {any} */ priority) => set({ priority: priority || null })} /></div>
    <${Switch} on=${Boolean(step.manual)} label=${t("A person lets it begin")} disabled=${!mayEdit} onChange=${(/** @type {boolean} */ on) => set({ manual: on || null })} />`;
}

/** @param {{ shape: any, isLoop: boolean }} props */
function Each({ shape, isLoop }) {
  const { editor } = useForm(), step = stepOf(shape.businessObject.node), set = stepEdits(editor, shape);
  return html`${step.switch && html`<p class="f-help">${t("A step that chooses what comes next cannot run for several.")}</p>`}
    <${ValueField} label=${t("It runs once for each of")} value=${step.each} save=${(/** @type {any} */ each) => set({ each })} lines help=${t("A list of objects, or an object of lists; their values go over the inputs of the same key.")} />
    ${isLoop && html`<${ShareField} label=${t("At once")} none=${t("one after the other")} share=${step.each_parallelism} save=${(/** @type {any} */ share) => set({ each_parallelism: share })} />
    <${ShareField} label=${t("May fail")} none=${t("none")} share=${step.allowed_failures} save=${(/** @type {any} */ share) => set({ allowed_failures: share })} />`}`;
}

/** @param {{ shape: any }} props */
function Context({ shape }) {
  const { editor } = useForm(), set = stepEdits(editor, shape);
  return html`<${PlainField} label=${t("Names and values")} widget="keyvalue" value=${stepOf(shape.businessObject.node).context} spec=${{ type: "object" }} help=${t("What the inputs of this step may name, besides the variables.")} save=${(/** @type {any} */ context) => set({ context })} />`;
}
