import { useState } from "preact/hooks";
import { html } from "../panels/parts.js";
import { t } from "../words.js";

/** Values by name; with `given` also what was written in the flow where that differs. @param {{ given?: Record<string, any>, rendered?: Record<string, any>, fields: any[], names?: Record<string, string> }} props */
export function Values({ given, rendered, fields, names = {} }) {
  const source = rendered ?? given ?? {};
  const keys = Object.keys(source).filter((key) => !key.startsWith("_") && key !== "log");
  if (!keys.length) return html`<p class="text-secondary">${t("None")}</p>`;
  return html`<dl class="values">${keys.map((key) => {
    const field = fields.find((f) => f.key === key), written = given?.[key];
    const differs = rendered && given && written !== undefined && JSON.stringify(written) !== JSON.stringify(rendered[key]);
    return html`<dt title=${key}>${names[key] || field?.name || key}</dt><dd><${Value} value=${source[key]} />${differs && html`<div class="written"><small>${t("written as")}</small> <code>${text(written)}</code></div>`}</dd>`;
  })}</dl>`;
}

/** @param {{ value: any }} props */
function Value({ value }) {
  const [whole, show] = useState(false);
  const words = text(value), long = words.length > 600;
  return html`<div class=${typeof value === "string" && !words.includes("\n") ? "" : "mono"}>${long && !whole ? `${words.slice(0, 600)}…` : words}${long && html` <button type="button" class="btn btn-sm btn-link" onClick=${() => show(!whole)}>${whole ? t("Less") : t("All {count} characters", { count: words.length })}</button>`}</div>`;
}

/** @param {any} value */
const text = (value) => (typeof value === "string" ? value : JSON.stringify(value, null, 2));
