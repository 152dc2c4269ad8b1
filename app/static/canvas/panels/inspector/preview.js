/** What a text with `${…}` comes to, as far as it is known before a run. */
import { useEffect, useState } from "preact/hooks";
import { t } from "../../words.js";
import { html } from "../parts.js";
import { isExpression } from "../../fields/checking.js";
import { useForm } from "../../fields/form.js";
import { brief } from "../../fields/values.js";
import { blankConstant } from "../../tree/hooks.js";
import { keysIn, nameOf } from "../../tree/references.js";
import { constantsOf, setConstants, unknownKeys } from "./edits.js";

const WAIT_MS = 350;
/** Answers to what was asked already, by the variables that it was asked with. @type {WeakMap<object, Map<string, Answer>>} */
const answers = new WeakMap();

/** @typedef {{ value?: any, missing?: string[], error?: string }} Answer */

/** @param {{ value: any }} props */
export function Preview({ value }) {
  const form = useForm(), constants = constantsOf(form.editor), holds = hasPieces(value);
  const answer = useAnswer(form.server, holds ? value : undefined, constants);
  if (!holds) return null;
  const unknown = unknownKeys(form.editor, value);
  if (unknown.length) return html`<${Unknown} name=${nameOf(unknown[0])} />`;
  if (!answer) return null;
  if (answer.error) return html`<p class="i-preview bad" role="status">${answer.error}</p>`;
  if (answer.missing?.length) return html`<p class="i-preview" role="status">${t("{keys} is known in a run only", { keys: answer.missing.map((k) => nameOf(k)).join(", ") })}</p>`;
  const words = brief(answer.value) || t("nothing");
  if (words === brief(value)) return html`<p class="i-preview" role="status">${t("Known in a run only")}</p>`;
  return html`<p class="i-preview" role="status" title=${words}><span aria-hidden="true">=</span><code>${words}</code></p>`;
}

/** @param {{ name: string }} props */
function Unknown({ name }) {
  const { editor, page, mayEdit } = useForm();
  if (name.startsWith("_env_")) return html`<p class="i-preview warn" role="status">${t("The project has no constant {name}: it stays as it is written", { name: name.slice("_env_".length) })}${page.constants_url && html`<a class="f-link" href=${page.constants_url} target="_blank" rel="noopener">${t("Set it")}</a>`}</p>`;
  const make = () => {
    const constants = constantsOf(editor), key = `\${${name}}`;
    setConstants(editor, { ...constants, [key]: { ...blankConstant(constants, key, name), custom_type: "input", source_tag: "input.input" } });
  };
  return html`<p class="i-preview warn" role="status">${t("There is no variable {name}: it stays as it is written", { name })}${mayEdit && html`<button type="button" class="f-link" onClick=${make}>${t("Make it")}</button>`}</p>`;
}

/** @param {any} value @returns {boolean} */
function hasPieces(value) {
  return (isExpression(value) || (typeof value === "object" && value !== null)) && keysIn(value).size > 0;
}

/**
 * The server's answer; the last one stays until the next is there.
 * @param {any} server
 * @param {any} value undefined for nothing to ask
 * @param {any} constants
 * @returns {Answer | null}
 */
function useAnswer(server, value, constants) {
  const asked = value === undefined ? "" : JSON.stringify(value);
  const [answer, setAnswer] = useState(/** @type {Answer | null} */ (null));
  useEffect(() => {
    if (!asked) return setAnswer(null);
    const found = answers.get(constants)?.get(asked);
    if (found) return setAnswer(found);
    const stop = new AbortController();
    const timer = setTimeout(() => ask(server, value, constants, stop.signal).then((told) => told && setAnswer(keep(constants, asked, told))), WAIT_MS);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [asked, constants]);
  return answer;
}

/** @param {any} server @param {any} value @param {any} constants @param {AbortSignal} signal @returns {Promise<Answer | null>} null when nobody can tell now */
async function ask(server, value, constants, signal) {
  try {
    return await server.send("POST", "/preview", { constants, value }, signal);
  } catch (error) {
    const { status, message } = /** @type {any} */ (error);
    return status === 422 ? { error: message } : null;
  }
}

/** @param {object} constants @param {string} asked @param {Answer} told */
function keep(constants, asked, told) {
  if (!answers.has(constants)) answers.set(constants, new Map());
  answers.get(constants)?.set(asked, told);
  return told;
}
