/** The panel of this flow's last tasks, the latest first. */
import { moment, t } from "../../words.js";
import { html } from "../parts.js";
import { StateMark } from "../state_mark.js";
import { Instead, useAsked } from "./asked.js";

/** @param {{ editor: any, server: any }} props */
export function Tasks(props) {
  const { told, error, isNew } = useAsked(props, "tasks"), rows = told?.tasks ?? [];
  if (!rows.length) return html`<${Instead} error=${error} isNew=${isNew} isEmpty=${told !== null} words=${t("No task of this flow yet")} />`;
  return html`<div class="past"><table>
    <thead><tr><th scope="col">${t("State")}</th><th scope="col">${t("Task")}</th><th scope="col">${t("Who")}</th><th scope="col">${t("Time")}</th><th scope="col">${t("Took")}</th></tr></thead>
    <tbody>${rows.map((/** @type {any} */ row) => html`<tr key=${row.id}><td><${StateMark} state=${row.state} /></td><td class="what"><a href=${row.url} target="_blank" rel="noopener">${row.name}</a></td><td>${row.by}</td><td class="past-time">${moment(row.at)}</td><td>${row.took}</td></tr>`)}</tbody>
  </table><p><a href=${told.url} target="_blank" rel="noopener">${t("All its tasks")}</a></p></div>`;
}
Tasks.title = () => t("Past tasks");
