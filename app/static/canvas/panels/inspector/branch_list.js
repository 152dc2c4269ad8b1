/** The branches of a gateway in the order in which it asks them, and a try of them with sample values. */
import { useRef, useState } from "preact/hooks";
import { t } from "../../words.js";
import { goTo, nameOfElement } from "../going.js";
import { html } from "../parts.js";
import { CodeLine } from "../../fields/code.js";
import { useForm } from "../../fields/form.js";
import { Glyph, IconButton } from "../../fields/glyphs.js";
import { useDraft } from "../../fields/use_draft.js";
import { moved, tagOf, verdict, withDefault, withEvaluate } from "./branches.js";
import { unknownKeys } from "./edits.js";
import { Jump } from "./parts.js";
import { SampleFields } from "./samples.js";
import { useTrial } from "./trial.js";
import { nameOf } from "../../tree/references.js";

/** The operators that a condition knows. */
export const OPERATORS = ["==", "!=", ">", "<", ">=", "<=", "in", "notin", "issuperset", "notissuperset", "and", "or", "not", "true", "false"];

/** @param {{ shape: any }} props */
export function BranchList({ shape }) {
  const { editor } = useForm(), lines = [...shape.outgoing], { kind, node } = shape.businessObject;
  const [dragged, setDragged] = useState(-1), [over, setOver] = useState(-1), list = useRef(/** @type {any} */ (null));
  const { results, samples, give } = useTrial(shape.id, lines);
  const takesFirst = ["FIRST", "2"].includes(String(node.extra_info?.strategy ?? "").toUpperCase());
  const { taken, problem } = verdict(kind, lines.map((l) => ({ id: l.id, holds: results[l.id]?.holds ?? null, isDefault: Boolean(l.businessObject.fallback) })), takesFirst);
  const move = (/** @type {number} */ from, /** @type {number} */ to) => {
    if (from === to || to < 0 || to >= lines.length) return;
    editor.get("modeling").reorderBranches(shape, moved(lines, from, to));
    setTimeout(() => list.current?.children[to]?.querySelector(to > from ? ".down:not(:disabled), .up" : ".up:not(:disabled), .down")?.focus());
  };
  const drop = () => {
    if (dragged >= 0 && over >= 0) move(dragged, over);
    setDragged(-1);
    setOver(-1);
  };
  return html`<ol class="i-branches" ref=${list}>${lines.map((line, i) => html`<li key=${line.id} class=${`${taken.includes(line.id) ? "taken " : ""}${i === over && i !== dragged ? (over > dragged ? "after" : "before") : ""}${i === dragged ? " dragged" : ""}`}
        onDragOver=${(/** @type {DragEvent} */ e) => {
          if (dragged < 0) return;
          e.preventDefault();
          setOver(i);
        }} onDrop=${drop}>
      <${Branch} line=${line} at=${i} count=${lines.length} move=${move} result=${results[line.id]} isTaken=${taken.includes(line.id)} setDragged=${setDragged} drop=${drop} /></li>`)}</ol>
    <div class="i-trial"><h4>${t("Try it out")}</h4>
      ${samples.length ? html`<${SampleFields} samples=${samples} give=${give} />` : html`<p class="f-help">${t("The conditions read no variables.")}</p>`}
      <p class=${`i-verdict ${problem && problem !== "unknown" ? "bad" : taken.length ? "good" : ""}`} role="status">${verdictWords(lines.some((l) => results[l.id]?.error) ? "error" : problem, lines.filter((l) => taken.includes(l.id)))}</p></div>`;
}

/** @param {string} problem @param {any[]} taken */
function verdictWords(problem, taken) {
  if (problem === "error") return t("A condition cannot be decided.");
  if (problem === "unknown") return t("Give each variable a value to see which branch is taken.");
  if (problem === "none") return t("No condition holds and there is no default: the gateway fails.");
  if (problem === "several") return t("Several conditions hold, and only one may: the gateway fails.");
  return t("It goes on to {targets}", { targets: taken.map((l) => nameOfElement(l.target)).join(", ") });
}

