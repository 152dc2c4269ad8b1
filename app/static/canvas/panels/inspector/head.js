/** The top of a form: what this is, and what it is called. */
import { t } from "../../words.js";
import { html, Icon } from "../parts.js";
import { useForm } from "../../fields/form.js";
import { useId } from "../../fields/ids.js";
import { useDraft } from "../../fields/use_draft.js";
import { changeNode } from "./edits.js";
import { lengthNote, longestName } from "./lengths.js";
import { Remark } from "./parts.js";

/** @param {{ kind: string, icon?: any, tone?: string, children?: any }} props */
export function Head({ kind, icon, tone = "", children }) {
  return html`<header class="i-head"><span class=${`i-tile ${tone}`}>${icon}</span><div class="i-head-words"><span class="i-kind">${kind}</span>${children}</div></header>`;
}

/** The name of a node, in place of a title. @param {{ shape: any, problem?: string, required?: boolean, placeholder?: string }} props */
export function NameField({ shape, problem = "", required = false, placeholder = t("Unnamed") }) {
  const { editor, page, mayEdit } = useForm(), id = useId(), longest = longestName(page);
  const draft = useDraft(editor, shape.businessObject.node.name ?? "", (name) => changeNode(editor, shape, (node) => ({ ...node, name })));
  const wrong = required && !draft.value.trim() ? t("Give it a name") : problem, said = wrong || lengthNote(draft.value, longest);
  return html`<input class="i-name" aria-label=${t("Name")} aria-invalid=${wrong ? true : undefined} aria-describedby=${said ? id : undefined} maxlength=${longest} value=${draft.value} placeholder=${placeholder} disabled=${!mayEdit} spellcheck=${false} autocomplete="off"
      onInput=${(/** @type {any} */ e) => draft.type(e.target.value)} onBlur=${() => draft.flush()} onKeyDown=${(/** @type {KeyboardEvent} */ e) => e.key === "Enter" && draft.flush()} />
    ${said && html`<p class=${wrong ? "f-wrong" : "f-help f-note"} id=${id} role="status">${said}</p>`}`;
}

/** @param {{ name: string }} props */
export const Tile = ({ name }) => html`<${Icon} name=${name} size=${19} />`;

/** The problems that stand at no field of their own. @param {{ problems: { message: string }[] }} props */
export function Problems({ problems }) {
  if (!problems.length) return null;
  return html`<div class="i-problems"><${Remark} tone="bad">${problems.map((p) => html`<p>${p.message}</p>`)}</${Remark}></div>`;
}
