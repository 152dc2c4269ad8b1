/** All that is asked for before a task is made. */
import { useId } from "preact/hooks";
import { FormContext } from "../fields/form.js";
import { useDraft } from "../fields/use_draft.js";
import { Widget } from "../fields/widgets.js";
import { Row } from "../panels/inspector/parts.js";
import { html } from "../panels/parts.js";
import { t } from "../words.js";
import { whyNot } from "./asking.js";
import { useOrder } from "./order.js";
import { When } from "./when.js";

/** @typedef {import("./order.js").Order} Order */

/** @param {{ order: Order, viewer: any, send: () => void }} props */
export function Form({ order, viewer, send }) {
  useOrder(order);
  const { data, questions } = order;
  const shared = { editor: viewer, server: null, page: { hosts: data.hosts }, mayEdit: true, offers: () => [], take: (/** @type {any} */ offer) => offer.name, together: (/** @type {() => void} */ change) => change() };
  const submit = (/** @type {Event} */ event) => {
    event.preventDefault();
    send();
  };
  return html`<${FormContext.Provider} value=${shared}><form class="inspector create-form" novalidate onSubmit=${submit}>
    <div class="create-parts">
      <${Source} order=${order} />
      ${order.optional.length > 0 && html`<${Nodes} order=${order} />`}
      <section class="create-part" aria-labelledby="asked-values"><h2 id="asked-values">${t("Values")}</h2>
        ${questions.length ? questions.map((question) => html`<${Answer} key=${question.key} order=${order} viewer=${viewer} question=${question} />`) : html`<p class="f-help">${t("The flow asks for nothing.")}</p>`}</section>
      <${When} order=${order} viewer=${viewer} />
    </div>
    <${Foot} order=${order} />
  </form><//>`;
}

/** Where the values come from. @param {{ order: Order }} props */
function Source({ order }) {
  const { flow, earlier, last_task_id: last, project, origin } = order.data;
  const address = (/** @type {number} */ id) => `/projects/${project.id}/tasks/${id}/`;
  const again = `/projects/${project.id}/tasks/new?template=${origin.source === "common" ? "common-" : ""}${origin.template_id}&task=${last}`;
  return html`<section class="create-part create-source">
    ${flow.description && html`<p>${flow.description}</p>`}
    ${earlier && html`<p class="i-remark">${t("With the values of")} <a href=${address(earlier.id)}>${earlier.name}</a>${earlier.version !== null && flow.version !== null && earlier.version !== flow.version && html` <span>${t("It ran version {then}; this will be version {now}.", { then: earlier.version, now: flow.version })}</span>`}${flow.version === null && html` <span>${t("Its flow is gone; the task's own copy is run.")}</span>`}</p>`}
    ${!earlier && last !== null && html`<p><a href=${again}>${t("Take the values of the last task")}</a></p>`}
  </section>`;
}

/** The optional nodes as a list, for those who do not see the canvas. @param {{ order: Order }} props */
function Nodes({ order }) {
  return html`<section class="create-part" aria-labelledby="asked-nodes"><h2 id="asked-nodes">${t("Optional nodes")}<span class="create-all"><button type="button" class="f-link" onClick=${() => order.keepAll(true)}>${t("All")}</button><button type="button" class="f-link" onClick=${() => order.keepAll(false)}>${t("None")}</button></span></h2>
    ${order.data.schemes.length > 0 && html`<div class="create-schemes" role="group" aria-label=${t("Schemes")}>${order.data.schemes.map((/** @type {any} */ scheme) => html`<button type="button" class=${`btn btn-sm ${order.schemes.has(scheme.id) ? "active" : ""}`} aria-pressed=${order.schemes.has(scheme.id)} onClick=${() => order.toggleScheme(scheme.id)}>${scheme.name}</button>`)}</div>`}
    <div class="create-ticks">${order.optional.map((node) => html`<label key=${node.id}><input type="checkbox" checked=${!order.leftOut.has(node.id)} onChange=${(/** @type {any} */ e) => order.keep(node.id, e.target.checked)} /><span>${node.name}</span>${node.stage_name && html`<small>${node.stage_name}</small>`}</label>`)}</div>
  </section>`;
}

/** @param {{ order: Order, viewer: any, question: import("./asking.js").Question }} props */
function Answer({ order, viewer, question }) {
  const id = useId(), { field, key } = question;
  const draft = useDraft(viewer, order.valueOf(question), (value) => order.answer(key, value));
  const isTold = order.isTried || key in order.answers || draft.isPending;
  const wrong = isTold ? whyNot(question, draft.value) || (order.problems.find((p) => p.where === key)?.message ?? "") : "";
  return html`<${Row} label=${field.name} forId=${id} title=${key} required=${field.required} help=${field.help} helpId=${`${id}-help`} wrong=${wrong}>
    <${Widget} id=${id} field=${{ ...field, render: false }} value=${draft.value} type=${draft.type.bind(draft)} commit=${draft.commit.bind(draft)} done=${draft.flush.bind(draft)} disabled=${order.isBusy} invalid=${Boolean(wrong)} describedBy=${wrong || field.help ? `${id}-help` : undefined} /><//>`;
}

/** What is wrong as a whole, and the button. @param {{ order: Order }} props */
function Foot({ order }) {
  const { data } = order, others = order.otherProblems;
  if (!data.may_start) return html`<footer class="create-foot"><p class="f-help">${t("You may look at this flow; to start tasks of it you need the role of an operator.")}</p></footer>`;
  const words = { now: t("Start"), waits: t("Make it"), claim: t("Submit it"), later: t("Set it"), schedule: t("Make it and switch it on") };
  return html`<footer class="create-foot">
    ${(order.error || others.length > 0) && html`<div class="alert alert-danger" role="alert">${order.error}${others.length > 0 && html`<ul>${others.map((p) => html`<li>${p.message}</li>`)}</ul>`}${order.newVersion !== null && html` <a href="">${t("Show version {number}", { number: order.newVersion })}</a>`}</div>`}
    ${order.isTried && !order.isRight && html`<p class="f-wrong" role="status">${t("Nothing was made yet: see what is marked above.")}</p>`}
    <button class="btn btn-primary" disabled=${order.isBusy}>${order.isBusy ? t("Wait…") : words[order.when]}</button>
  </footer>`;
}
