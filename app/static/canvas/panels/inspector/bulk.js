/** The form of several things at once: what tasks and subprocesses have in common. */
import { t } from "../../words.js";
import { goTo, nameOfElement } from "../going.js";
import { html } from "../parts.js";
import { Switch } from "../../fields/choice.js";
import { useForm } from "../../fields/form.js";
import { changeNode } from "./edits.js";
import { flagOf, withFlag } from "./failure.js";
import { Head } from "./head.js";
import { longestName } from "./lengths.js";
import { Jump, PlainField, Section } from "./parts.js";
import { stagesOf } from "./stage.js";

const SHOWN = 12;

/** @param {{ elements: any[] }} props */
export function BulkForm({ elements }) {
  const { editor } = useForm(), nodes = elements.filter((e) => e.businessObject.kind === "ServiceActivity" || e.businessObject.kind === "SubProcess");
  const shown = elements.filter((e) => !e.waypoints), jump = (/** @type {any} */ e) => goTo(editor, e.id);
  return html`<${Head} kind=${t("Selection")} icon=${html`<b>${elements.length}</b>`}><b class="i-name">${t("{count} selected", { count: elements.length })}</b></${Head}>
    ${nodes.length > 0 ? html`<${Section} name="bulk" title=${t("For all {count} tasks and subprocesses", { count: nodes.length })}><${Shared} key=${nodes.map((n) => n.id).join()} nodes=${nodes} /></${Section}>` : html`<p class="i-alone f-help">${t("Nothing here has settings in common.")}</p>`}
    <${Section} name="selected" title=${t("Selected")} meta=${shown.length}><ul class="i-ends">${shown.slice(0, SHOWN).map((e) => html`<li key=${e.id}><${Jump} element=${e} words=${nameOfElement(e)} jump=${jump} /></li>`)}</ul>
      ${shown.length > SHOWN && html`<p class="f-help">${t("and {count} more", { count: shown.length - SHOWN })}</p>`}</${Section}>`;
}

/** @param {{ nodes: any[] }} props */
function Shared({ nodes }) {
  const { editor, page, mayEdit } = useForm(), stages = new Set(nodes.map((n) => n.businessObject.node.stage_name ?? "")), isMixed = stages.size > 1;
  const all = (/** @type {(node: any) => any} */ change) => editor.get("modeling").together(() => nodes.forEach((n) => changeNode(editor, n, change)));
  const flag = (/** @type {"optional" | "skippable" | "retryable" | "error_ignorable"} */ name, /** @type {string} */ label) => {
    const on = new Set(nodes.map((n) => flagOf(n.businessObject.node, name)));
    return html`<${Switch} on=${on.size > 1 ? null : on.has(true)} label=${on.size > 1 ? html`${label} <em class="i-mixed">${t("differs")}</em>` : label} disabled=${!mayEdit} onChange=${(/** @type {boolean} */ now) => all((node) => withFlag(node, name, now))} />`;
  };
  return html`<${PlainField} label=${t("Stage")} value=${isMixed ? "" : [...stages][0]} suggestions=${stagesOf(editor)} spec=${{ longest: longestName(page), default: isMixed ? t("differs: type to set one for all") : null }} save=${(/** @type {string} */ v) => all((node) => ({ ...node, stage_name: v }))} />
    <div class="i-flags">${flag("optional", t("May be left out when a task is made"))}${flag("skippable", t("A person may skip it"))}${flag("retryable", t("A person may retry it"))}${flag("error_ignorable", t("A failure is ignored"))}</div>`;
}

