/** The panel of what people did to this flow, the latest first. */
import { moment, t } from "../../words.js";
import { html } from "../parts.js";
import { Instead, useAsked } from "./asked.js";

/** @param {{ editor: any, server: any }} props */
export function Records(props) {
  const { told, error, isNew } = useAsked(props, "records"), rows = told?.records ?? [];
  if (!rows.length) return html`<${Instead} error=${error} isNew=${isNew} isEmpty=${told !== null} words=${t("Nobody has done anything to this flow yet")} />`;
  return html`<div class="past"><table>
    <thead><tr><th scope="col">${t("Time")}</th><th scope="col">${t("Who")}</th><th scope="col">${t("Did what")}</th><th scope="col">${t("Version")}</th></tr></thead>
    <tbody>${rows.map((/** @type {any} */ r) => html`<tr><td class="past-time">${moment(r.at)}</td><td>${r.by}${r.through && html` <small>${t("through {app}", { app: r.through })}</small>`}</td><td class="what">${r.did} ${r.name}</td><td>${r.version ?? ""}</td></tr>`)}</tbody>
  </table><p><a href=${told.url} target="_blank" rel="noopener">${t("All in the audit")}</a></p></div>`;
}
Records.title = () => t("Operation records");
