/** Which workers may carry out the nodes of a flow, or one of them. */
import { t } from "../../words.js";
import { html, useTree } from "../parts.js";
import { useForm } from "../../fields/form.js";
import { changeNode } from "./edits.js";
import { PlainField } from "./parts.js";

export function FlowGroup() {
  const { editor } = useForm(), { worker_group: group } = useTree(editor);
  return html`<${PlainField} label=${t("Worker group")} value=${group ?? ""} spec=${{ default: t("any worker without a group") }} help=${t("Only workers that serve this group carry out its nodes.")} save=${(/** @type {string} */ v) => editor.get("modeling").updateRest({ worker_group: v.trim() || undefined })} />`;
}

/** @param {{ shape: any, problem: string }} props */
export function NodeGroup({ shape, problem }) {
  const { editor } = useForm(), group = shape.businessObject.node.worker_group;
  return html`<${PlainField} label=${t("Worker group")} value=${group ?? ""} problem=${problem} spec=${{ default: t("that of the flow") }} save=${(/** @type {string} */ v) => changeNode(editor, shape, (node) => ({ ...node, worker_group: v.trim() || undefined }))} />`;
}
