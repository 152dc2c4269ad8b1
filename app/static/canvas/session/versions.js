import { useEffect, useRef, useState } from "preact/hooks";
import { html } from "../panels/parts.js";
import { moment, t } from "../words.js";
import { Comparison } from "./comparison.js";
import { Dialog, Refusal } from "./dialog.js";
import { KeptHere } from "./kept_here.js";

/** What a version is compared with, unless another one is chosen. */
const CANVAS = "canvas";

/** Every version with who, when and why, and this browser's snapshots; each compared with the canvas or another version, and restored onto the canvas. @param {any} props */
export function VersionsDialog({ session, server, page, editor, onClose }) {
  const [versions, setVersions] = useState(/** @type {any[]} */ ([]));
  const [more, setMore] = useState(false), [isLoaded, setLoaded] = useState(false);
  const [shown, setShown] = useState(/** @type {any} */ (null));
  const [other, setOther] = useState(/** @type {any} */ (null));
  const [error, setError] = useState("");
  const load = async () => {
    const last = versions.at(-1)?.number, address = `/flows/${session.id}/versions`, query = last ? `?before=${last}` : "";
    // Both at once, so that nothing moves under the pointer when the second comes.
    const [found, told] = await Promise.all([server.get(`${address}${query}`), server.get(`${address}/changes${query}`)]);
    const words = new Map(told.map((/** @type {any} */ v) => [v.number, v.words]));
    setVersions([...versions, ...found.map((/** @type {any} */ v) => ({ ...v, changes: words.get(v.number) }))]);
    setMore(found.length > 0 && found.at(-1).number > 1);
    setLoaded(true);
  };
  const failed = (/** @type {Error} */ e) => setError(e.message);
  useEffect(() => {
    load().catch(failed);
  }, []);
  const open = async (/** @type {number} */ number) => ({ key: number, label: t("Version {number}", { number }), tree: (await server.get(`/flows/${session.id}/versions/${number}`)).tree });
  // Answers come in any order; what was asked for last counts.
  const turns = useRef({ shown: 0, other: 0 });
  const put = async (/** @type {"shown" | "other"} */ part, /** @type {any} */ wanted) => {
    const turn = (turns.current[part] += 1), found = await wanted;
    if (turn === turns.current[part]) (part === "shown" ? setShown : setOther)(found);
  };
  const pick = (/** @type {number} */ number) => put("shown", open(number)).catch(failed);
  const compareWith = (/** @type {string} */ chosen) => put("other", chosen === CANVAS ? null : open(Number(chosen))).catch(failed);
  const restore = () => {
    session.take(shown.tree);
    onClose();
  };
  return html`<${Dialog} wide title=${t("Versions of {name}", { name: session.name })} onClose=${onClose}
    actions=${shown && page.may_edit && html`<span class="me-auto text-secondary">${t("Restoring puts it on the canvas; you can undo it, and publish it as a new version.")}</span><button type="button" class="btn btn-primary" onClick=${restore}>${t("Restore {label}", { label: shown.label })}</button>`}>
    <${Refusal} refused=${error ? { message: error } : null} />
    <div class="versions">
      <ol>${versions.map((v) => html`<li key=${v.number}><button type="button" aria-current=${shown?.key === v.number} onClick=${() => pick(v.number)}><b>${t("Version {number}", { number: v.number })}${v.is_current ? ` · ${t("current")}` : ""}</b><span class=${v.message ? "said" : ""}>${v.message || t("No message")}</span><span class="changed">${v.changes}</span><small>${v.by} · ${moment(v.at)}</small></button></li>`)}
        ${more && html`<li><button type="button" onClick=${() => load().catch(failed)}>${t("Older versions")}</button></li>`}
        ${isLoaded || error ? html`<${KeptHere} session=${session} editor=${editor} page=${page} shown=${shown?.key} show=${(/** @type {any} */ kept) => put("shown", kept)} />` : html`<li role="status">${t("Loading…")}</li>`}
      </ol>
      ${shown ? html`<div class="compared"><label>${t("Compare with")} <select class="form-select form-select-sm" value=${other?.key ?? CANVAS} onChange=${(/** @type {any} */ e) => compareWith(e.target.value)}>
            <option value=${CANVAS}>${t("The canvas now")}</option>${versions.map((v) => html`<option key=${v.number} value=${v.number}>${t("Version {number}", { number: v.number })}</option>`)}</select></label>
          <${Comparison} key=${`${shown.key} ${other?.key}`} before=${shown.tree} after=${other?.tree ?? session.store.tree} names=${[shown.label, other?.label ?? t("The canvas now")]} page=${page} editor=${editor} /></div>` : html`<p class="text-secondary p-4">${t("Choose a version to compare it with the canvas or with another version.")}</p>`}
    </div>
  <//>`;
}
