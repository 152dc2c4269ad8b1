/** The form of the flow itself, when nothing is selected. */
import { t } from "../../words.js";
import { html, useEvents } from "../parts.js";
import { useForm } from "../../fields/form.js";
import { Glyph } from "../../fields/glyphs.js";
import { useDraft } from "../../fields/use_draft.js";
import { Chips } from "./chips.js";
import { detailsOf } from "./details.js";
import { GraphFields } from "./graph.js";
import { FlowGroup } from "./group.js";
import { Head } from "./head.js";
import { EVENTS, isTarget, receiversOf, waysOf, withReceivers, withWay } from "./notices.js";
import { PlainField, Remark, Section } from "./parts.js";
import { FlowProxy } from "./proxy.js";

/** The categories of bk-sops. @type {Record<string, () => string>} */
const CATEGORIES = {
  OpsTools: () => t("Operations tools"), MonitorAlarm: () => t("Monitoring and alarms"), ConfManage: () => t("Configuration"), DevTools: () => t("Development tools"),
  EnterpriseIT: () => t("Enterprise IT"), OfficeApp: () => t("Office applications"), Other: () => t("Other"),
};

/** Who starts the tasks of a flow, in the words of bk-sops' flow types. */
const starters = () => [{ value: "common", label: t("Who makes them") }, { value: "common_func", label: t("Others, who claim them") }];

export function FlowForm() {
  const { editor, server, page } = useForm(), details = detailsOf(editor, page, server), { template } = page;
  useEvents(editor, ["details.changed", "session.changed", "tree.opened"]);
  const choices = [...new Set([...Object.keys(CATEGORIES), template.category].filter(Boolean))].map((value) => ({ value, label: CATEGORIES[value]?.() ?? value }));
  return html`<${Head} kind=${t("Flow")} icon=${html`<${Glyph} name="info" size=${19} />`}><${FlowName} /></${Head}>
    ${page.is_small && html`<p class="i-alone f-help">${t("A small screen shows the flow; edit it on a larger one. Choose a node or a line to see what it holds.")}</p>`}
    <${Section} name="flow" title=${t("About this flow")} meta=${saidOf(details.state)}>
      ${details.state === "failed" && html`<${Remark} tone="bad">${details.error}</${Remark}>`}
      <${PlainField} label=${t("Category")} widget="choice" value=${template.category} spec=${{ choices }} save=${(/** @type {string} */ v) => details.set({ category: v })} />
      <${PlainField} label=${t("Description")} widget="textarea" value=${template.description ?? ""} save=${(/** @type {string} */ v) => details.set({ description: v })} />
      <${Chips} label=${t("Labels")} values=${template.labels ?? []} placeholder=${t("nightly, web, …")} save=${(/** @type {string[]} */ v) => details.set({ labels: v })} />
      <${FlowGroup} />
      <${FlowProxy} details=${details} template=${template} />
      <${PlainField} label=${t("Who starts its tasks")} widget="choice" value=${template.flow_type ?? "common"} spec=${{ choices: starters() }} help=${t("What is offered first to who makes a task of it.")} save=${(/** @type {string} */ v) => details.set({ flow_type: v })} />
    </${Section}>
    ${editor.get("treeRules").isDependencies && html`<${Section} name="graph" title=${t("Dependency graph")}><${GraphFields} /></${Section}>`}
    <${Section} name="notify" title=${t("Who is told")}><${Notify} details=${details} template=${template} /></${Section}>
    ${!page.is_small && html`<p class="i-alone f-help">${t("Choose a node or a line on the canvas to change it.")}</p>`}`;
}

/** @param {string} state */
const saidOf = (state) => ({ saving: t("saving…"), saved: t("saved") })[state];

function FlowName() {
  const { editor, page, mayEdit } = useForm(), session = editor.get("session", false);
  const rename = (/** @type {string} */ name) => (session ? session.rename(name) : Object.assign(page.template, { name }));
  const draft = useDraft(editor, session?.name ?? page.template.name ?? "", rename), longest = page.rules?.limits?.name ?? 50;
  return html`<input class="i-name" aria-label=${t("Name of the flow")} maxlength=${longest} placeholder=${t("Name this flow")} value=${draft.value} disabled=${!mayEdit} autocomplete="off" spellcheck=${false}
    aria-invalid=${draft.value.trim() ? undefined : true} onInput=${(/** @type {any} */ e) => draft.type(e.target.value)} onBlur=${() => draft.flush()} onKeyDown=${(/** @type {KeyboardEvent} */ e) => e.key === "Enter" && draft.flush()} />`;
}

/** @type {Record<string, () => string>} */
const EVENT_NAMES = { success: () => t("it has finished"), fail: () => t("a node fails"), pending_processing: () => t("it waits for a person") };

/** @param {{ details: any, template: any }} props */
function Notify({ details, template }) {
  const { mayEdit } = useForm(), { notify_type: types, notify_receivers: receivers } = template, ways = waysOf(types), targets = receiversOf(receivers);
  const tick = (/** @type {string} */ event, /** @type {string} */ way, /** @type {string} */ label) => html`<td><input type="checkbox" aria-label=${label} checked=${ways[event].includes(way)} disabled=${!mayEdit} onChange=${(/** @type {any} */ e) => details.set({ notify_type: withWay(template.notify_type, event, way, e.target.checked) })} /></td>`;
  const wrong = (/** @type {string[]} */ values) => {
    const bad = values.find((v) => !isTarget(v));
    return bad ? t("{target} is neither a mail address nor a web address", { target: bad }) : "";
  };
  return html`<table class="i-notify"><thead><tr><th scope="col">${t("When")}</th><th scope="col">${t("Mail")}</th><th scope="col">${t("Webhook")}</th></tr></thead>
    <tbody>${EVENTS.map((event) => html`<tr key=${event}><th scope="row">${EVENT_NAMES[event]()}</th>${tick(event, "email", t("Mail when {event}", { event: EVENT_NAMES[event]() }))}${tick(event, "webhook", t("Webhook when {event}", { event: EVENT_NAMES[event]() }))}</tr>`)}</tbody></table>
    <${Chips} label=${t("Receivers")} values=${targets} placeholder=${t("ops@example.org, https://…")} separator=${/[,;\s]+/} whyWrong=${wrong} save=${(/** @type {string[]} */ v) => details.set({ notify_receivers: withReceivers(template.notify_receivers, v) })} />`;
}
