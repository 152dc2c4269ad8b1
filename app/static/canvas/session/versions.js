import { useEffect, useState } from "preact/hooks";
import { html } from "../panels/parts.js";
import { moment, t } from "../words.js";
import { Comparison } from "./comparison.js";
import { Dialog, Refusal } from "./dialog.js";

/** Every version with who, when and why, and this browser's snapshots; each compared with the canvas, and restored onto it. @param {any} props */
export function VersionsDialog({ session, server, page, editor, onClose }) {
  const [versions, setVersions] = useState(/** @type {any[]} */ ([]));
  const [snapshots, setSnapshots] = useState(/** @type {any[]} */ ([]));
  const [more, setMore] = useState(true);
  const [shown, setShown] = useState(/** @type {any} */ (null));
  const [error, setError] = useState("");
  const load = async () => {
    const last = versions.at(-1)?.number;
    const answer = await server.get(`/flows/${session.id}/versions${last ? `?before=${last}` : ""}`);
    const found = answer.versions ?? answer;
    setVersions([...versions, ...found]);
    setMore(found.length > 0 && found.at(-1).number > 1);
  };
  const failed = (/** @type {Error} */ e) => setError(e.message);
  useEffect(() => {
    load().catch(failed);
    session.local.snapshots().then(setSnapshots);
  }, []);
  const pick = async (/** @type {any} */ version) => setShown({ key: version.number, label: t("Version {number}", { number: version.number }), tree: (await server.get(`/flows/${session.id}/versions/${version.number}`)).tree });
  const restore = () => {
    session.take(shown.tree);
    onClose();
  };
  return html`<${Dialog} wide title=${t("Versions of {name}", { name: session.name })} onClose=${onClose}
    actions=${shown && page.may_edit && html`<span class="me-auto text-secondary">${t("Restoring puts it on the canvas; you can undo it, and publish it as a new version.")}</span><button type="button" class="btn btn-primary" onClick=${restore}>${t("Restore {label}", { label: shown.label })}</button>`}>
    <${Refusal} error=${error} />
    <div class="versions">
      <ol>${versions.map((v) => html`<li key=${v.number}><button type="button" aria-current=${shown?.key === v.number} onClick=${() => pick(v).catch(failed)}><b>${t("Version {number}", { number: v.number })}${v.is_current ? ` · ${t("current")}` : ""}</b><span>${v.message || t("No message")}</span><small>${v.by} · ${moment(v.at)}</small></button></li>`)}
        ${more && html`<li><button type="button" onClick=${() => load().catch(failed)}>${t("Older versions")}</button></li>`}
        ${snapshots.length > 0 && html`<li class="heading">${t("Kept in this browser")}</li>`}
        ${snapshots.map((s) => html`<li key=${s.at}><button type="button" aria-current=${shown?.key === s.at} onClick=${() => setShown({ key: s.at, label: s.label, tree: s.tree })}><b>${s.label}</b><small>${moment(s.at)}</small></button></li>`)}
      </ol>
      ${shown ? html`<${Comparison} key=${shown.label} before=${shown.tree} after=${session.store.tree} names=${[shown.label, t("The canvas now")]} page=${page} editor=${editor} />` : html`<p class="text-secondary p-4">${t("Choose a version to compare it with the canvas.")}</p>`}
    </div>
  <//>`;
}
