/** The form of a subprocess: which flow it runs, in which version, with which values. */
import { useEffect, useState } from "preact/hooks";
import { t } from "../../words.js";
import { html } from "../parts.js";
import { Switch } from "../../fields/choice.js";
import { useForm } from "../../fields/form.js";
import { Glyph } from "../../fields/glyphs.js";
import { forgetInputs, inputOf, inTheirOrder } from "../../tree/hooks.js";
import { keysIn } from "../../tree/references.js";
import { Behaviour } from "./behaviour.js";
import { changeNode, changePlace, usesOf } from "./edits.js";
import { DryRun } from "./dry_run.js";
import { FlowChoice } from "./flow_choice.js";
import { Head, NameField, Problems, Tile } from "./head.js";
import { Inputs } from "./inputs.js";
import { LabelsField } from "./labels.js";
import { LastRuns } from "./last_runs.js";
import { longestName } from "./lengths.js";
import { Remark, Row, Section } from "./parts.js";
import { placed } from "./problems_at.js";
import { StageField } from "./stage.js";
import { StepSections } from "./step.js";
import { StepBehaviour } from "./step_behaviour.js";
import { fieldOfVariable, goneInputs, sourceOf, variableChanges, versionState, withFlow } from "./subprocess_values.js";

/** @import { Choice } from "./subprocess_values.js" */

/** @param {{ shape: any, problems: any[] }} props */
export function SubprocessForm({ shape, problems }) {
  const { editor, page } = useForm(), { node } = shape.businessObject, { current, failed } = useCurrent(node), { at, others } = placed(problems);
  const shown = inTheirOrder(node.constants ?? {}), fields = shown.map((c) => fieldOfVariable(c, editor.get("catalogue").variableTypes));
  const isStep = editor.get("treeRules").isDependencies, hooked = shown.filter((c) => inputOf(node, c.key).hook).length;
  const take = (/** @type {Choice} */ choice) => changePlace(editor, shape, ({ node: before, constants }) => {
    const made = withFlow(before, choice), isUsed = (/** @type {string} */ key) => usesOf(editor, key).some((u) => u.id !== shape.id) || keysIn(Object.values(made.constants)).has(key);
    const named = (/** @type {string | undefined} */ name) => name?.slice(0, longestName(page));
    if (!made.name || [current?.name, named(current?.name)].includes(made.name)) made.name = named(choice.name);
    return { node: made, constants: forgetInputs(constants, shape.id, goneInputs(before, choice.variables), isUsed) };
  });
  return html`<${Head} kind=${t("Subprocess")} tone="sub" icon=${html`<${Tile} name="sitemap" />`}><${NameField} shape=${shape} problem=${at("name")} required /></${Head}>
    <${Problems} problems=${others} />
    <${Section} name="subprocess" title=${t("Flow")} meta=${node.template_id && sourceOf(node) === "project" ? html`<a href=${hrefOf(page, node)} target="_blank" rel="noopener">${t("Open it")}<${Glyph} name="external" size=${13} /></a>` : undefined}>
      <${FlowChoice} node=${node} current=${current} problem=${at("flow") || failed} take=${take} />
      ${current && html`<${Version} shape=${shape} current=${current} update=${() => take(current)} />`}
      ${current?.schemes?.length > 0 && html`<${Schemes} shape=${shape} schemes=${current.schemes} />`}
      <${StageField} shape=${shape} /><${LabelsField} shape=${shape} /></${Section}>
    <${Section} name="inputs" title=${t("Inputs")} meta=${hooked > 0 ? t("Variables: {count}", { count: hooked }) : undefined}>
      ${!fields.length && html`<p class="f-help">${node.template_id ? t("The flow asks for nothing.") : t("Choose a flow first.")}</p>`}
      <${Inputs} key=${node.version} shape=${shape} fields=${fields} problem=${() => ""} /></${Section}>
    ${isStep && html`<${StepSections} shape=${shape} problem=${at("step")} />`}
    <${Section} name="behaviour" title=${isStep ? t("When it fails") : t("Behaviour")}>${isStep ? html`<${StepBehaviour} shape=${shape} />` : html`<${Behaviour} shape=${shape} at=${at} />`}</${Section}>
    <${LastRuns} shape=${shape} />
    ${page.may_run && node.template_id && html`<${Section} name="dry-run" title=${t("Try this node")} folded><${DryRun} shape=${shape} /></${Section}>`}`;
}

