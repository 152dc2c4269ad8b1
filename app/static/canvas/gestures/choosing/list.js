/**
 * A list to choose from, by typing a part of a name; what is chosen most often may stand on top as tiles. diagram-js' popup menu and search pad speak English only and are no
 * combo boxes to a screen reader, so this one stands in for both.
 *
 * @typedef {{ id: string, label: string, detail?: string, search?: string, group?: string, icon?: string, keys?: string, isTile?: boolean }} Entry
 * @typedef {{ title: string, entries: Entry[], empty?: string, onChoose: (entry: any) => void, onLook?: (entry: any | null) => void, onClose: () => void }} Props
 */
import { useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { html, Icon } from "../../panels/parts.js";
import { t } from "../../words.js";
import { matching } from "../pure/matching.js";

const MOST_SHOWN = 200;

/** @param {Props} props */
export function List({ title, entries, empty, onChoose, onLook, onClose }) {
  const [typed, type] = useState(""), [at, look] = useState(0);
  const found = useMemo(() => (typed.trim() ? matching(entries, typed) : inOrder(entries)).slice(0, MOST_SHOWN), [entries, typed]);
  const current = found[Math.min(at, found.length - 1)];
  const list = useRef(/** @type {HTMLElement | null} */ (null));
  // At once, for who types quickly chooses before there is a picture.
  useLayoutEffect(() => onLook?.(current ?? null), [current]);
  useLayoutEffect(() => list.current?.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" }), [current]);
  const isTyped = Boolean(typed.trim()), tiles = isTyped ? [] : found.filter((entry) => entry.isTile), isTile = tiles.includes(current);
  const by = (/** @type {number} */ step) => look((Math.min(at, found.length - 1) + step + found.length) % Math.max(1, found.length));
  const keys = (/** @type {KeyboardEvent} */ event) => {
    const act = actOf(event, { by, isTile, choose: () => current && onChoose(current), onClose });
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  };
  return html`<div class="chooser-body" role="dialog" aria-label=${title} onKeyDown=${keys}>
    <div class="chooser-search"><${Icon} name="search" size=${16} />
      <input ref=${(/** @type {HTMLInputElement | null} */ input) => input?.focus({ preventScroll: true })} role="combobox" aria-expanded="true" aria-controls="chooser-list" aria-autocomplete="list" aria-activedescendant=${current ? idOf(current) : undefined}
        aria-label=${title} placeholder=${title} autocomplete="off" spellcheck=${false} value=${typed} onInput=${(/** @type {any} */ e) => { type(e.target.value); look(0); }} /></div>
    <div class="chooser-list" id="chooser-list" role="listbox" aria-label=${title} ref=${list}>
      ${tiles.length > 0 && html`<div class="chooser-tiles" role="presentation">${tiles.map((entry, i) => html`<${Tile} key=${entry.id} entry=${entry} isCurrent=${entry === current} onLook=${() => look(i)} onChoose=${onChoose} />`)}</div>`}
      ${found.map((entry, i) => i >= tiles.length && html`
        ${!isTyped && entry.group && entry.group !== found[i - 1]?.group && html`<div class="chooser-group" role="presentation">${entry.group}</div>`}
        <${Row} key=${entry.id} entry=${entry} isCurrent=${entry === current} onLook=${() => look(i)} onChoose=${onChoose} />`)}
    </div>
    ${!found.length && html`<p class="chooser-empty" role="status">${isTyped ? t("Nothing fits “{text}”", { text: typed }) : empty}</p>`}
  </div>`;
}

/** @param {{ entry: Entry, isCurrent: boolean, onLook: () => void, onChoose: (entry: Entry) => void }} props */
function Row({ entry, isCurrent, onLook, onChoose }) {
  const { label, detail, icon, keys } = entry;
  return html`<div class="chooser-row" id=${idOf(entry)} role="option" aria-selected=${isCurrent} onPointerMove=${onLook} onClick=${() => onChoose(entry)}>
    ${icon && html`<span class=${`chooser-icon of-${icon}`}><${Icon} name=${icon} size=${18} /></span>`}
    <span class="chooser-words"><span class="chooser-label">${label}</span>${detail && html`<span class="chooser-detail">${detail}</span>`}</span>
    ${keys && html`<kbd>${keys}</kbd>`}
  </div>`;
}

/** @param {{ entry: Entry, isCurrent: boolean, onLook: () => void, onChoose: (entry: Entry) => void }} props */
function Tile({ entry, isCurrent, onLook, onChoose }) {
  const { label, detail, icon = "" } = entry;
  return html`<div class="chooser-tile" id=${idOf(entry)} role="option" aria-selected=${isCurrent} title=${detail} onPointerMove=${onLook} onClick=${() => onChoose(entry)}>
    <span class=${`chooser-icon of-${icon}`}><${Icon} name=${icon} size=${18} /></span><span>${label}</span></div>`;
}

/** @param {Entry} entry */
const idOf = ({ id }) => `choose-${id.replace(/[^\w-]/g, "_")}`;

/** The tiles first, then the others. @param {Entry[]} entries */
function inOrder(entries) {
  return [...entries.filter((e) => e.isTile), ...inGroups(entries.filter((e) => !e.isTile))];
}

/** The entries with those of a group together, groups in the order of their first. @param {Entry[]} entries */
function inGroups(entries) {
  const groups = [...new Set(entries.map((e) => e.group))];
  return groups.length < 2 ? entries : groups.flatMap((group) => entries.filter((e) => e.group === group));
}

/**
 * What a key does in the list.
 * @param {KeyboardEvent} event
 * @param {{ by: (step: number) => void, isTile: boolean, choose: () => void, onClose: () => void }} can
 * @returns {(() => void) | null}
 */
function actOf({ key, shiftKey, isComposing }, { by, isTile, choose, onClose }) {
  if (isComposing) return null;
  if (key === "Escape") return onClose;
  if (key === "Enter") return choose;
  if (key === "ArrowDown" || (key === "Tab" && !shiftKey)) return () => by(1);
  if (key === "ArrowUp" || (key === "Tab" && shiftKey)) return () => by(-1);
  if (isTile && (key === "ArrowRight" || key === "ArrowLeft")) return () => by(key === "ArrowRight" ? 1 : -1);
  if (key === "PageDown") return () => by(8);
  if (key === "PageUp") return () => by(-8);
  return null;
}
