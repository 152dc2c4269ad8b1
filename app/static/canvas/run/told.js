/** Who is told of what becomes of the task, and what they have been told. */
import { useEffect, useState } from "preact/hooks";
import { html } from "../panels/parts.js";
import { t } from "../words.js";
import { exact } from "./times.js";

/** @returns {Record<string, string>} of what somebody is told */
const kinds = () => ({
  task_finished: t("it has finished"), task_failed: t("it has failed"), task_waiting: t("it waits for a person"), task_revoked: t("it was revoked"), fire_failed: t("it could not be started"),
});

/** @returns {Record<string, string>} */
const states = () => ({ owed: t("on its way"), sent: t("sent"), given_up: t("given up") });
/** @type {Record<string, string>} */
const LOOKS = { owed: "waiting_timer", sent: "finished", given_up: "failed" };

/** @param {{ run: import("./page.js").Run }} props */
export function Told({ run }) {
  const [found, show] = useState(/** @type {{ watchers: any[], notices: any[] } | null} */ (null));
  const zone = run.data.project.time_zone, state = run.live.task?.shown_state;
  useEffect(() => {
    const look = () => run.server.get("/notices").then(show, () => undefined);
    look();
    // What is owed goes out by itself, without a word to this page.
    const timer = window.setInterval(look, 5000);
    return () => window.clearInterval(timer);
  }, [state]);
  if (!found) return null;
  const words = kinds(), how = states();
  return html`<div class="p-3 told-of">
    ${found.watchers.length > 0 && html`<ul>${found.watchers.map((w) => html`<li>${t("{target} is told when: {events}", { target: w.target, events: w.kinds.map((/** @type {string} */ k) => words[k] ?? k).join(", ") })}</li>`)}</ul>`}
    ${!found.watchers.length && !found.notices.length && html`<p class="text-secondary m-0">${t("Nobody is told of this task. Who is told is set with its flow, or with its schedule.")}</p>`}
    ${found.watchers.length > 0 && !found.notices.length && html`<p class="text-secondary m-0">${t("Nothing was sent yet.")}</p>`}
    ${found.notices.length > 0 && html`<ol class="journal p-0">${found.notices.map((n) => html`<li><time>${exact(n.created_at, zone)}</time><span><b>${n.target}</b> ${words[n.kind] ?? n.kind} <span class=${`state-${LOOKS[n.state] ?? "paused"}`}>${how[n.state] ?? n.state}</span>${n.attempts > 1 && html` <small>${t("{count} tries", { count: n.attempts })}</small>`}${n.error && html`<br /><small>${n.error}</small>`}</span></li>`)}</ol>`}
  </div>`;
}
