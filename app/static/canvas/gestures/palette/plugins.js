/** The plugins by group, with a search. */
import { useState } from "preact/hooks";
import { html } from "../../panels/parts.js";
import { t } from "../../words.js";
import { matching } from "../pure/matching.js";
import { Offered, Search } from "./drawer.js";

/** @param {{ palette: any, choices: import("../adding/choices.js").Choice[] }} props */
export function Plugins({ palette, choices }) {
  const [typed, type] = useState("");
  const found = matching(choices, typed), groups = [...new Set(found.map((c) => c.group))];
  return html`<${Search} words=${t("Search plugins")} typed=${typed} type=${type} />
    <div class="palette-list">${groups.map((group) => html`<h3>${group}</h3><ul>${found.filter((c) => c.group === group).map((choice) => html`<li key=${choice.id}><${Offered} choice=${choice} palette=${palette} /></li>`)}</ul>`)}
      ${!found.length && html`<p class="chooser-empty">${t("Nothing fits “{text}”", { text: typed })}</p>`}</div>`;
}
