/** What every flow knows without having variables of its own, in words. */
import { Glyph } from "../../fields/glyphs.js";
import { keyOf } from "../../tree/references.js";
import { t } from "../../words.js";
import { projectConstants } from "../inspector/edits.js";
import { html } from "../parts.js";

/** @returns {[string, string][]} bare names with what they hold */
const system = () => [
  ["_system.task_id", t("The number of the task")],
  ["_system.task_name", t("The name of the task")],
  ["_system.task_url", t("The address of the task's page")],
  ["_system.task_start_time", t("When the task began, in the project's time zone")],
  ["_system.operator", t("Who started the task")],
  ["_system.executor", t("In whose name the task runs")],
  ["_system.project_id", t("The number of the project")],
  ["_system.project_name", t("The name of the project")],
  ["_system.bk_biz_id", t("The number of the business that the project belongs to")],
  ["_system.time_zone", t("The project's time zone")],
  ["_loop", t("How often the node that reads it has run before, from 0")],
  ["_inner_loop", t("The same, within the subprocess that runs now")],
  ["_result", t("Whether the node succeeded; an output of every node")],
];

/** @param {{ editor: any, search: string, columns: number }} props */
export function SystemRows({ editor, search, columns }) {
  const found = (/** @type {any[]} */ entries) => entries.filter((entry) => entry.join(" ").toLowerCase().includes(search));
  const constants = projectConstants(editor).map(({ name, label, value }) => [name, label, value]), address = editor.get("page", false)?.constants_url;
  return html`<tbody class="system"><tr><th colspan=${columns} scope="rowgroup">${t("Constants of the project")}${address && html`<a href=${address} target="_blank" rel="noopener">${constants.length ? t("Change them") : t("Set some")}<${Glyph} name="external" size=${13} /></a>`}</th></tr>
      ${found(constants).map(([name, label, value]) => html`<tr key=${name}><td></td><td></td><td>${label}</td><td><code>${keyOf(name)}</code></td><td></td><td class="value" colspan=${columns - 5} title=${value}>${value}</td></tr>`)}</tbody>
    <tbody class="system"><tr><th colspan=${columns} scope="rowgroup">${t("Known in every flow")}</th></tr>
      ${found(system()).map(([name, meaning]) => html`<tr key=${name}><td></td><td></td><td colspan="2"><code>${keyOf(name)}</code></td><td colspan=${columns - 4}>${meaning}</td></tr>`)}</tbody>`;
}