/** @param {{ shape: any, current: Choice, update: () => void }} props */
function Version({ shape, current, update }) {
  const { editor, mayEdit } = useForm(), { node } = shape.businessObject, state = versionState(node, current);
  const { added, removed, changed } = variableChanges(node, current.variables), count = added.length + removed.length + changed.length;
  const always = (/** @type {boolean} */ on) => changeNode(editor, shape, (now) => ({ ...now, always_use_latest: on, ...(on || now.version ? {} : { version: current.digest }) }));
  const says = [added.length && t("new: {names}", { names: names(added) }), removed.length && t("gone: {names}", { names: names(removed) }), changed.length && t("changed: {names}", { names: names(changed) })].filter(Boolean).join(" · ");
  const isStale = state === "outdated" || (state !== "current" && count > 0);
  return html`<div class="i-version">
    ${state === "current" && html`<p class="i-good"><${Glyph} name="check" size=${14} />${t("Up to date: version {number}", { number: current.number })}</p>`}
    ${isStale && html`<${Remark} tone="warn"><p>${state === "outdated" ? t("A newer version is available: {number}", { number: current.number }) : t("The variables of the flow have changed")}</p>
      <p class="i-small">${count ? t("{count} variables differ", { count }) : t("Its variables are the same")}${says && html` — ${says}`}</p>
      <button type="button" class="btn btn-sm" disabled=${!mayEdit} onClick=${update}><${Glyph} name="refresh" size=${14} />${t("Update")}</button></${Remark}>`}
    <${Switch} on=${Boolean(node.always_use_latest)} label=${t("Always run the newest version")} disabled=${!mayEdit} onChange=${always} /></div>`;
}

/** @param {any[]} variables */
const names = (variables) => variables.map((c) => c.name || c.key).join(", ");

/** @param {{ shape: any, schemes: { id: any, name: string }[] }} props */
function Schemes({ shape, schemes }) {
  const { editor, mayEdit } = useForm(), chosen = (shape.businessObject.node.scheme_id_list ?? []).map(String);
  const toggle = (/** @type {any} */ id) => changeNode(editor, shape, (node) => ({ ...node, scheme_id_list: chosen.includes(String(id)) ? node.scheme_id_list.filter((/** @type {any} */ s) => String(s) !== String(id)) : [...(node.scheme_id_list ?? []), id] }));
  return html`<${Row} label=${t("Execution schemes")} help=${t("None: all of its nodes run.")}><div class="f-ticks" role="group" aria-label=${t("Execution schemes")}>${schemes.map((s) => html`<label key=${s.id}><input type="checkbox" checked=${chosen.includes(String(s.id))} disabled=${!mayEdit} onChange=${() => toggle(s.id)} /><span>${s.name}</span></label>`)}</div></${Row}>`;
}

/** The flow of a node as it is now on the server. @param {any} node @returns {{ current: any, failed: string }} */
function useCurrent(node) {
  const { server } = useForm(), [found, setFound] = useState(/** @type {{ key: string, current: any, failed: string }} */ ({ key: "", current: null, failed: "" }));
  const key = /^\d+$/.test(String(node.template_id)) ? `/flows/${node.template_id}?source=${sourceOf(node)}` : "";
  useEffect(() => {
    if (!key) return;
    const stop = new AbortController();
    server.get(key, stop.signal).then(
      (/** @type {any} */ current) => setFound({ key, current, failed: "" }),
      (/** @type {any} */ error) => stop.signal.aborted || setFound({ key, current: null, failed: error.status === 404 ? t("There is no such flow any more") : error.message }),
    );
    return () => stop.abort();
  }, [key]);
  return found.key === key ? found : { current: null, failed: "" };
}

/** @param {any} page @param {any} node */
const hrefOf = (page, node) => `/projects/${page.project.id}/flows/${node.template_id}/edit`;
