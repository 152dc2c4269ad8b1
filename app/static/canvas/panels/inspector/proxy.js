/** In whose name the tasks of a flow run, or one node of it: what `_system.executor` is. */
import { t } from "../../words.js";
import { html } from "../parts.js";
import { useForm } from "../../fields/form.js";
import { changeNode } from "./edits.js";
import { PlainField } from "./parts.js";

const LONGEST = 64;

/** @param {{ details: any, template: any }} props */
export function FlowProxy({ details, template }) {
  return html`<${PlainField} label=${t("Runs in the name of")} value=${template.executor_proxy ?? ""} spec=${{ default: t("whom the project names, or who starts it"), longest: LONGEST }}
    help=${t("What ${_system.executor} is in its tasks. It is a name for other systems; what a task may do here does not change.")} save=${(/** @type {string} */ v) => details.set({ executor_proxy: v.trim() })} />`;
}

/** @param {{ shape: any, problem: string }} props */
export function NodeProxy({ shape, problem }) {
  const { editor } = useForm(), name = shape.businessObject.node.executor_proxy;
  return html`<${PlainField} label=${t("Runs in the name of")} value=${name ?? ""} problem=${problem} spec=${{ default: t("as the task"), longest: LONGEST }} save=${(/** @type {string} */ v) => changeNode(editor, shape, (node) => ({ ...node, executor_proxy: v.trim() || undefined }))} />`;
}
