/** What a task gives: each output can be kept in a variable, which nodes behind it read. */
import { useState } from "preact/hooks";
import { t } from "../../words.js";
import { html } from "../parts.js";
import { useForm } from "../../fields/form.js";
import { hookOutput, outputVariable, unhookOutput } from "../../tree/hooks.js";
import { constantsOf, setConstants, usesOf } from "./edits.js";
import { CopyButton } from "./parts.js";

/** @typedef {{ key: string, name: string, type?: string }} Output */

/** @param {{ shape: any, outputs: Output[] }} props */
export function Outputs({ shape, outputs }) {
  const { editor } = useForm();
  return html`<ul class="i-outputs">${[...outputs, ...unnamed(constantsOf(editor), shape.id, outputs)].map((output) => html`<${OutputRow} key=${output.key} shape=${shape} output=${output} />`)}</ul>`;
}

/** How many outputs of a node are kept. @param {any} editor @param {string} nodeId */
export function countKept(editor, nodeId) {
  return Object.values(constantsOf(editor)).filter((c) => c.source_type === "component_outputs" && c.source_info?.[nodeId]?.length).length;
}

/** @param {{ shape: any, output: Output }} props */
function OutputRow({ shape, output }) {
  const { editor, mayEdit } = useForm(), [asks, setAsks] = useState(0);
  const constants = constantsOf(editor), variable = outputVariable(constants, shape.id, output.key);
  const drop = () => {
    setAsks(0);
    setConstants(editor, unhookOutput(constantsOf(editor), shape.id, output.key));
  };
  const tick = () => {
    if (!variable) return setConstants(editor, hookOutput(constants, shape.businessObject.node, output));
    const uses = usesOf(editor, variable.key).length;
    if (uses && Object.keys(variable.source_info ?? {}).length === 1) setAsks(uses);
    else drop();
  };
  return html`<li><label><input type="checkbox" checked=${Boolean(variable)} disabled=${!mayEdit} onChange=${(/** @type {any} */ e) => {
    tick();
    e.target.checked = Boolean(variable);
  }} /><span class="i-output-words"><span>${output.name}</span><code>${output.key}</code></span></label>
    ${variable && html`<span class="i-output-key"><code>${variable.key}</code><${CopyButton} text=${variable.key} label=${t("Copy {key}", { key: variable.key })} /></span>`}
    ${asks > 0 && variable && html`<div class="i-ask inline" role="group"><p>${t("{key} is used in {count} places. Delete the variable all the same?", { key: variable.key, count: asks })}</p>
      <div class="i-buttons"><button type="button" class="btn btn-sm btn-danger" onClick=${drop}>${t("Delete it")}</button><button type="button" class="btn btn-sm" onClick=${() => setAsks(0)}>${t("Keep it")}</button></div></div>`}</li>`;
}

/** Outputs that variables take though the plugin does not name them. @param {any} constants @param {string} nodeId @param {Output[]} outputs @returns {Output[]} */
function unnamed(constants, nodeId, outputs) {
  const known = new Set(outputs.map((o) => o.key));
  const taken = Object.values(constants).flatMap((/** @type {any} */ c) => (c.source_type === "component_outputs" ? (c.source_info?.[nodeId] ?? []) : []));
  return [...new Set(taken)].filter((key) => !known.has(key)).map((key) => ({ key, name: key }));
}
