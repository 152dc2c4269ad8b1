import { html, useSelection } from "../parts.js";
import { t } from "../../words.js";

/** The form of what is selected. @param {{ editor: any, server: any, page: any }} props */
export function Inspector({ editor }) {
  const [first] = useSelection(editor);
  return html`<p class="p-3 text-secondary">${first ? first.businessObject.node?.name : t("Choose a node to see and change it")}</p>`;
}
