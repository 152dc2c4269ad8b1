/**
 * The flows that a subprocess can run, of the project and common ones, with a search: a subprocess that is added runs that
 * flow in its version of now. One that would run this flow in its turn is refused, with the reason.
 */
import { useState } from "preact/hooks";
import { useFlows } from "../../panels/inspector/flow_choice.js";
import { html } from "../../panels/parts.js";
import { t } from "../../words.js";
import { Offered, Search } from "./drawer.js";

/** @import { Choice as Flow } from "../../panels/inspector/subprocess_values.js" */

/** @param {{ palette: any, injector: any }} props */
export function Flows({ palette, injector }) {
  const page = injector.get("page"), [source, from] = useState("project"), [typed, type] = useState("");
  const { flows, next, more, failed, isKnown } = useFlows(injector.get("server"), source, typed);
  const others = flows.filter((flow) => !(flow.source === "project" && flow.id === page.template?.id));
  const tab = (/** @type {string} */ own, /** @type {string} */ words) => html`<button type="button" role="tab" aria-selected=${source === own} onClick=${() => from(own)}>${words}</button>`;
  return html`<${Search} words=${t("Search flows")} typed=${typed} type=${type} />
    <div class="palette-tabs of-sources" role="tablist" aria-label=${t("Whose flows")}>${tab("project", t("This project"))}${tab("common", t("Common"))}</div>
    <div class="palette-list"><ul>${others.map((flow) => html`<li key=${`${flow.source} ${flow.id}`}><${OfferedFlow} flow=${flow} palette=${palette} injector=${injector} /></li>`)}</ul>
      ${failed || (isKnown && !others.length) ? html`<p class="chooser-empty" role="status">${failed || (typed ? t("Nothing fits “{text}”", { text: typed }) : t("There is none yet"))}</p>` : ""}
      ${next && html`<button type="button" class="btn btn-sm palette-more" onClick=${more}>${t("Show more")}</button>`}</div>`;
}

/** @param {{ flow: Flow, palette: any, injector: any }} props */
function OfferedFlow({ flow, palette, injector }) {
  const [wrong, tell] = useState(""), choice = injector.get("choices").ofFlow(flow);
  const look = () => palette.whyNot(choice).then(tell);
  const press = async () => {
    const why = await palette.whyNot(choice);
    if (why) injector.get("eventBus").fire("hint", { words: why });
    else palette.add(choice);
  };
  return html`<${Offered} choice=${choice} palette=${palette} wrong=${wrong} onLook=${look} onPress=${press} />`;
}
