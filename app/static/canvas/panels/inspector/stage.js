/** The stage that a node belongs to; those that others have are suggested. */
import { t } from "../../words.js";
import { html } from "../parts.js";
import { useForm } from "../../fields/form.js";
import { changeNode } from "./edits.js";
import { longestName } from "./lengths.js";
import { PlainField } from "./parts.js";

/** @param {{ shape: any }} props */
export function StageField({ shape }) {
  const { editor, page } = useForm();
  return html`<${PlainField} label=${t("Stage")} value=${shape.businessObject.node.stage_name ?? ""} suggestions=${stagesOf(editor)} spec=${{ longest: longestName(page) }} save=${(/** @type {string} */ v) => changeNode(editor, shape, (node) => ({ ...node, stage_name: v }))} />`;
}

/** The stages that are used, in order of use. @param {any} editor @returns {string[]} */
export function stagesOf(editor) {
  return [...new Set(editor.get("treeStore").nodes.map((/** @type {any} */ n) => n.businessObject.node.stage_name).filter(Boolean))];
}
