/** How long a node took the last times, and how it ended. */
import { useEffect, useState } from "preact/hooks";
import { t } from "../../words.js";
import { wordsOf } from "../history/pass_words.js";
import { html } from "../parts.js";
import { StateMark } from "../state_mark.js";
import { useForm } from "../../fields/form.js";
import { Section } from "./parts.js";

/** @param {{ shape: any }} props */
export function LastRuns({ shape }) {
  return html`<${Section} name="last-runs" title=${t("Last runs")} folded><${Passes} key=${shape.id} id=${shape.id} /></${Section}>`;
}

/** @param {{ id: string }} props */
function Passes({ id }) {
  const { editor } = useForm(), [passes, setPasses] = useState(/** @type {import("../history/node_times.js").Pass[] | null} */ (null));
  useEffect(() => {
    let isLive = true;
    editor.get("nodeTimes").of(id).then((/** @type {any} */ found) => isLive && setPasses(found));
    return () => {
      isLive = false;
    };
  }, [id]);
  if (!passes) return html`<p class="f-help" role="status">${t("Loading…")}</p>`;
  if (!passes.length) return html`<p class="f-help">${t("It has not run in the last tasks.")}</p>`;
  return html`<ul class="last-runs">${passes.map((pass) => html`<li><${StateMark} state=${pass.state} /><span>${wordsOf(pass).took}</span><small>${wordsOf(pass).at}</small></li>`)}</ul>`;
}
