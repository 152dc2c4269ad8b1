import { html } from "../parts.js";
import { t } from "../../words.js";

/** What is wrong with the flow. */
export function Problems() {
  return html`<p>${t("No problems")}</p>`;
}
