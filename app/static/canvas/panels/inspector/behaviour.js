/** How a node behaves in a run: what happens when it fails, how long it may take, whether it may be left out. */
import { t } from "../../words.js";
import { html } from "../parts.js";
import { Switch } from "../../fields/choice.js";
import { useForm } from "../../fields/form.js";
import { useId } from "../../fields/ids.js";
import { changeNode } from "./edits.js";
import { flagOf, policyOf, withFlag, withPolicy } from "./failure.js";
import { PlainField } from "./parts.js";

/** @import { Policy } from "./failure.js" */

/** @type {{ policy: Policy, title: () => string, words: () => string, tasksOnly?: boolean }[]} */
const POLICIES = [
  { policy: "ask", title: () => t("Stop and ask"), words: () => t("A person skips or retries it") },
  { policy: "by_hand", title: () => t("Retry by hand"), words: () => t("A person retries it, nobody skips it") },
  { policy: "again", title: () => t("Retry by itself"), words: () => t("It tries again, then stops"), tasksOnly: true },
  { policy: "skip", title: () => t("Skip by itself"), words: () => t("The failure is ignored, the flow goes on") },
];

/** @param {{ shape: any, at: (place: string) => string }} props */
export function Behaviour({ shape, at }) {
  const { node, kind } = shape.businessObject, isTask = kind === "ServiceActivity";
  return html`<${FailurePolicy} shape=${shape} isTask=${isTask} />
    ${policyOf(node) === "again" && isTask && html`<${Retries} shape=${shape} problem=${at("retry")} />`}
    ${policyOf(node) !== "skip" && html`<div class="i-flags"><${Flag} shape=${shape} flag="skippable" label=${t("A person may skip it")} /><${Flag} shape=${shape} flag="retryable" label=${t("A person may retry it")} /></div>`}
    ${isTask && html`<${TimeOut} shape=${shape} problem=${at("timeout")} />`}
    <${Flag} shape=${shape} flag="optional" label=${t("May be left out when a task is made")} />`;
}

/** @param {{ shape: any, isTask: boolean }} props */
function FailurePolicy({ shape, isTask }) {
  const { editor, mayEdit } = useForm(), name = useId(), chosen = policyOf(shape.businessObject.node);
  return html`<fieldset class="i-policies"><legend>${t("When it fails")}</legend>
    ${POLICIES.filter((p) => isTask || !p.tasksOnly).map(({ policy, title, words }) => html`<label key=${policy} class=${policy === chosen ? "on" : ""}>
      <input type="radio" name=${name} checked=${policy === chosen} disabled=${!mayEdit} onChange=${() => changeNode(editor, shape, (node) => withPolicy(node, policy))} /><span><b>${title()}</b><small>${words()}</small></span></label>`)}
  </fieldset>`;
}

/** @param {{ shape: any, problem: string }} props */
function Retries({ shape, problem }) {
  const { editor, page } = useForm(), { times = 1, interval = 0 } = shape.businessObject.node.auto_retry ?? {}, limits = page.rules?.limits ?? {};
  const set = (/** @type {any} */ patch) => changeNode(editor, shape, (node) => ({ ...node, auto_retry: { ...node.auto_retry, ...patch } }));
  return html`<div class="i-two"><${PlainField} label=${t("How often")} widget="number" value=${times} spec=${{ type: "integer", minimum: 1, maximum: limits.retries ?? 10, required: true }} problem=${problem} save=${(/** @type {any} */ v) => set({ times: v })} />
    <${PlainField} label=${t("Seconds between")} widget="number" value=${interval} spec=${{ type: "number", minimum: 0, maximum: limits.retry_interval ?? 60, required: true }} save=${(/** @type {any} */ v) => set({ interval: v })} /></div>`;
}

const SHORTEST_S = 10;

/** @param {{ shape: any, problem: string }} props */
function TimeOut({ shape, problem }) {
  const { editor, page, mayEdit } = useForm(), { enable = false, seconds = SHORTEST_S, action = "forced_fail" } = shape.businessObject.node.timeout_config ?? {};
  const set = (/** @type {any} */ patch) => changeNode(editor, shape, (node) => ({ ...node, timeout_config: { seconds: SHORTEST_S, action: "forced_fail", ...node.timeout_config, ...patch } }));
  const actions = [{ value: "forced_fail", label: t("let it fail") }, { value: "forced_fail_and_skip", label: t("let it fail and go on") }];
  return html`<${Switch} on=${Boolean(enable)} label=${t("Give up after a time")} disabled=${!mayEdit} onChange=${(/** @type {boolean} */ on) => set({ enable: on })} />
    ${enable && html`<div class="i-two"><${PlainField} label=${t("Seconds")} widget="number" value=${seconds} spec=${{ type: "number", minimum: SHORTEST_S, maximum: page.rules?.limits?.timeout ?? null, required: true }} problem=${problem} save=${(/** @type {any} */ v) => set({ seconds: v })} />
      <${PlainField} label=${t("Then")} widget="choice" value=${action} spec=${{ choices: actions, type: "any" }} save=${(/** @type {any} */ v) => set({ action: v })} class="wide-choice" /></div>`}`;
}

/** A switch of a node. @param {{ shape: any, flag: "skippable" | "retryable" | "optional" | "error_ignorable", label: string }} props */
export function Flag({ shape, flag, label }) {
  const { editor, mayEdit } = useForm();
  return html`<${Switch} on=${flagOf(shape.businessObject.node, flag)} label=${label} disabled=${!mayEdit} onChange=${(/** @type {boolean} */ on) => changeNode(editor, shape, (node) => withFlag(node, flag, on))} />`;
}
