/** What has changed in the flow since the task was made. */
import { useEffect, useState } from "preact/hooks";
import { html } from "../panels/parts.js";
import { Comparison } from "../session/comparison.js";
import { Dialog, Refusal } from "../session/dialog.js";
import { t } from "../words.js";

const MOST_TOLD = 60;

/** @param {{ run: import("./page.js").Run, onClose: () => void }} props */
export function ChangesDialog({ run, onClose }) {
  const [found, show] = useState(/** @type {any} */ (null));
  const [error, fail] = useState("");
  useEffect(() => {
    run.server.get("/changes").then(show, (e) => fail(e.status === 404 ? t("The flow is gone; there is nothing to compare with.") : e.message));
  }, []);
  return html`<${Dialog} wide title=${t("The flow of this task, and the flow now")} onClose=${onClose}>
    <${Refusal} refused=${error ? { message: error } : null} />
    ${!found && !error && html`<p role="status">${t("Comparing…")}</p>`}
    ${found && html`${found.left_out.length > 0 && html`<p class="text-secondary">${t("Left out of this task, and of the comparison: {names}", { names: found.left_out.join(", ") })}</p>`}
      <${Comparison} before=${found.before} after=${found.after} names=${[found.version === null ? t("This task") : t("This task: version {number}", { number: found.version }), t("The flow now: version {number}", { number: found.current })]} page=${run.data} editor=${null} />
      <${Told} differences=${found.differences} />`}
  <//>`;
}

/** The changes one by one. @param {{ differences: any }} props */
function Told({ differences: { nodes, variables } }) {
  const rows = [nodes, variables].flatMap((section) => [
    ...section.added.map((/** @type {any} */ item) => [item, t("is new")]), ...section.removed.map((/** @type {any} */ item) => [item, t("is gone")]),
    ...section.changed.flatMap((/** @type {any} */ item) => item.changes.filter((/** @type {any} */ c) => !c.path.startsWith("location")).map((/** @type {any} */ c) => [item, `${c.path}: ${text(c.before)} → ${text(c.after)}`])),
  ]);
  if (!rows.length) return null;
  return html`<ul class="changes-told">${rows.slice(0, MOST_TOLD).map(([item, words]) => html`<li><b>${item.name || item.id}</b> <span>${words}</span></li>`)}${rows.length > MOST_TOLD && html`<li>${t("and {count} more", { count: rows.length - MOST_TOLD })}</li>`}</ul>`;
}

/** @param {any} value */
function text(value) {
  if (value === null || value === undefined) return "–";
  const words = typeof value === "string" ? value : JSON.stringify(value);
  return words.length > 160 ? `${words.slice(0, 160)}…` : words || "“”";
}
