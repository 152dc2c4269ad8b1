import { useState } from "preact/hooks";
import { html } from "../panels/parts.js";
import { moment, t } from "../words.js";
import { Comparison } from "./comparison.js";
import { Dialog, Refusal } from "./dialog.js";

/** Someone saved in between: shows both, and lets the reader choose. Neither is thrown away before that. @param {any} props goOn is told once it is settled on the way to a task */
export function ConflictDialog({ session, conflict, page, editor, goOn }) {
  const { theirs, kind, act, goesOn } = conflict;
  if (conflict.isPutOff) return html`<div class="notice-bar" role="alert"><span>${t("Nothing is saved on the server until you choose between your edits and theirs.")}</span><button type="button" class="btn btn-sm btn-primary" onClick=${() => session.decide()}>${t("Choose")}</button></div>`;
  const settle = async (/** @type {Promise<boolean | void>} */ settled) => (await settled) !== false && goesOn && goOn();
  const values = { name: theirs.by, time: moment(theirs.at), number: theirs.version };
  const what = kind === "draft" ? t("{name} saved this draft at {time}.", values) : t("{name} published version {number} at {time}.", values);
  return html`<${Choice} title=${t("Someone saved in between")} about=${`${what} ${t("Taking theirs can be undone on the canvas; theirs stays in the versions if it was published.")}`}
    theirs=${theirs.tree} mine=${session.store.tree} page=${page} editor=${editor} later=${() => session.putOff()}
    take=${{ label: kind === "draft" ? t("Take their draft") : t("Take version {number}", values), act: () => settle(session.takeTheirs(conflict)) }}
    keep=${{ label: act === "publish" ? t("Publish mine") : t("Save mine as the draft"), act: () => settle(session.takeMine(conflict)) }} />`;
}

/**
 * Two flows side by side, one of which is to count; why choosing failed is told, and one can choose again.
 * @typedef {{ label: string, act: () => Promise<any> }} Way
 * @param {{ title: string, about: string, theirs: any, mine: any, page: any, editor: any, later: () => void, take: Way, keep: Way }} props
 */
export function Choice({ title, about, theirs, mine, page, editor, later, take, keep }) {
  const [refused, setRefused] = useState(/** @type {any} */ (null));
  const settle = (/** @type {Way} */ { act }) => act().catch(setRefused);
  return html`<${Dialog} wide title=${title} onClose=${later}
    actions=${html`<button type="button" class="btn me-auto" onClick=${later}>${t("Decide later")}</button>
      <button type="button" class="btn" onClick=${() => settle(take)}>${take.label}</button>
      <button type="button" class="btn btn-primary" onClick=${() => settle(keep)}>${keep.label}</button>`}>
    <${Refusal} refused=${refused} editor=${editor} onGo=${later} />
    <p>${about}</p>
    <${Comparison} before=${theirs} after=${mine} names=${[t("Theirs"), t("Yours")]} page=${page} editor=${editor} />
  <//>`;
}
