/** The form of a gateway: how it decides, or what it starts and waits for. */
import { t } from "../../words.js";
import { kindName } from "../../gestures/naming.js";
import { goTo, nameOfElement } from "../going.js";
import { html } from "../parts.js";
import { useForm } from "../../fields/form.js";
import { DECIDING } from "../../tree/kinds.js";
import { meetingOf } from "./branches.js";
import { BranchList } from "./branch_list.js";
import { changeNode } from "./edits.js";
import { Head, NameField, Problems } from "./head.js";
import { Jump, PlainField, Section } from "./parts.js";
import { placed } from "./problems_at.js";

/** @param {{ shape: any, problems: any[] }} props */
export function GatewayForm({ shape, problems }) {
  const { kind } = shape.businessObject, decides = DECIDING.has(kind);
  return html`<${Head} kind=${kindName(kind)} tone="gate" icon=${html`<${Sign} kind=${kind} />`}><${NameField} shape=${shape} placeholder=${t("Name it, if you like")} /></${Head}>
    <${Problems} problems=${decides ? placed(problems).others : problems} />
    ${decides ? html`<${Deciding} shape=${shape} />` : html`<${Section} name="gateway" title=${kind === "ConvergeGateway" ? t("What it waits for") : t("What it starts")}>${kind === "ConvergeGateway" ? html`<${Joins} shape=${shape} />` : html`<${Splits} shape=${shape} />`}</${Section}>`}`;
}

/** @param {{ shape: any }} props */
function Deciding({ shape }) {
  const { editor } = useForm(), { kind, node } = shape.businessObject, isExclusive = kind === "ExclusiveGateway";
  const strategies = [{ value: "ONLY", label: t("it fails") }, { value: "FIRST", label: t("the first is taken") }];
  const strategy = ["FIRST", "2"].includes(String(node.extra_info?.strategy ?? "").toUpperCase()) ? "FIRST" : "ONLY";
  return html`<${Section} name="branches" title=${t("Branches")} meta=${shape.outgoing.length}>
    <p class="f-help">${isExclusive ? t("One branch is taken: the one whose condition holds, else the default.") : t("Each branch whose condition holds is taken; the default when none does.")}</p>
    ${shape.outgoing.length ? html`<${BranchList} shape=${shape} />` : html`<p class="f-none">${t("No line leaves it yet. Draw one to each branch.")}</p>`}
    ${isExclusive && shape.outgoing.length > 1 && html`<${PlainField} label=${t("When several hold")} widget="choice" value=${strategy} spec=${{ choices: strategies }} save=${(/** @type {string} */ v) => changeNode(editor, shape, (now) => ({ ...now, extra_info: { ...now.extra_info, strategy: v } }))} />`}
    ${!isExclusive && html`<${Meeting} shape=${shape} />`}
  </${Section}>`;
}

/** @param {{ shape: any }} props */
function Splits({ shape }) {
  const { editor } = useForm(), targets = shape.outgoing.map((/** @type {any} */ l) => l.target), jump = (/** @type {any} */ e) => goTo(editor, e.id);
  if (!targets.length) return html`<p class="f-none">${t("No line leaves it yet. Draw one to each branch.")}</p>`;
  return html`<p class="f-help">${targets.length === 1 ? t("It starts one branch; draw more lines out of it.") : t("It starts {count} branches at once, beginning with", { count: targets.length })}</p>
    <ul class="i-ends">${targets.map((/** @type {any} */ target) => html`<li key=${target.id}><${Jump} element=${target} words=${nameOfElement(target)} jump=${jump} /></li>`)}</ul><${Meeting} shape=${shape} />`;
}

/** @param {{ shape: any }} props */
function Meeting({ shape }) {
  const { editor } = useForm(), meeting = meetingOf(shape);
  if (!meeting) return html`<p class="i-preview warn">${t("Its branches do not meet again yet: end each of them in one converge gateway.")}</p>`;
  return html`<p class="f-help">${t("They meet again at")}</p><ul class="i-ends"><li><${Jump} element=${meeting} words=${nameOfElement(meeting)} jump=${(/** @type {any} */ e) => goTo(editor, e.id)} /></li></ul>`;
}

/** @param {{ shape: any }} props */
function Joins({ shape }) {
  const { editor } = useForm(), sources = shape.incoming.map((/** @type {any} */ l) => l.source), jump = (/** @type {any} */ e) => goTo(editor, e.id);
  if (!sources.length) return html`<p class="f-none">${t("No line leads here yet.")}</p>`;
  return html`<p class="f-help">${sources.length === 1 ? t("It goes on as soon as this node is done:") : t("It goes on when each branch that was started has arrived here, by way of")}</p>
    <ul class="i-ends">${sources.map((/** @type {any} */ source) => html`<li key=${source.id}><${Jump} element=${source} words=${nameOfElement(source)} jump=${jump} /></li>`)}</ul>
    ${shape.outgoing[0] && html`<p class="f-help">${t("Then comes")}</p><ul class="i-ends"><li><${Jump} element=${shape.outgoing[0].target} words=${nameOfElement(shape.outgoing[0].target)} jump=${jump} /></li></ul>`}`;
}

/** @type {Record<string, string>} The signs that stand in the diamonds. */
const SIGNS = { ExclusiveGateway: "M8 8l8 8M16 8l-8 8", ParallelGateway: "M12 6.5v11M6.5 12h11", ConditionalParallelGateway: "M12 7a5 5 0 1 0 .01 0z", ConvergeGateway: "M6 8l5 4-5 4M11 12h6" };

/** @param {{ kind: string }} props */
function Sign({ kind }) {
  return html`<svg class="i-diamond" width="26" height="26" viewBox="0 0 24 24" aria-hidden="true"><path d="M12 1l11 11-11 11L1 12z" /><path d=${SIGNS[kind]} /></svg>`;
}

