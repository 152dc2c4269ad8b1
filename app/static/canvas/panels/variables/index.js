import { html, useTree } from "../parts.js";

/** The flow's variables. @param {{ editor: any, server: any, page: any }} props */
export function Variables({ editor }) {
  return html`<ul>${Object.keys(useTree(editor).constants).map((key) => html`<li>${key}</li>`)}</ul>`;
}
