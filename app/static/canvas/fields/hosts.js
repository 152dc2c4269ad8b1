/** Hosts: addresses as chips, picked from the inventory or typed. */
import { useRef, useState } from "preact/hooks";
import { html } from "htm/preact";
import { t } from "../words.js";
import { useAskedFor } from "./asked_for.js";
import { useForm } from "./form.js";
import { Glyph, IconButton } from "./glyphs.js";
import { Popover } from "./popover.js";
import { TextBox } from "./text_box.js";
import { addressesOf, asAddresses, endsAddress, isAddress } from "./values.js";

/** @typedef {{ address: string, name: string }} Host */

/** @param {import("./form.js").WidgetProps} props */
export function HostsField({ id, field, value, commit, disabled, describedBy, invalid }) {
  const [typed, setTyped] = useState(""), [picking, setPicking] = useState(false);
  const anchor = useRef(null), inventory = inventoryOf(useForm().page.hosts), given = addressesOf(value);
  const add = (/** @type {string} */ text) => {
    const fresh = addressesOf(text).filter((a) => !given.includes(a));
    setTyped("");
    if (fresh.length) commit(asAddresses([...given, ...fresh], value));
  };
  useAskedFor(() => add(typed));
  const drop = (/** @type {string} */ address) => commit(asAddresses(given.filter((a) => a !== address), value));
  const keys = (/** @type {KeyboardEvent} */ e) => {
    if (e.key === "Enter") add(typed);
    if (e.key === "Backspace" && !typed && given.length) drop(given[given.length - 1]);
  };
  const named = (/** @type {string} */ address) => inventory.find((h) => h.address === address)?.name;
  return html`<div class=${`f-hosts${invalid ? " wrong" : ""}`} ref=${anchor} role="group" aria-label=${field.name} aria-describedby=${describedBy}>
    ${given.map((a) => html`<span key=${a} class=${`f-chip${isAddress(a) ? "" : " wrong"}${a.includes("${") ? " piece" : ""}`} title=${named(a) ? `${named(a)} · ${a}` : a}>${named(a) || a}
      <button type="button" disabled=${disabled} aria-label=${t("Remove {address}", { address: a })} onClick=${() => drop(a)}>×</button></span>`)}
    <${TextBox} id=${id} value=${typed} disabled=${disabled} placeholder=${disabled || given.length ? "" : t("10.0.0.7, web-1, …")} class="bare"
      type=${(/** @type {string} */ v) => (endsAddress(v) ? add(v) : setTyped(v))} commit=${add} done=${() => add(typed)} onKeyDown=${keys} />
    ${inventory.length > 0 && html`<${IconButton} glyph="server" label=${t("Pick from the inventory")} disabled=${disabled} pressed=${picking} class="quiet" onClick=${() => setPicking(!picking)} />`}
    ${picking && html`<${Inventory} anchor=${anchor} hosts=${inventory} given=${given} onClose=${() => setPicking(false)}
      toggle=${(/** @type {string} */ a) => (given.includes(a) ? drop(a) : commit(asAddresses([...given, a], value)))} />`}
  </div>`;
}

/** @param {{ anchor: any, hosts: Host[], given: string[], toggle: (address: string) => void, onClose: () => void }} props */
function Inventory({ anchor, hosts, given, toggle, onClose }) {
  const [search, setSearch] = useState(""), wanted = search.trim().toLowerCase();
  const found = hosts.filter((h) => `${h.name} ${h.address}`.toLowerCase().includes(wanted));
  return html`<${Popover} anchor=${anchor} onClose=${onClose} label=${t("Hosts of the inventory")} class="f-pick">
    <label class="f-search"><${Glyph} name="search" size=${14} /><input type="search" placeholder=${t("Find a host")} aria-label=${t("Find a host")} value=${search} onInput=${(/** @type {any} */ e) => setSearch(e.target.value)} /></label>
    <div class="f-pick-list">${found.map((h) => html`<label class="f-pick-row" key=${h.address}><input type="checkbox" checked=${given.includes(h.address)} onChange=${() => toggle(h.address)} /><span>${h.name || h.address}</span>${h.name && html`<code>${h.address}</code>`}</label>`)}
      ${!found.length && html`<p class="f-none">${t("No host of that name")}</p>`}</div>
  </${Popover}>`;
}

/** @param {any} hosts texts, or objects with `address` and perhaps `name` @returns {Host[]} */
function inventoryOf(hosts) {
  return (hosts ?? []).map((/** @type {any} */ h) => (typeof h === "string" ? { address: h, name: "" } : { address: h.address ?? "", name: h.name ?? "" })).filter((/** @type {Host} */ h) => h.address);
}
