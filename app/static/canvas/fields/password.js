/** A secret: what is stored is never shown, only that there is one. */
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { html } from "htm/preact";
import { t } from "../words.js";
import { isExpression } from "./checking.js";
import { Glyph } from "./glyphs.js";
import { boxOf } from "./text.js";
import { TextBox } from "./text_box.js";

/** @param {import("./form.js").WidgetProps} props */
export function PasswordField(props) {
  const { id, field, value, type, commit, done, disabled, describedBy, invalid } = props;
  const [typed, setTyped] = useState(/** @type {string | null} */ (null)), stored = useRef("");
  const input = useRef(/** @type {HTMLInputElement | null} */ (null)), isReplacing = typed === "" && Boolean(value);
  useLayoutEffect(() => {
    if (isReplacing) input.current?.focus();
  }, [isReplacing]);
  if (isExpression(value) && typed !== value) return html`<${TextBox} ...${boxOf(props)} />`;
  if (value && typed !== "" && typed !== value) {
    const replace = () => {
      stored.current = value;
      setTyped("");
    };
    return html`<div class="f-stored" id=${id} role="group" aria-label=${field.name} aria-describedby=${describedBy}><${Glyph} name="lock" size=${14} /><span>${t("Stored")}</span>
      <button type="button" class="f-link" disabled=${disabled} onClick=${replace}>${t("Replace")}</button>
      ${!field.required && html`<button type="button" class="f-link" disabled=${disabled} onClick=${() => commit("")}>${t("Clear")}</button>`}</div>`;
  }
  const change = (/** @type {string} */ text) => {
    setTyped(text);
    type(text || stored.current);
  };
  const leave = () => {
    if (!typed && stored.current) setTyped(null);
    done();
  };
  return html`<input id=${id} ref=${input} type="password" class="f-text" autocomplete="new-password" disabled=${disabled} aria-describedby=${describedBy} aria-invalid=${invalid || undefined} placeholder=${isReplacing ? t("The new value") : ""}
    value=${typed ?? ""} onInput=${(/** @type {any} */ e) => change(e.target.value)} onBlur=${leave} onKeyDown=${(/** @type {KeyboardEvent} */ e) => e.key === "Enter" && done()} />`;
}
