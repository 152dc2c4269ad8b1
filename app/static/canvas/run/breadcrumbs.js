import { html } from "../panels/parts.js";
import { t } from "../words.js";
import { useRun } from "./page.js";

/** Where one is inside of subprocesses; nothing at the task's own flow. @param {{ run: import("./page.js").Run }} props */
export function Breadcrumbs({ run }) {
  useRun(run);
  if (!run.opened.length) return null;
  return html`<nav class="breadcrumbs" aria-label=${t("Open subprocesses")}>
    <button type="button" onClick=${() => run.enter("")}>${run.data.task.name}</button>
    ${run.opened.map((path, i) => html`<span aria-hidden="true">›</span><button type="button" aria-current=${i === run.opened.length - 1 ? "page" : undefined} onClick=${() => run.enter(path)}>${run.drawnAt(path)?.name || path}</button>`)}
  </nav>`;
}
