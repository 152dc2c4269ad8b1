/** The forms of start and end: what is asked for before the flow runs, and what it gives. */
import { t } from "../../words.js";
import { html } from "../parts.js";
import { useForm } from "../../fields/form.js";
import { Glyph } from "../../fields/glyphs.js";
import { brief } from "../../fields/values.js";
import { inTheirOrder } from "../../tree/hooks.js";
import { nameOf } from "../../tree/references.js";
import { constantsOf } from "./edits.js";
import { Head, Problems } from "./head.js";
import { CopyButton, Section } from "./parts.js";

/** @param {{ shape: any, problems: any[] }} props */
export function StartForm({ problems }) {
  const { editor } = useForm(), shown = inTheirOrder(constantsOf(editor)).filter((c) => c.show_type === "show");
  return html`<${Head} kind=${t("Start")} tone="start" icon=${html`<${Glyph} name="play" size=${18} />`}><b class="i-name">${t("Where a task begins")}</b></${Head}><${Problems} problems=${problems} />
    <${Section} name="start" title=${t("Asked for when a task is made")} meta=${shown.length}><${Variables} variables=${shown} none=${t("Nothing: a task starts at once. Make an input of a node a variable to ask for it.")} /></${Section}>`;
}

/** @param {{ shape: any, problems: any[] }} props */
export function EndForm({ problems }) {
  const { editor } = useForm(), constants = constantsOf(editor), keys = editor.get("treeStore").rest.outputs ?? [];
  const outputs = keys.map((/** @type {string} */ key) => ({ ...constants[key], key }));
  return html`<${Head} kind=${t("End")} tone="end" icon=${html`<${Glyph} name="flag" size=${18} />`}><b class="i-name">${t("Where a task is done")}</b></${Head}><${Problems} problems=${problems} />
    <${Section} name="end" title=${t("What the flow gives")} meta=${outputs.length}><${Variables} variables=${outputs} none=${t("Nothing. Tick a variable as an output among the variables below the canvas.")} /></${Section}>`;
}

/** @param {{ variables: any[], none: string }} props */
function Variables({ variables, none }) {
  const { editor } = useForm();
  if (!variables.length) return html`<p class="f-help">${none}</p>`;
  const words = (/** @type {any} */ c) => (c.custom_type === "password" && c.value ? t("stored") : c.source_type === "component_outputs" ? t("given by a node in the run") : brief(c.value) || t("no default"));
  return html`<ul class="i-variables">${variables.map((c) => html`<li key=${c.key}><button type="button" onClick=${() => editor.get("panels", false)?.show("variables", c.key)}><b>${c.name || nameOf(c.key)}</b><code>${c.key}</code><span>${words(c)}</span></button><${CopyButton} text=${c.key} /></li>`)}</ul>`;
}
