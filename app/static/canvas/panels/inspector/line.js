/** The form of a line: its condition where its source decides, and on which sides it leaves and enters. */
import { t } from "../../words.js";
import { goTo, nameOfElement } from "../going.js";
import { html } from "../parts.js";
import { useForm } from "../../fields/form.js";
import { Glyph } from "../../fields/glyphs.js";
import { DECIDING } from "../../tree/kinds.js";
import { withDefault } from "./branches.js";
import { BranchFields } from "./branch_list.js";

import { Head, Problems } from "./head.js";
import { Jump, Section } from "./parts.js";
import { Switch } from "../../fields/choice.js";
import { useId } from "../../fields/ids.js";
import { placed } from "./problems_at.js";
import { useTrial } from "./trial.js";

/** @import { Side } from "../../tree/types.js" */

/** @param {{ line: any, problems: any[] }} props */
export function LineForm({ line, problems }) {
  const { editor, mayEdit } = useForm(), { sides } = line.businessObject, jump = (/** @type {any} */ e) => goTo(editor, e.id);
  const set = (/** @type {"source" | "target"} */ end, /** @type {Side} */ side) => editor.get("modeling").updateFlow(line, { sides: { ...line.businessObject.sides, [end]: side } });
  return html`<${Head} kind=${t("Line")} tone="line" icon=${html`<${Glyph} name="arrowRight" size=${19} />`}>
      <div class="i-ends across"><${Jump} element=${line.source} words=${nameOfElement(line.source)} jump=${jump} /><${Jump} element=${line.target} words=${nameOfElement(line.target)} jump=${jump} /></div></${Head}>
    <${Problems} problems=${placed(problems).others} />
    ${DECIDING.has(line.source.businessObject.kind) && html`<${Section} name="condition" title=${t("Branch")}><${Deciding} key=${line.id} line=${line} /></${Section}>`}
    <${Section} name="sides" title=${t("Sides")}><div class="i-sides">
      <${SideChoice} label=${t("Leaves at")} name=${nameOfElement(line.source)} value=${sides.source} disabled=${!mayEdit} choose=${(/** @type {Side} */ s) => set("source", s)} />
      <${Glyph} name="arrowRight" size=${18} />
      <${SideChoice} label=${t("Enters at")} name=${nameOfElement(line.target)} value=${sides.target} disabled=${!mayEdit} choose=${(/** @type {Side} */ s) => set("target", s)} /></div></${Section}>`;
}

/** @param {{ line: any }} props */
function Deciding({ line }) {
  const { editor, mayEdit } = useForm(), lines = [...line.source.outgoing], { results } = useTrial(line.source.id, lines), isDefault = Boolean(line.businessObject.fallback);
  const toggle = (/** @type {boolean} */ on) => editor.get("modeling").together(() => withDefault(lines, on ? line : null).forEach(({ line: l, patch }) => editor.get("modeling").updateFlow(l, patch)));
  return html`<${BranchFields} line=${line} error=${results[line.id]?.error} />
    <${Switch} on=${isDefault} label=${t("Taken when no other branch is")} disabled=${!mayEdit} onChange=${toggle} />`;
}

/** @type {Record<Side, () => string>} */
const SIDES = { Top: () => t("top"), Right: () => t("right"), Bottom: () => t("bottom"), Left: () => t("left") };

/** @param {{ label: string, name: string, value: Side, disabled: boolean, choose: (side: Side) => void }} props */
function SideChoice({ label, name, value, disabled, choose }) {
  const group = useId();
  return html`<fieldset class="i-compass"><legend>${label}</legend><div class="box"><span title=${name}>${name}</span>
    ${/** @type {Side[]} */ (Object.keys(SIDES)).map((side) => html`<label key=${side} class=${`${side.toLowerCase()}${side === value ? " on" : ""}`} title=${SIDES[side]()}><input type="radio" name=${group} aria-label=${SIDES[side]()} checked=${side === value} disabled=${disabled} onChange=${() => choose(side)} /></label>`)}</div></fieldset>`;
}
