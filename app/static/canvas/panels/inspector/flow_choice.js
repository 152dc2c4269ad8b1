/** The flow that a subprocess runs: found among the project's and the common ones. */
import { useEffect, useRef, useState } from "preact/hooks";
import { t } from "../../words.js";
import { html, Icon } from "../parts.js";
import { useForm } from "../../fields/form.js";
import { Glyph } from "../../fields/glyphs.js";
import { useId } from "../../fields/ids.js";
import { Popover } from "../../fields/popover.js";
import { Row } from "./parts.js";

/** @import { Choice } from "./subprocess_values.js" */

const WAIT_MS = 250;

/** @param {{ node: any, current: Choice | null, problem: string, take: (choice: Choice) => void }} props */
export function FlowChoice({ node, current, problem, take }) {
  const { mayEdit } = useForm(), anchor = useRef(null), id = useId(), [open, setOpen] = useState(false);
  const choose = (/** @type {Choice} */ choice) => {
    setOpen(false);
    take(choice);
  };
  const name = current?.name ?? (node.template_id ? t("Flow {id}", { id: node.template_id }) : "");
  return html`<${Row} label=${t("Which flow it runs")} forId=${id} required wrong=${problem || (node.template_id ? "" : t("Choose a flow"))} help=${current?.description}>
      <button type="button" id=${id} ref=${anchor} class="f-select as-button" aria-haspopup="listbox" aria-expanded=${open} disabled=${!mayEdit} onClick=${() => setOpen(!open)}><${Icon} name="sitemap" size=${15} /><span class=${name ? "" : "f-placeholder"}>${name || t("Choose a flow")}</span></button>
      ${open && html`<${FlowList} anchor=${anchor} chosen=${String(node.template_id)} take=${choose} onClose=${() => setOpen(false)} />`}
    </${Row}>`;
}

/** @param {{ anchor: any, chosen: string, take: (choice: Choice) => void, onClose: () => void }} props */
function FlowList({ anchor, chosen, take, onClose }) {
  const { page, server } = useForm(), [source, setSource] = useState("project"), [search, setSearch] = useState(""), [label, setLabel] = useState(""), [at, setAt] = useState(0), id = useId();
  const { flows, next, labels, more, failed, isKnown } = useFlows(server, source, search, label), own = flows.filter((f) => !(f.source === "project" && f.id === page.template?.id));
  const keys = (/** @type {KeyboardEvent} */ e) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[e.key];
    if (step && own.length) setAt((at + step + own.length) % own.length);
    else if (e.key === "Enter" && own[at]) take(own[at]);
    else return;
    e.preventDefault();
  };
  const tab = (/** @type {string} */ name, /** @type {string} */ words) => html`<button type="button" role="tab" aria-selected=${source === name} class=${source === name ? "on" : ""} onClick=${() => {
    setSource(name);
    setLabel("");
    setAt(0);
  }}>${words}</button>`;
  return html`<${Popover} anchor=${anchor} onClose=${onClose} label=${t("Flows")} class="i-plugins">
    <label class="f-search"><${Glyph} name="search" size=${14} /><input type="search" role="combobox" aria-expanded="true" aria-controls=${id} aria-activedescendant=${own[at] ? `${id}-${own[at].id}` : undefined} placeholder=${t("Find a flow")} aria-label=${t("Find a flow")} value=${search} onKeyDown=${keys} onInput=${(/** @type {any} */ e) => {
      setSearch(e.target.value);
      setAt(0);
    }} /></label>
    <div class="i-tabs" role="tablist">${tab("project", t("This project"))}${tab("common", t("Common"))}</div>
    ${labels.length > 0 && html`<select class="f-select i-labels" aria-label=${t("Label")} value=${label} onChange=${(/** @type {any} */ e) => {
        setLabel(e.target.value);
        setAt(0);
      }}><option value="">${t("All labels")}</option>${labels.map((l) => html`<option key=${l} value=${l}>${l}</option>`)}</select>`}
    <div class="i-plugin-list" id=${id} role="listbox" aria-label=${t("Flows")}>${own.map((f, i) => html`<div key=${f.id} id=${`${id}-${f.id}`} role="option" aria-selected=${i === at} class=${`i-option${i === at ? " at" : ""}`} onClick=${() => take(f)}>
      <span class="i-tile small sub"><${Icon} name="sitemap" size=${15} /></span><span class="i-option-words"><b>${f.name}</b><span>${f.description || t("version {number}", { number: f.number })}</span></span>${String(f.id) === chosen && html`<${Glyph} name="check" size=${15} />`}</div>`)}</div>
    ${failed ? html`<p class="f-none f-wrong">${failed}</p>` : isKnown && !own.length && html`<p class="f-none">${search || label ? t("No flow of that name") : t("There is none yet")}</p>`}
    ${next && html`<button type="button" class="f-add" onClick=${more}>${t("Show more")}</button>`}
  </${Popover}>`;
}

/** The flows that a subprocess can run, page by page; what was asked for another list does not come into this one. @param {any} server @param {string} source @param {string} search @param {string} [label] */
export function useFlows(server, source, search, label = "") {
  const [found, setFound] = useState(/** @type {{ flows: Choice[], next: any, labels: string[], failed: string, isKnown: boolean }} */ ({ flows: [], next: null, labels: [], failed: "", isKnown: false })), asking = useRef(new AbortController());
  const ask = (/** @type {any} */ cursor, /** @type {AbortSignal} */ signal) => server.get(`/flows?${new URLSearchParams({ source, search, label, ...(cursor ? { cursor } : {}) })}`, signal);
  useEffect(() => {
    const stop = (asking.current = new AbortController());
    const timer = setTimeout(() => ask(null, stop.signal).then(
      (/** @type {any} */ told) => setFound({ labels: [], ...told, failed: "", isKnown: true }),
      (/** @type {Error} */ error) => stop.signal.aborted || setFound({ flows: [], next: null, labels: [], failed: error.message, isKnown: true }),
    ), search ? WAIT_MS : 0);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [source, search, label]);
  const more = () => {
    const { signal } = asking.current, { next } = found;
    const add = (/** @type {any} */ told) => setFound((now) => (signal.aborted || now.next !== next ? now : { ...now, flows: [...now.flows, ...told.flows], next: told.next, failed: "" }));
    return ask(next, signal).then(add, (/** @type {Error} */ error) => signal.aborted || setFound((now) => ({ ...now, failed: error.message })));
  };
  return { ...found, more };
}
