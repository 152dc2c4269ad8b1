/** The list of what differs between two trees; an entry opens to its values, or to what was moved. */
import { html } from "../panels/parts.js";
import { t } from "../words.js";
import { labelOf, valueOf } from "./change_words.js";
import { changedLines } from "./changed_lines.js";

/** @typedef {import("./changes_told.js").Told} Told */

/** How much of a value is shown: of a text in one line, and of several lines before they are asked for. */
const LONGEST = 600, MOST_LINES = 12;

/** @param {{ told: Told[], chosen: Told | null, choose: (told: Told) => void, show: (told: Told, id: string) => void }} props show: one of those that an entry is about */
export function ToldList({ told, chosen, choose, show }) {
  return html`<ol class="changes-told">${told.map((entry) => html`<li key=${`${entry.kind} ${entry.what} ${entry.id}`}>
    <button type="button" aria-expanded=${entry === chosen} onClick=${() => choose(entry)}><span class=${`difference ${entry.kind}`}><b>${wordOf(entry)}</b></span> <span>${entry.name}${tagOf(entry)}</span></button>
    ${entry === chosen && html`<${Values} entry=${entry} /><${Members} entry=${entry} show=${show} />`}
  </li>`)}</ol>`;
}

/** @param {Told} entry */
function wordOf({ kind, what }) {
  if (kind === "moved") return what === "line" ? t("Drawn otherwise") : t("Moved");
  return { added: t("Added"), removed: t("Removed"), changed: t("Modified"), renamed: t("Renamed") }[kind];
}

/** What an entry is, where its name does not show it. @param {Told} entry */
function tagOf({ what }) {
  if (what !== "note" && what !== "output") return null;
  return html` <small>${what === "note" ? t("Note") : t("Output")}</small>`;
}

/** @param {{ entry: Told }} props */
function Values({ entry }) {
  if (!entry.changes.length) return null;
  return html`<dl>${entry.changes.map((change) => html`<div key=${change.path}><dt title=${change.path}>${labelOf(change.path, entry.about)}</dt><dd><${Value} change=${change} entry=${entry} /></dd></div>`)}</dl>`;
}

/** A value before and after, or the one that there is; a text of several lines by the lines that differ. @param {{ change: import("./changes_told.js").Change, entry: Told }} props */
function Value({ change: { path, before, after }, entry: { kind, about } }) {
  const old = valueOf(path, before, about), now = valueOf(path, after, about);
  if (`${old}${now}`.includes("\n")) return html`<${Lines} old=${before === null ? "" : old} now=${after === null ? "" : now} />`;
  if (kind === "added") return html`<ins>${shortened(now)}</ins>`;
  if (kind === "removed") return html`<del>${shortened(old)}</del>`;
  return html`<del>${shortened(old)}</del> → <ins>${shortened(now)}</ins>`;
}

/** @param {{ old: string, now: string }} props an empty one is not there */
function Lines({ old, now }) {
  const of = (/** @type {"added" | "removed"} */ kind, /** @type {string} */ text) => text.split("\n").map((line) => ({ kind, text: line }));
  const all = old && now ? changedLines(old, now) : now ? of("added", now) : of("removed", old);
  const shown = all.map(({ kind, text }) => (kind === "removed" ? html`<del>− ${text}</del>` : html`<ins>+ ${text}</ins>`)), more = shown.slice(MOST_LINES);
  return html`<div class="lines">${shown.slice(0, MOST_LINES)}${more.length > 0 && html`<details><summary>${t("More lines: {count}", { count: more.length })}</summary>${more}</details>`}</div>`;
}

/** @param {string} text */
const shortened = (text) => (text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text);

/** Each of those that were moved, and from where to where. @param {{ entry: Told, show: (told: Told, id: string) => void }} props */
function Members({ entry, show }) {
  if (!entry.members.length) return null;
  return html`<ul>${entry.members.map(({ id, name, places }) => html`<li key=${id}>${entry.what === "variable" ? name : html`<button type="button" class="as-link" onClick=${() => show(entry, id)}>${name}</button>`} <small>${fromTo(places)}</small></li>`)}</ul>`;
}

/** @param {import("./changes_told.js").Change[]} places */
function fromTo(places) {
  const of = (/** @type {any} */ value) => (typeof value === "number" ? Math.round(value) : "–");
  return places.flatMap(({ path, before, after }) => {
    const [, axis] = path.match(/^(?:location\.)?([xy])$/) ?? [];
    return axis ? [`${axis} ${of(before)} → ${of(after)}`] : [];
  }).join(", ");
}
