/** Words as chips: typed, and taken away one by one. */
import { useState } from "preact/hooks";
import { t } from "../../words.js";
import { html } from "../parts.js";
import { useAskedFor } from "../../fields/asked_for.js";
import { useForm } from "../../fields/form.js";
import { useId } from "../../fields/ids.js";
import { Row } from "./parts.js";

/** @param {{ label: string, values: string[], save: (values: string[]) => void, placeholder?: string, help?: string, whyWrong?: (values: string[]) => string, separator?: RegExp }} props */
export function Chips({ label, values, save, placeholder = "", help, whyWrong = () => "", separator = /[,;\n]+/ }) {
  const { mayEdit } = useForm(), id = useId(), [typed, setTyped] = useState(""), wrong = whyWrong(values);
  const add = (/** @type {string} */ text) => {
    const fresh = text.split(separator).map((v) => v.trim()).filter((v) => v && !values.includes(v));
    setTyped("");
    if (fresh.length) save([...values, ...new Set(fresh)]);
  };
  useAskedFor(() => add(typed));
  const keys = (/** @type {KeyboardEvent} */ e) => {
    if (e.key === "Enter") add(typed);
    if (e.key === "Backspace" && !typed && values.length) save(values.slice(0, -1));
  };
  return html`<${Row} label=${label} forId=${id} help=${help} helpId=${`${id}-help`} wrong=${wrong}><div class="f-hosts">
    ${values.map((v) => html`<span key=${v} class="f-chip">${v}<button type="button" disabled=${!mayEdit} aria-label=${t("Remove {name}", { name: v })} onClick=${() => save(values.filter((w) => w !== v))}>×</button></span>`)}
    <input id=${id} class="f-text bare" value=${typed} disabled=${!mayEdit} placeholder=${mayEdit && !values.length ? placeholder : ""} aria-describedby=${help || wrong ? `${id}-help` : undefined} autocomplete="off" spellcheck=${false} onKeyDown=${keys} onBlur=${() => add(typed)}
      onInput=${(/** @type {any} */ e) => (separator.test(e.target.value) ? add(e.target.value) : setTyped(e.target.value))} /></div></${Row}>`;
}
