/** A secret: what is stored is never shown, only that there is one. */
import { useEffect, useRef, useState } from "preact/hooks";
import { html } from "htm/preact";
import { t } from "../words.js";
import { isExpression } from "./checking.js";
import { Glyph } from "./glyphs.js";
import { TextBox } from "./text_box.js";

/** @param {import("./form.js").WidgetProps} props */
export function PasswordField({ id, field, value, type, commit, done, disabled, describedBy, invalid }) {
  const [replacing, setReplacing] = useState(false), input = useRef(/** @type {HTMLInputElement | null} */ (null));
  const isStored = Boolean(value) && !replacing;
  useEffect(() => {
    if (replacing) input.current?.focus();
  }, [replacing]);
  if (isExpression(value)) return html`<${TextBox} id=${id} value=${value} type=${type} commit=${commit} done=${done} disabled=${disabled} describedBy=${describedBy} invalid=${invalid} />`;
  if (isStored) {
    return html`<div class="f-stored" id=${id} role="group" aria-label=${field.name} aria-describedby=${describedBy}><${Glyph} name="lock" size=${14} /><span class="dots" aria-hidden="true">••••••••</span><span>${t("Stored")}</span>
      <button type="button" class="f-link" disabled=${disabled} onClick=${() => setReplacing(true)}>${t("Replace")}</button>
      ${!field.required && html`<button type="button" class="f-link" disabled=${disabled} onClick=${() => commit("")}>${t("Clear")}</button>`}</div>`;
  }
  return html`<div class="f-secret"><input id=${id} ref=${input} type="password" class="f-text" autocomplete="new-password" disabled=${disabled} aria-describedby=${describedBy} aria-invalid=${invalid || undefined} placeholder=${replacing ? t("The new value") : ""}
    value=${replacing && !isTyped(input.current) ? "" : (value ?? "")} onInput=${(/** @type {any} */ e) => (replacing && !e.target.value ? undefined : type(startReplacing(e.target.value, setReplacing)))} onBlur=${done} onKeyDown=${(/** @type {KeyboardEvent} */ e) => e.key === "Enter" && done()} /></div>`;
}

/** From the first letter on the field is being typed in, not stored. @param {string} text @param {(now: boolean) => void} setReplacing */
function startReplacing(text, setReplacing) {
  setReplacing(true);
  return text;
}

/** @param {HTMLInputElement | null} input */
const isTyped = (input) => Boolean(input?.value);
