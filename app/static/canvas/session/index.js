import { html } from "../panels/parts.js";

/** The bar on top: name, state, undo and redo, save, publish, run. @param {{ editor: any, server: any, page: any }} props */
export function TopBar({ page }) {
  return html`<strong>${page.template.name}</strong>`;
}
