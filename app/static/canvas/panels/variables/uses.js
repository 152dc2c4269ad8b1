/** Where a variable is used; a click goes there. */
import { useRef, useState } from "preact/hooks";
import { Popover } from "../../fields/popover.js";
import { afterRemoval } from "../../tree/variables.js";
import { goTo, nameOfElement } from "../going.js";
import { html } from "../parts.js";
import { t } from "../../words.js";

/** @typedef {import("../../tree/references.js").Use} Use */

const MOST_NAMED = 5;

/** @param {{ editor: any, uses: Use[], name: string, isUnused: boolean, choose: (key: string) => void }} props */
export function UsesButton({ editor, uses, name, isUnused, choose }) {
  const anchor = useRef(null), [isOpen, open] = useState(false);
  if (!uses.length) return html`<span class="tag-unused">${t("unused")}</span>`;
  return html`<button type="button" ref=${anchor} class="uses-count" aria-expanded=${isOpen} aria-label=${t("{name} is used in {count} places", { name, count: uses.length })} onClick=${() => open(!isOpen)}>${uses.length}</button>
    ${isUnused && html`<span class="tag-unused" title=${t("Only variables that are unused themselves refer to it")}>${t("unused")}</span>`}
    ${isOpen && html`<${Popover} anchor=${anchor} width=${320} label=${t("Where {name} is used", { name })} onClose=${() => open(false)}><${UsesList} editor=${editor} uses=${uses} choose=${choose} /></${Popover}>`}`;
}

/** @param {{ editor: any, uses: Use[], choose: (key: string) => void }} props */
export function UsesList({ editor, uses, choose }) {
  const go = (/** @type {Use} */ use) => (isOfVariable(use) ? choose(use.id) : goTo(editor, use.id));
  return html`<ul class="uses">${uses.map((use) => html`<li><button type="button" onClick=${() => go(use)}><b>${placeName(editor, use)}</b><span>${wordsOf(editor, use)}</span></button></li>`)}</ul>`;
}

/** The places of uses in one line. @param {any} editor @param {Use[]} uses */
export function placesOf(editor, uses) {
  return listOf([...new Set(uses.map((use) => placeName(editor, use)))]);
}

/**
 * What becomes of what refers to variables when they go.
 * @param {any} editor @param {string[]} keys @param {Use[]} uses
 */
export function whatBecomes(editor, keys, uses) {
  const { given, left } = afterRemoval(editor.get("treeStore").tree, keys, uses);
  if (!given) return t("Whatever refers to one that is deleted stays as it is written.");
  return left ? t("Inputs that were made a variable get its value back; whatever else refers to one that is deleted stays as it is written.") : t("Inputs that were made a variable get its value back.");
}

/** Names in one line, of many only the first. @param {string[]} names */
export function listOf(names) {
  if (names.length <= MOST_NAMED) return names.join(", ");
  return t("{names} and {more} more", { names: names.slice(0, MOST_NAMED).join(", "), more: names.length - MOST_NAMED });
}

/** @param {Use} use */
const isOfVariable = ({ kind }) => kind === "constant" || kind === "hide_condition" || kind === "output";

/** @param {any} editor @param {Use} use */
function placeName(editor, use) {
  if (use.kind === "output") return t("Outputs of the flow");
  const element = isOfVariable(use) ? null : editor.get("elementRegistry").get(use.id);
  return element ? nameOfElement(element) : use.name;
}

/** @param {any} editor @param {Use} use */
function wordsOf(editor, { kind, id, tag }) {
  if (kind === "condition") return t("Condition of a branch");
  if (kind === "constant") return t("Value of a variable");
  if (kind === "hide_condition") return t("Condition for hiding a variable");
  if (kind === "step") return t("When the step runs");
  if (kind === "output") return "";
  const node = editor.get("elementRegistry").get(id)?.businessObject.node;
  if (kind === "subprocess") return t("Parameter {field}", { field: node?.constants?.[tag]?.name || tag });
  const plugin = editor.get("catalogue").find(node?.component?.code, node?.component?.version);
  return t("Input {field}", { field: plugin?.inputs.find((/** @type {any} */ f) => f.key === tag)?.name ?? tag });
}
