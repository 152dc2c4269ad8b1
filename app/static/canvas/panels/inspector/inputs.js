/** The inputs of a node: a widget each, that can be a variable, or hold `${…}`. */
import { useState } from "preact/hooks";
import { t } from "../../words.js";
import { html } from "../parts.js";
import { isExpression, whyWrong } from "../../fields/checking.js";
import { useForm } from "../../fields/form.js";
import { IconButton } from "../../fields/glyphs.js";
import { useId } from "../../fields/ids.js";
import { useDraft } from "../../fields/use_draft.js";
import { canBeExpression, emptyOf, Widget } from "../../fields/widgets.js";
import { inputOf, inputsOf, isRendered, withoutInputs, withRendering } from "../../tree/hooks.js";
import { changeInput, changeNode } from "./edits.js";
import { Hooked, HookButton } from "./hook.js";
import { BLANK, Row } from "./parts.js";
import { Preview } from "./preview.js";

/** @import { Field } from "../../diagram/catalogue.js" */

/** @param {{ shape: any, fields: Field[], problem: (tag: string) => string }} props */
export function Inputs({ shape, fields, problem }) {
  const { node } = shape.businessObject, valueOf = (/** @type {string} */ key) => inputOf(node, key).value;
  return fields.map((field) => html`<${InputField} key=${field.key} shape=${shape} field=${field} beside=${fields} valueOf=${valueOf} problem=${problem(field.key)} />`);
}

/** @param {{ shape: any, field: Field, beside: Field[], valueOf: (key: string) => any, problem: string, tools?: any }} props */
function InputField({ shape, field, beside, valueOf, problem, tools }) {
  const form = useForm(), id = useId(), input = inputOf(shape.businessObject.node, field.key);
  const draft = useDraft(form.editor, input.value, (value) => changeInput(form.editor, shape, field, value));
  const [asText, setAsText] = useState(() => canBeExpression(field) && isExpression(draft.value)), isText = asText || (canBeExpression(field) && isExpression(draft.value));
  // What stands under an older key counts.
  const isElsewhere = !input.known && Boolean(field.was) && inputOf(shape.businessObject.node, String(field.was)).known;
  const wrong = input.hook || isElsewhere ? "" : whyWrong(field, input.known || draft.value !== undefined ? draft.value : field.default) || problem;
  const toggle = () => {
    if (isText && (isExpression(draft.value) || draft.value === "")) draft.commit(field.default ?? emptyOf(field));
    setAsText(!isText);
  };
  const names = field.widget === "choice" && !isText ? undefined : id;
  return html`<${Row} label=${field.name} forId=${names} required=${field.required} title=${field.key} help=${field.help} helpId=${`${id}-help`} wrong=${wrong} class=${input.hook ? "hooked" : ""}
      tools=${html`${tools}${field.render && !input.hook && html`<${RenderButton} shape=${shape} field=${field} value=${draft.value} />`}${canBeExpression(field) && !input.hook && html`<${IconButton} glyph="formula" label=${isText ? t("Give a plain value") : t("Give an expression")} pressed=${isText} class=${isText ? "on" : ""} disabled=${!form.mayEdit} onClick=${toggle} />`}<${HookButton} shape=${shape} field=${field} />`}>
    ${input.hook ? html`<${Hooked} shape=${shape} field=${field} id=${id} />` : html`<${Widget} id=${id} field=${field} asText=${isText} value=${draft.value} type=${draft.type.bind(draft)} commit=${draft.commit.bind(draft)} done=${draft.flush.bind(draft)} disabled=${!form.mayEdit} invalid=${Boolean(wrong)} describedBy=${wrong || field.help ? `${id}-help` : undefined} beside=${beside} valueOf=${valueOf} />
      ${field.render && field.widget !== "password" && isRendered(shape.businessObject.node, field.key) && html`<${Preview} value=${draft.value} />`}`}
  </${Row}>`;
}

/** Whether `${…}` in a text is replaced: scripts of a shell have variables of their own that look the same. @param {{ shape: any, field: Field, value: any }} props */
function RenderButton({ shape, field, value }) {
  const { editor, mayEdit } = useForm(), { node } = shape.businessObject, isOn = isRendered(node, field.key);
  if (node.type === "SubProcess" || (isOn && !(field.widget === "code" && isExpression(value)))) return null;
  const label = isOn ? t("Values are put in place of {piece}: keep it as it is written", { piece: "${…}" }) : t("It is kept as it is written: put values in place of {piece}", { piece: "${…}" });
  return html`<${IconButton} glyph="braces" label=${label} pressed=${isOn} class=${isOn ? "" : "off"} disabled=${!mayEdit} onClick=${() => changeNode(editor, shape, (now) => withRendering(now, field.key, !isOn))} />`;
}

/** What a node gives that its plugin does not ask for, as flows of older editors do. @param {{ shape: any, fields: Field[] }} props */
export function OtherInputs({ shape, fields }) {
  const { editor, mayEdit } = useForm(), { node } = shape.businessObject, known = new Set(fields.map((f) => f.key));
  const others = Object.keys(inputsOf(node)).filter((tag) => !known.has(tag));
  if (!others.length) return null;
  return html`<div class="i-others"><p class="f-help">${t("The plugin does not name these; it gets them all the same.")}</p>
    ${others.map((tag) => html`<${InputField} key=${tag} shape=${shape} field=${guessed(tag, inputOf(node, tag).value)} beside=${[]} valueOf=${() => undefined} problem=""
      tools=${html`<${IconButton} glyph="trash" label=${t("Remove {name}", { name: tag })} class="quiet" disabled=${!mayEdit} onClick=${() => changeNode(editor, shape, (now) => withoutInputs(now, [tag]))} />`} />`)}</div>`;
}

/** @param {string} tag @param {any} value @returns {Field} */
function guessed(tag, value) {
  const widget = typeof value === "boolean" ? "switch" : typeof value === "string" && value.includes("\n") ? "textarea" : typeof value === "object" && value !== null ? "code" : "text";
  return { ...BLANK, key: tag, name: tag, type: "any", widget };
}
