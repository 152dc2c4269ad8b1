/** Variables taken over from another flow: first the flow, then which of its variables. */
import { useEffect, useState } from "preact/hooks";
import { Glyph, IconButton } from "../../fields/glyphs.js";
import { cloned, listed } from "../../tree/variables.js";
import { constantsOf, setConstants } from "../inspector/edits.js";
import { useFlows } from "../inspector/flow_choice.js";
import { html } from "../parts.js";
import { t } from "../../words.js";

/** @typedef {import("../inspector/subprocess_values.js").Choice} Flow */

/** @param {{ editor: any, server: any, onClose: () => void }} props */
export function Cloning({ editor, server, onClose }) {
  const [flow, setFlow] = useState(/** @type {Flow | null} */ (null));
  return html`<section class="cloning" aria-label=${t("Clone variables from a flow")}>
    <header><strong>${flow ? t("Variables of {name}", { name: flow.name }) : t("Clone variables from a flow")}</strong><${IconButton} glyph="x" class="quiet" label=${t("Close")} onClick=${onClose} /></header>
    ${flow ? html`<${Choice} editor=${editor} server=${server} flow=${flow} back=${() => setFlow(null)} onClose=${onClose} />` : html`<${Flows} server=${server} choose=${setFlow} />`}
  </section>`;
}

/** @param {{ server: any, choose: (flow: Flow) => void }} props */
function Flows({ server, choose }) {
  const [search, setSearch] = useState(""), [source, setSource] = useState("project"), { flows, next, more, failed, isKnown } = useFlows(server, source, search);
  return html`<div class="panel-bar"><label class="panel-search"><${Glyph} name="search" size=${14} /><input type="search" value=${search} placeholder=${t("Find a flow")} aria-label=${t("Find a flow")} onInput=${(/** @type {any} */ e) => setSearch(e.target.value)} /></label>
      <select class="f-select" aria-label=${t("Where from")} value=${source} onChange=${(/** @type {any} */ e) => setSource(e.target.value)}><option value="project">${t("This project")}</option><option value="common">${t("Common flows")}</option></select></div>
    ${failed && html`<p class="f-wrong" role="alert">${t("The flows could not be listed: {reason}", { reason: failed })}</p>`}
    <ul class="choices">${flows.map((flow) => html`<li key=${flow.id}><button type="button" onClick=${() => choose(flow)}><b>${flow.name}</b><span>${t("Version {number}", { number: flow.number })}</span></button></li>`)}</ul>
    ${isKnown && !failed && !flows.length && html`<p class="panel-empty">${t("No flow found")}</p>`}
    ${next && html`<button type="button" class="btn btn-sm" onClick=${more}>${t("More")}</button>`}`;
}

/** @param {{ editor: any, server: any, flow: Flow, back: () => void, onClose: () => void }} props */
function Choice({ editor, server, flow, back, onClose }) {
  const [constants, setFound] = useState(/** @type {any} */ (null)), [error, setError] = useState(""), [ticked, setTicked] = useState(/** @type {string[]} */ ([]));
  useEffect(() => {
    const stop = new AbortController();
    server.get(`/flows/${flow.id}?${new URLSearchParams({ source: flow.source })}`, stop.signal).then((/** @type {any} */ { tree }) => setFound(tree.constants ?? {}), (/** @type {any} */ e) => e.name !== "AbortError" && setError(e.message));
    return () => stop.abort();
  }, [flow.id]);
  const all = listed(constants), areAll = all.length > 0 && ticked.length === all.length;
  const take = () => {
    const chosen = all.filter(([key]) => ticked.includes(key)).map(([key, c]) => ({ ...c, key }));
    setConstants(editor, cloned(constantsOf(editor), chosen));
    onClose();
  };
  const toggle = (/** @type {string} */ key) => setTicked(ticked.includes(key) ? ticked.filter((k) => k !== key) : [...ticked, key]);
  return html`${error && html`<p class="f-wrong" role="alert">${error}</p>`}
    ${constants && !all.length && html`<p class="panel-empty">${t("This flow has no variables")}</p>`}
    ${all.length > 0 && html`<label class="panel-check"><input type="checkbox" checked=${areAll} onChange=${() => setTicked(areAll ? [] : all.map(([key]) => key))} />${t("All of them")}</label>`}
    <ul class="choices">${all.map(([key, c]) => html`<li key=${key}><label><input type="checkbox" checked=${ticked.includes(key)} onChange=${() => toggle(key)} /><b>${c.name || key}</b><code>${key}</code>${key in constantsOf(editor) && html`<span class="tag-unused">${t("key is taken, gets another")}</span>`}</label></li>`)}</ul>
    <footer><button type="button" class="btn btn-sm btn-primary" disabled=${!ticked.length} onClick=${take}>${t("Take over {count}", { count: ticked.length })}</button><button type="button" class="btn btn-sm" onClick=${back}>${t("Another flow")}</button></footer>`;
}
