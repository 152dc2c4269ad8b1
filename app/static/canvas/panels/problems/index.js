/** The panel that tells what is wrong with the flow, and leads there. */
import { useLayoutEffect, useRef } from "preact/hooks";
import { Glyph } from "../../fields/glyphs.js";
import { html, useEvents } from "../parts.js";
import { longestName } from "../inspector/lengths.js";
import { t } from "../../words.js";
import { adviceOf } from "./advice.js";
import { placesOf } from "./places.js";

/** @typedef {import("./places.js").Place} Place */

/** @param {{ editor: any }} props */
export function Problems({ editor }) {
  useEvents(editor, ["problems.changed"]);
  const problems = editor.get("problems"), panels = editor.get("panels");
  const list = useRef(/** @type {HTMLElement | null} */ (null));
  const { about } = panels, advice = placesOf(editor, adviceOf(editor.get("treeStore").tree, longestName(editor.get("page", false) ?? {})));
  useLayoutEffect(() => {
    if (about) /** @type {HTMLElement | null | undefined} */ (list.current?.querySelector(`[data-place="${CSS.escape(about)}"] button`))?.focus();
  }, [about]);
  return html`<div class="problems" ref=${list} onKeyDown=${walk}>
    <p class="panel-note" role="status">${noteOf(problems)}${problems.state === "offline" && html` <button type="button" class="as-link" onClick=${() => problems.check()}>${t("Ask again")}</button>`}</p>
    ${placesOf(editor, problems.byPlace).map((place) => html`<${Group} key=${place.id} place=${place} />`)}
    ${advice.length > 0 && html`<p class="panel-note">${t("Worth a look; the flow can be published as it is.")}</p><div class="advice">${advice.map((place) => html`<${Group} key=${place.id} place=${place} />`)}</div>`}
  </div>`;
}
Problems.title = () => t("Problems");

/** How many problems there are, on the tab. @param {{ editor: any }} props */
Problems.Count = function Count({ editor }) {
  useEvents(editor, ["problems.changed"]);
  const { list, isKnown } = editor.get("problems");
  if (!list.length) return isKnown ? html`<span class="count none" aria-label=${t("none")}>0</span>` : null;
  return html`<span class="count some">${list.length}</span>`;
};

/** @param {{ place: Place }} props */
function Group({ place }) {
  return html`<section class="problem-group" data-place=${place.id}>
    <h3><${Glyph} name=${place.icon} size=${15} /><span class="text-truncate">${place.name}</span></h3>
    <ul>${place.list.map((problem) => html`<li><button type="button" class="problem" onClick=${place.go}><span class="problem-sign" aria-hidden="true"></span><span class="sentence">${problem.message}</span></button></li>`)}</ul>
  </section>`;
}

/** @param {any} problems */
function noteOf({ list, state, refusal, isKnown }) {
  if (state === "offline") return t("The server cannot be reached, so this list may be old. It is asked again by itself.");
  if (state === "refused") return t("The server did not check the flow: {reason}", { reason: refusal });
  if (list.length) return t("Problems have to be solved before the flow can be published. A draft can be saved as it is.");
  return isKnown ? t("No problems") : t("Checking…");
}

/** Arrow keys go from problem to problem. @param {KeyboardEvent} e */
function walk(e) {
  const by = { ArrowDown: 1, ArrowUp: -1 }[e.key];
  if (!by) return;
  const all = [...(/** @type {HTMLElement} */ (e.currentTarget)).querySelectorAll("button.problem")];
  const next = all[all.indexOf(/** @type {any} */ (document.activeElement)) + by];
  if (next) /** @type {HTMLElement} */ (next).focus();
  e.preventDefault();
}
