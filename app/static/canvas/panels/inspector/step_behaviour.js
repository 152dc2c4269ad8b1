/** What happens when a step of a graph of dependencies fails, and how long it may take. */
import { t } from "../../words.js";
import { html } from "../parts.js";
import { Switch } from "../../fields/choice.js";
import { useForm } from "../../fields/form.js";
import { stepOf, triesOf, withTries } from "../../tree/step_settings.js";
import { Flag } from "./behaviour.js";
import { changeNode, stepEdits } from "./edits.js";
import { PlainField } from "./parts.js";
import { TimeField } from "./step_fields.js";

/** @param {{ shape: any }} props */
export function StepBehaviour({ shape }) {
  const { editor, page, mayEdit } = useForm(), { node, kind } = shape.businessObject, { retries, afterMs, timeoutMs } = triesOf(node), set = stepEdits(editor, shape);
  const tries = (/** @type {any} */ patch) => changeNode(editor, shape, (now) => withTries(now, patch));
  return html`<div class="i-two"><${PlainField} label=${t("Tries again")} widget="number" value=${retries || ""} spec=${{ type: "integer", minimum: 0, maximum: page.rules?.limits?.step_retries ?? null, default: 0 }} save=${(/** @type {any} */ v) => tries({ retries: v || 0 })} />
      ${retries > 0 && html`<${TimeField} label=${t("Time between tries")} ms=${afterMs} save=${(/** @type {number} */ ms) => tries({ afterMs: ms })} />`}</div>
    <${TimeField} label=${t("Each try may take")} ms=${timeoutMs} save=${(/** @type {number} */ ms) => tries({ timeoutMs: ms })} help=${t("Nothing: as long as it takes. When the time is over the try has failed.")} />
    <div class="i-flags"><${Switch} on=${Boolean(stepOf(node).pause_on_failure)} label=${t("The run is paused when it has failed")} disabled=${!mayEdit} onChange=${(/** @type {boolean} */ on) => set({ pause_on_failure: on || null })} />
      ${kind === "ServiceActivity" && html`<${Flag} shape=${shape} flag="error_ignorable" label=${t("A failure is ignored")} />`}
      <${Flag} shape=${shape} flag="skippable" label=${t("A person may skip it")} /><${Flag} shape=${shape} flag="retryable" label=${t("A person may retry it")} />
      <${Flag} shape=${shape} flag="optional" label=${t("May be left out when a task is made")} /></div>`;
}
