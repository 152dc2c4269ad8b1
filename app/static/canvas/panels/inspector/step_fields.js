/** Fields that only steps have: times with a unit, numbers of a loop's elements, values in the flow's language. */
import { useState } from "preact/hooks";
import { t } from "../../words.js";
import { html } from "../parts.js";
import { whyWrong } from "../../fields/checking.js";
import { CodeField, CodeLine } from "../../fields/code.js";
import { same } from "../../fields/drafts.js";
import { useForm } from "../../fields/form.js";
import { useId } from "../../fields/ids.js";
import { useDraft } from "../../fields/use_draft.js";
import { anyOf } from "../../fields/values.js";
import { Widget } from "../../fields/widgets.js";
import { shareKind, UNITS, unitOf } from "../../tree/step_settings.js";
import { BLANK, PlainField, Row } from "./parts.js";

/** @typedef {import("../../tree/step_settings.js").Share} Share */

const COUNT_MOST = 2 ** 31 - 1;

/** @type {Record<keyof typeof UNITS, () => string>} */
const UNIT_WORDS = { ms: () => t("milliseconds"), s: () => t("seconds"), min: () => t("minutes"), h: () => t("hours") };

/** A time as a number with its unit; nothing is none. @param {{ label: string, ms: number, save: (ms: number) => void, help?: string }} props */
export function TimeField({ label, ms, save, help }) {
  const { editor, page, mayEdit } = useForm(), id = useId(), longest = page.rules?.limits?.step_ms ?? null;
  const [chosen, choose] = useState(/** @type {keyof typeof UNITS | null} */ (null)), unit = chosen ?? unitOf(ms), size = UNITS[unit];
  const field = { ...BLANK, key: id, name: label, widget: "number", type: "number", minimum: 0, maximum: longest && longest / size, render: false };
  const store = (/** @type {any} */ value, /** @type {number} */ by) => whyWrong(field, value) || save(Math.round(Number(value) * by));
  const draft = useDraft(editor, ms ? ms / size : "", (value) => store(value, size)), wrong = whyWrong(field, draft.value);
  const change = (/** @type {keyof typeof UNITS} */ now) => {
    choose(now);
    if (draft.value !== "") store(draft.value, UNITS[now]);
  };
  return html`<${Row} label=${label} forId=${id} help=${help} helpId=${`${id}-help`} wrong=${wrong}><div class="i-pair">
    <${Widget} id=${id} field=${field} value=${draft.value} type=${draft.type.bind(draft)} commit=${draft.commit.bind(draft)} done=${draft.flush.bind(draft)} disabled=${!mayEdit} invalid=${Boolean(wrong)} describedBy=${wrong || help ? `${id}-help` : undefined} />
    <select class="f-select" aria-label=${t("Unit of {field}", { field: label })} disabled=${!mayEdit} value=${unit} onChange=${(/** @type {any} */ e) => change(e.target.value)}>${Object.entries(UNIT_WORDS).map(([name, words]) => html`<option value=${name}>${words()}</option>`)}</select></div></${Row}>`;
}

/** How many elements of a loop: none, a number, or a part of all. @param {{ label: string, none: string, share: Share | undefined, save: (share: Share | null) => void }} props */
export function ShareField({ label, none, share, save }) {
  const kind = shareKind(share), choices = [{ value: "none", label: none }, { value: "count", label: t("a fixed number") }, { value: "ratio", label: t("a part, in percent") }];
  const choose = (/** @type {string} */ now) => save({ none: null, count: { count: 1 }, ratio: { ratio: 0.5 } }[now] ?? null);
  return html`<div class="i-two"><${PlainField} label=${label} widget="choice" value=${kind} spec=${{ type: "any", choices }} save=${choose} />
    ${kind === "count" && html`<${PlainField} key="count" label=${t("How many")} widget="number" value=${share?.count} spec=${{ type: "integer", minimum: 1, maximum: COUNT_MOST, required: true }} save=${(/** @type {any} */ count) => count && save({ count })} />`}
    ${kind === "ratio" && html`<${PlainField} key="ratio" label=${t("Percent")} widget="number" value=${Math.round((share?.ratio ?? 0) * 10_000) / 100} spec=${{ type: "number", minimum: 0.01, maximum: 100, required: true }} save=${(/** @type {any} */ v) => v > 0 && save({ ratio: v / 100 })} />`}</div>`;
}

/** A value in the flow's language: a text with `${…}`, or JSON. @param {{ label: string, value: any, save: (value: any) => void, help?: string, lines?: boolean }} props */
export function ValueField({ label, value, save, help, lines = false }) {
  const id = useId();
  return html`<${Row} label=${label} help=${help} helpId=${`${id}-help`}><${ValueBox} id=${id} label=${label} value=${value} save=${save} lines=${lines} /></${Row}>`;
}

/** @param {{ id?: string, label: string, value: any, save: (value: any) => void, lines?: boolean }} props */
export function ValueBox({ id, label, value, save, lines = false }) {
  const { editor, mayEdit } = useForm(), draft = useDraft(editor, value, save), [typed, setTyped] = useState(/** @type {string | null} */ (null));
  const isText = draft.value === undefined || draft.value === null || typeof draft.value === "string";
  // What was typed stands as it was typed, also where it is JSON.
  const text = typed !== null && same(anyOf(typed), draft.value) ? typed : isText ? (draft.value ?? "") : JSON.stringify(draft.value, null, 2);
  const type = (/** @type {string} */ now) => {
    setTyped(now);
    draft.type(anyOf(now));
  };
  const shared = { id, disabled: !mayEdit, type, done: draft.flush.bind(draft) };
  const isFunctions = editor.get("treeStore").rest.language === "functions";
  if (!lines && isText && !isFunctions) return html`<${CodeLine} ...${shared} label=${label} text=${text} />`;
  return html`<${CodeField} ...${shared} field=${{ ...BLANK, key: label, name: label, type: "any", widget: "code" }} value=${text} commit=${type} />`;
}
