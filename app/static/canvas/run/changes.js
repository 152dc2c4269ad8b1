/** What has changed in the flow since the task was made. */
import { useEffect, useState } from "preact/hooks";
import { html } from "../panels/parts.js";
import { Comparison } from "../session/comparison.js";
import { Dialog, Refusal } from "../session/dialog.js";
import { t } from "../words.js";

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
      <${Comparison} before=${found.before} after=${found.after} names=${[found.version === null ? t("This task") : t("This task: version {number}", { number: found.version }), t("The flow now: version {number}", { number: found.current })]} page=${run.data} editor=${null} differences=${found.differences} />`}
  <//>`;
}