/** @param {{ line: any, at: number, count: number, move: (from: number, to: number) => void, result: any, isTaken: boolean, setDragged: (i: number) => void, drop: () => void }} props */
function Branch({ line, at, count, move, result, isTaken, setDragged, drop }) {
  const { editor, mayEdit } = useForm(), isDefault = Boolean(line.businessObject.fallback);
  const setDefault = () => {
    const lines = [...line.source.outgoing], patches = withDefault(lines, isDefault ? null : line);
    editor.get("modeling").together(() => patches.forEach(({ line: l, patch }) => editor.get("modeling").updateFlow(l, patch)));
  };
  return html`<div class="i-branch-head">
      <span class="grip" draggable=${mayEdit} aria-hidden="true" onDragStart=${(/** @type {DragEvent} */ e) => {
        e.dataTransfer?.setData("text/plain", line.id);
        setDragged(at);
      }} onDragEnd=${drop}><${Glyph} name="grip" size=${14} /></span>
      <${Jump} element=${line.target} words=${nameOfElement(line.target)} jump=${(/** @type {any} */ e) => goTo(editor, e.id)} />
      <span class="i-badges">${isTaken && html`<em class="good">${t("taken")}</em>`}${!isTaken && result?.holds === false && html`<em>${t("no")}</em>`}</span>
      <${IconButton} glyph="flag" class=${isDefault ? "on" : "quiet"} pressed=${isDefault} disabled=${!mayEdit} label=${isDefault ? t("No longer the default branch") : t("Make it the default branch")} onClick=${setDefault} />
      <${IconButton} glyph="arrowUp" class="quiet up" disabled=${!mayEdit || at === 0} label=${t("Ask it earlier")} onClick=${() => move(at, at - 1)} />
      <${IconButton} glyph="arrowDown" class="quiet down" disabled=${!mayEdit || at === count - 1} label=${t("Ask it later")} onClick=${() => move(at, at + 1)} /></div>
    <${BranchFields} line=${line} error=${result?.error} />`;
}

/** What decides for a line, and what it is called. @param {{ line: any, error?: string }} props */
export function BranchFields({ line, error = "" }) {
  const { editor, mayEdit } = useForm(), { condition, fallback } = line.businessObject, update = (/** @type {any} */ patch) => line.parent && editor.get("modeling").updateFlow(line, patch);
  const evaluate = useDraft(editor, condition?.evaluate ?? "", (text) => update({ condition: withEvaluate(line, text) }));
  const shown = fallback ? (fallback.name ?? "") : condition?.name && condition.name !== condition.evaluate ? condition.name : "";
  const name = useDraft(editor, shown, (text) => update(line.businessObject.fallback ? { fallback: { ...line.businessObject.fallback, name: text } } : { condition: { tag: tagOf(line), evaluate: "", ...line.businessObject.condition, name: text || line.businessObject.condition?.evaluate || "" } }));
  const unknown = unknownKeys(editor, evaluate.value).map(nameOf), problem = editor.get("problems", false)?.at?.(line.id)?.[0]?.message, wrong = !fallback && (error || (!condition?.evaluate && problem) || (unknown.length ? t("There is no variable {name}", { name: unknown[0] }) : ""));
  const where = nameOfElement(line.target);
  return html`${fallback ? html`<p class="i-otherwise">${t("When no other condition holds")}</p>` : html`<${CodeLine} key=${line.id} label=${t("Condition of the branch to {target}", { target: where })} text=${evaluate.value} words=${OPERATORS} invalid=${Boolean(wrong)} disabled=${!mayEdit} type=${evaluate.type.bind(evaluate)} done=${evaluate.flush.bind(evaluate)} />`}
    ${wrong && html`<p class="f-wrong" role="status">${wrong}</p>`}
    <input class="f-text i-branch-name" aria-label=${t("Name of the branch to {target}", { target: where })} placeholder=${t("Name on the line")} value=${name.value} disabled=${!mayEdit} autocomplete="off" onInput=${(/** @type {any} */ e) => name.type(e.target.value)} onBlur=${() => name.flush()} onKeyDown=${(/** @type {KeyboardEvent} */ e) => e.key === "Enter" && name.flush()} />`;
}
