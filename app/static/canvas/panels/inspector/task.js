/** The form of a task. */
import { t } from "../../words.js";
import { html } from "../parts.js";
import { useForm } from "../../fields/form.js";
import { inputOf } from "../../tree/hooks.js";
import { Behaviour } from "./behaviour.js";
import { DryRun } from "./dry_run.js";
import { NodeGroup } from "./group.js";
import { Head, NameField, Problems, Tile } from "./head.js";
import { Inputs, OtherInputs } from "./inputs.js";
import { LabelsField } from "./labels.js";
import { LastRuns } from "./last_runs.js";
import { countKept, Outputs } from "./outputs.js";
import { Section } from "./parts.js";
import { iconOf, PluginChoice } from "./plugin_choice.js";
import { placed } from "./problems_at.js";
import { NodeProxy } from "./proxy.js";
import { StageField } from "./stage.js";
import { StepSections } from "./step.js";
import { StepBehaviour } from "./step_behaviour.js";

/** @param {{ shape: any, problems: any[] }} props */
export function TaskForm({ shape, problems }) {
  const { editor, page } = useForm(), { node } = shape.businessObject;
  const plugin = editor.get("catalogue").find(node.component?.code, node.component?.version);
  const fields = plugin?.inputs ?? [], { at, input, others } = placed(problems, fields.map((/** @type {any} */ f) => f.key));
  const isStep = editor.get("treeRules").isDependencies, hooked = fields.filter((/** @type {any} */ f) => inputOf(node, f.key).hook).length, kept = countKept(editor, node.id);
  return html`<${Head} kind=${t("Task")} icon=${html`<${Tile} name=${iconOf(plugin)} />`}><${NameField} shape=${shape} problem=${at("name")} required /></${Head}>
    <${Problems} problems=${others} />
    <${Section} name="task" title=${t("Task")}><${PluginChoice} shape=${shape} problem=${at("plugin")} /><${StageField} shape=${shape} /><${LabelsField} shape=${shape} /><${NodeGroup} shape=${shape} problem=${at("group")} /><${NodeProxy} shape=${shape} problem=${at("proxy")} /></${Section}>
    <${Section} name="inputs" title=${t("Inputs")} meta=${hooked > 0 ? t("Variables: {count}", { count: hooked }) : undefined}>
      ${!fields.length && html`<p class="f-help">${plugin ? t("It takes none.") : t("Choose what it does first.")}</p>`}
      <${Inputs} key=${`${node.component?.code} ${node.component?.version}`} shape=${shape} fields=${fields} problem=${input} /><${OtherInputs} shape=${shape} fields=${fields} /></${Section}>
    ${plugin && html`<${Section} name="outputs" title=${t("Outputs")} meta=${kept > 0 ? t("Kept: {count}", { count: kept }) : undefined}><${Outputs} shape=${shape} outputs=${plugin.outputs} /></${Section}>`}
    ${isStep && html`<${StepSections} shape=${shape} problem=${at("step")} />`}
    <${Section} name="behaviour" title=${isStep ? t("When it fails") : t("Behaviour")}>${isStep ? html`<${StepBehaviour} shape=${shape} />` : html`<${Behaviour} shape=${shape} at=${at} />`}</${Section}>
    <${LastRuns} shape=${shape} />
    ${page.may_run && plugin && html`<${Section} name="dry-run" title=${t("Try this node")} folded><${DryRun} key=${shape.id} shape=${shape} /></${Section}>`}`;
}
