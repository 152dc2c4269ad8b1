/** What every flow knows without having variables of its own, in words. */
import { keyOf } from "../../tree/references.js";
import { t } from "../../words.js";
import { html } from "../parts.js";

/** @returns {[string, string][]} bare names with what they hold */
const system = () => [
  ["_system.task_id", t("The number of the task")],
  ["_system.task_name", t("The name of the task")],
  ["_system.task_url", t("The address of the task's page")],
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

/** @param {{ search: string, columns: number }} props */
export function SystemRows({ search, columns }) {
  const found = system().filter(([name, meaning]) => `${name} ${meaning}`.toLowerCase().includes(search));
  return html`<tbody class="system"><tr><th colspan=${columns} scope="rowgroup">${t("Known in every flow")}</th></tr>
    ${found.map(([name, meaning]) => html`<tr key=${name}><td></td><td></td><td colspan="2"><code>${keyOf(name)}</code></td><td colspan=${columns - 4}>${meaning}</td></tr>`)}</tbody>`;
}
