/** What it is called, and when it starts. */
import { useEffect, useId, useState } from "preact/hooks";
import { useDraft } from "../fields/use_draft.js";
import { Row } from "../panels/inspector/parts.js";
import { html } from "../panels/parts.js";
import { t } from "../words.js";

/** @typedef {import("./order.js").Order} Order */

/** @param {{ order: Order, viewer: any }} props */
export function When({ order, viewer }) {
  const id = useId(), draft = useDraft(viewer, order.name, (name) => order.set({ name, problems: order.problems.filter((p) => p.where !== "name") }));
  const wrong = order.isTried || order.name !== order.data.name || order.when === "later" ? order.wrongName : "";
  /** @type {[import("./order.js").When, string][]} */
  const ways = [["now", t("Now")], ["waits", t("By hand")], ["claim", t("By others")], ...(order.data.may_schedule ? /** @type {[import("./order.js").When, string][]} */ ([["later", t("Later")], ["schedule", t("On a schedule")]]) : [])];
  return html`<section class="create-part" aria-labelledby="asked-when"><h2 id="asked-when">${t("Name and start")}</h2>
    <${Row} label=${t("Name")} forId=${id} required=${true} wrong=${wrong} helpId=${`${id}-help`}><input id=${id} class="f-text" value=${draft.value} disabled=${order.isBusy} aria-invalid=${wrong ? "true" : undefined} aria-describedby=${wrong ? `${id}-help` : undefined} onInput=${(/** @type {any} */ e) => draft.type(e.target.value)} onBlur=${() => draft.flush()} /><//>
    <${Row} label=${t("Start")}><div class="f-segments" role="radiogroup" aria-label=${t("Start")}>${ways.map(([when, words]) => html`<label class=${order.when === when ? "on" : ""}><input type="radio" name="when" checked=${order.when === when} disabled=${order.isBusy} onChange=${() => order.startAt(when)} /><span>${words}</span></label>`)}</div><//>
    ${order.when === "waits" && html`<p class="f-help">${t("The task is made and waits; somebody starts it on its page.")}</p>`}
    ${order.when === "claim" && html`<p class="f-help">${t("It is submitted as an order and stands among the approvals; who claims it starts it.")}</p>`}
    ${order.takesPriority && html`<${Priority} order=${order} />`}
    ${order.when === "later" && html`<${Later} order=${order} />`}
    ${order.when === "schedule" && html`<${Repeated} order=${order} />`}
  </section>`;
}

/** @param {{ order: Order }} props */
function Priority({ order }) {
  const id = useId(), wrong = order.wrongPriority;
  return html`<${Row} label=${t("Priority")} forId=${id} wrong=${wrong} helpId=${`${id}-help`} help=${t("Only so many tasks run at once here. Of those that wait for room, the one of the highest number begins first; of equals, the oldest.")}><input id=${id} class="f-text" inputmode="numeric" value=${order.priority} disabled=${order.isBusy} aria-invalid=${wrong ? "true" : undefined} aria-describedby=${`${id}-help`} onInput=${(/** @type {any} */ e) => order.set({ priority: e.target.value })} /><//>`;
}

/** @param {{ order: Order }} props */
function Later({ order }) {
  const id = useId(), wrong = order.isTried ? order.wrongPlan : "";
  return html`<${Row} label=${t("Date and time, by the clocks of {zone}", { zone: order.data.project.time_zone })} forId=${id} required=${true} wrong=${wrong} helpId=${`${id}-help`}><input id=${id} class="f-text" type="datetime-local" value=${order.plan.starts_at} aria-invalid=${wrong ? "true" : undefined} onInput=${(/** @type {any} */ e) => order.set({ plan: { ...order.plan, starts_at: e.target.value } })} /><//>
    <${Coming} order=${order} />`;
}

/** @param {{ order: Order }} props */
function Repeated({ order }) {
  const form = useId(), text = useId(), wrong = order.wrongPlan, set = (/** @type {any} */ patch) => order.set({ plan: { ...order.plan, ...patch } });
  return html`<${Row} label=${t("Written as")} forId=${form}><select id=${form} class="f-select" value=${order.plan.form} onChange=${(/** @type {any} */ e) => set({ form: e.target.value })}>
      <option value="cron">${t("cron: minute, hour, day, month, weekday")}</option><option value="bksops">${t("bk-sops: minute, hour, weekday, day, month")}</option><option value="quartz">${t("Quartz: second, minute, hour, day, month, weekday, year")}</option></select><//>
    <${Row} label=${t("Expression, by the clocks of {zone}", { zone: order.data.project.time_zone })} forId=${text} required=${true} wrong=${wrong} helpId=${`${text}-help`}><input id=${text} class="f-text mono" spellcheck="false" autocomplete="off" value=${order.plan.expression} aria-invalid=${wrong ? "true" : undefined} onInput=${(/** @type {any} */ e) => set({ expression: e.target.value })} /><//>
    <${Coming} order=${order} />
    <p class="f-help">${t("It keeps the flow and these values as they are now. What happens to missed runs, and who is told, can be set on its page.")}</p>`;
}

/** The next times, or what is wrong with the plan; asked for when typing pauses. @param {{ order: Order }} props */
function Coming({ order }) {
  const [found, show] = useState(/** @type {{ words: string, times: string[], wrong: string } | null} */ (null));
  const plan = order.sentPlan, asked = JSON.stringify(plan);
  useEffect(() => {
    if (!plan || order.wrongPlan) return show(null);
    const stop = new AbortController();
    const timer = window.setTimeout(() => {
      order.server.send("POST", "/plan", { plan }, stop.signal).then(
        (answer) => show({ words: answer.words, times: answer.times, wrong: "" }),
        (error) => stop.signal.aborted || show({ words: "", times: [], wrong: error.problems?.map((/** @type {any} */ p) => p.message).join("; ") || error.message }),
      );
    }, 250);
    return () => {
      window.clearTimeout(timer);
      stop.abort();
    };
  }, [asked]);
  if (!found) return null;
  if (found.wrong) return html`<p class="f-wrong" role="status">${found.wrong}</p>`;
  const zone = order.data.project.time_zone, written = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short", weekday: undefined, timeZone: zone });
  return html`<div class="create-coming" role="status">${order.when === "schedule" && html`<b>${found.words}</b>`}<ol>${found.times.map((time) => html`<li>${written.format(new Date(time))}</li>`)}</ol></div>`;
}
