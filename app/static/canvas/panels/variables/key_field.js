/** The key of a variable. Changing it renames it wherever it is referred to, so it counts only when the field is left, or when somebody saves or leaves. */
import { useEffect, useRef, useState } from "preact/hooks";
import { keyOf, nameOf } from "../../tree/references.js";
import { whyNotVariableKey } from "../../tree/variables.js";
import { Row } from "../inspector/parts.js";
import { useAskedFor } from "../../fields/asked_for.js";
import { useId } from "../../fields/ids.js";
import { html } from "../parts.js";
import { t } from "../../words.js";

/** @param {{ constants: any, variableKey: string, longest?: number, disabled: boolean, rename: (name: string) => void }} props */
export function KeyField({ constants, variableKey, longest, disabled, rename }) {
  const id = useId(), [typed, type] = useState(nameOf(variableKey)), known = useRef(keyOf(variableKey));
  const { [variableKey]: _own, ...others } = constants, name = nameOf(typed.trim()), wrong = wordsFor(whyNotVariableKey(others, name, longest), longest);
  const give = () => {
    if (wrong || name === nameOf(variableKey)) return;
    known.current = keyOf(name);
    rename(name);
  };
  const left = () => {
    give();
    if (!wrong) type(name);
  };
  const keys = (/** @type {KeyboardEvent} */ e) => {
    if (e.key === "Enter") give();
    if (e.key === "Escape") type(nameOf(variableKey));
  };
  // What was typed here is no news: there may be more letters by now.
  useEffect(() => {
    if (known.current !== keyOf(variableKey)) type(nameOf(variableKey));
    known.current = keyOf(variableKey);
  }, [variableKey]);
  useAskedFor(give);
  return html`<${Row} label=${t("Key")} forId=${id} required helpId=${`${id}-help`} wrong=${wrong} help=${t("Written as {key}. Renaming it renames it everywhere.", { key: `\${${name}}` })}>
    <input id=${id} class="f-text mono" value=${typed} disabled=${disabled} spellcheck=${false} autocomplete="off" aria-invalid=${wrong ? true : undefined} aria-describedby=${`${id}-help`} onInput=${(/** @type {any} */ e) => type(e.target.value)} onBlur=${left} onKeyDown=${keys} /></${Row}>`;
}

/** @param {ReturnType<typeof whyNotVariableKey>} why @param {number} [longest] */
function wordsFor(why, longest) {
  if (why === "empty") return t("Give it a key");
  if (why === "letters") return t("Letters, digits and _ only, no digit first");
  if (why === "reserved") return t("This word has a meaning of its own");
  if (why === "long") return t("At most {longest} characters", { longest });
  return why === "taken" ? t("Another variable has this key") : "";
}
