/** The bar on top of the page, and what lies over its canvas. */
import { html } from "../panels/parts.js";
import { t } from "../words.js";
import { useOrder } from "./order.js";

/** @param {{ order: import("./order.js").Order }} props */
export function TopBar({ order }) {
  const { data } = order, { flow, project } = data;
  return html`<a class="btn btn-icon btn-ghost" href=${`/projects/${project.id}/tasks/new`} title=${t("Choose another flow")} aria-label=${t("Choose another flow")}>‹</a>
    <h1 class="run-name" title=${flow.name}>${data.earlier ? t("Run {name} again", { name: flow.name }) : t("New task of {name}", { name: flow.name })}</h1>
    <span class="badge create-version">${flow.version === null ? t("no flow any more") : t("Version {number}", { number: flow.version })}</span>`;
}

/** What the canvas shows, and how much of the flow runs. @param {{ order: import("./order.js").Order }} props */
export function Tools({ order }) {
  useOrder(order);
  if (!order.optional.length) return null;
  const count = (/** @type {any} */ tree) => Object.keys(tree.activities).length;
  const button = (/** @type {boolean} */ all, /** @type {string} */ words) => html`<button type="button" class=${`btn btn-sm ${order.showsAll === all ? "active" : ""}`} aria-pressed=${order.showsAll === all} onClick=${() => order.set({ showsAll: all })}>${words}</button>`;
  return html`<span class="btn-group" role="group" aria-label=${t("What the canvas shows")}>${button(true, t("All nodes"))}${button(false, t("As it will run"))}</span>
    <span class="create-count" role="status">${t("{count} of {total} nodes run", { count: count(order.preview.tree), total: count(order.data.tree) })}</span>`;
}
