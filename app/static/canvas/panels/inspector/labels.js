/** The labels of a node: words by which people find and tell nodes. */
import { t } from "../../words.js";
import { html } from "../parts.js";
import { useForm } from "../../fields/form.js";
import { labelOf, labelsOf } from "../../tree/node_labels.js";
import { Chips } from "./chips.js";
import { changeNode } from "./edits.js";

/** @param {{ shape: any }} props */
export function LabelsField({ shape }) {
  const { editor } = useForm(), { node } = shape.businessObject;
  // bk-sops has labels that are objects; one that stays, stays as it is.
  const save = (/** @type {string[]} */ words) => changeNode(editor, shape, (now) => ({ ...now, labels: words.map((word) => labelsOf(now).find((label) => labelOf(label) === word) ?? word) }));
  return html`<${Chips} label=${t("Labels")} values=${labelsOf(node).map(labelOf)} save=${save} placeholder=${t("nightly, web, …")} />`;
}
