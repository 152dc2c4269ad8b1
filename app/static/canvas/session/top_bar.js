/** The bar on top: where one is, what it is called, whether it is saved, and what can be done with it. */
import { useEffect, useState } from "preact/hooks";
import { labelOf } from "../gestures/actions/words.js";
import { html, Icon, useEvents } from "../panels/parts.js";
import { Refused } from "../server.js";
import { moment, t } from "../words.js";
import { ConflictDialog } from "./conflict.js";
import { LogIn } from "./dialog.js";
import { ExportDialog } from "./exporting.js";
import { useLeaveGuard } from "./leaving.js";
import { Menu } from "./menu.js";
import { PublishDialog } from "./publish.js";
import { RecoveredNotice } from "./recovered.js";
import { goToTask, isPublished, RunDialog } from "./run.js";
import { VersionsDialog } from "./versions.js";
import { ImportDialog } from "./importing.js";

/** @typedef {import("../panels/frame.js").Shared} Shared */

/** @param {Shared} props */
export function TopBar(props) {
  const { editor, page } = props;
  const session = editor.get("session");
  const [open, show] = useState(page.may_edit && window.location.hash === "#import" ? "import" : "");
  const [failed, fail] = useState("");
  useEvents(editor, ["session.changed", "commandStack.changed", "canvas.viewbox.changed"]);
  useLeaveGuard(editor);
  const attempt = (/** @type {() => Promise<any>} */ act) => act().then(() => fail(""), (error) => fail(error instanceof Refused ? error.message : String(error.message ?? error)));
  // While a conflict is undecided, what would save leads back to it.
  const unlessUndecided = (/** @type {() => any} */ act) => () => (session.conflict ? session.decide() : act());
  const save = unlessUndecided(() => {
    editor.get("eventBus").fire("editor.flush", { isAsked: true });
    return attempt(() => session.saveDraft());
  });
  const run = () => (isPublished(session) ? goToTask(session, page) : show("run"));
  useShortcuts({ save, run }, page);
  const close = () => show("");
  const publishToRun = () => {
    show(session.conflict ? "" : "publish and run");
    session.decide(true);
  };
  // Their draft is not published by having been taken.
  const goOn = () => (isPublished(session) ? goToTask(session, page) : publishToRun());
  return html`
    <a class="btn btn-icon btn-ghost" href=${`/projects/${page.project.id}/flows/`} title=${t("All flows")} aria-label=${t("All flows")}>‹</a>
    <${Name} session=${session} page=${page} />
    <${Standing} session=${session} />
    <${Unsaved} reason=${session.reason} />
    ${failed && html`<span class="text-danger small text-truncate" role="alert" title=${failed}>${failed}</span>`}
    <span class="flex-fill"></span>
    ${page.may_edit && html`<${Undo} editor=${editor} />`}
    <${Zoom} editor=${editor} />
    ${page.may_run && page.may_edit && html`<${DryRun} editor=${editor} />`}
    <${Menu} ...${props} session=${session} show=${show} attempt=${attempt} />
    ${page.may_edit && html`
      <button type="button" class="btn only-wide" disabled=${session.state === "saving" || (!session.isUnsaved && session.id !== null)} onClick=${save}>${t("Save draft")}</button>
      <button type="button" class=${`btn only-wide ${isPublished(session) ? "" : "btn-primary"}`} onClick=${unlessUndecided(() => show("publish"))}>${t("Publish")}</button>`}
    ${page.may_run && session.id !== null && html`<button type="button" class=${`btn ${isPublished(session) ? "btn-primary" : ""}`} onClick=${run}>${t("Run")}</button>`}
    ${open.startsWith("publish") && html`<${PublishDialog} session=${session} editor=${editor} onClose=${close} goOn=${open === "publish and run" ? () => goToTask(session, page) : undefined} />`}
    ${open === "run" && html`<${RunDialog} session=${session} page=${page} publish=${publishToRun} onClose=${close} />`}
    ${open === "versions" && html`<${VersionsDialog} ...${props} session=${session} onClose=${close} />`}
    ${open === "import" && html`<${ImportDialog} ...${props} session=${session} onClose=${close} />`}
    ${open === "export" && html`<${ExportDialog} ...${props} session=${session} onClose=${close} />`}
    ${session.conflict && html`<${ConflictDialog} ...${props} session=${session} conflict=${session.conflict} goOn=${goOn} />`}
    <${RecoveredNotice} session=${session} page=${page} editor=${editor} show=${show} />`;
}

/** @param {{ session: any, page: any }} props */
function Name({ session, page }) {
  const limit = page.rules?.limits?.name ?? 50;
  return html`<input class="flow-name" aria-label=${t("Name of the flow")} maxlength=${limit} readonly=${!page.may_edit} placeholder=${t("Name this flow")} value=${session.name}
    size=${Math.max(16, Math.min(40, session.name.length + 1))} onInput=${(/** @type {any} */ e) => session.rename(e.target.value)} />`;
}

/** Which version this is, and whether it is saved. @param {{ session: any }} props */
function Standing({ session }) {
  const version = session.version === null ? t("Not published yet") : t("Version {number}", { number: session.version });
  /** @type {Record<string, string>} */
  const words = {
    unsaved: t("Unsaved changes"), saving: t("Saving…"), offline: t("Offline: kept in this browser"), refused: t("Not saved"), conflict: t("Someone else saved"),
    saved: session.hasDraft ? t("Draft saved") : t("Saved"), clean: session.hasDraft ? t("Draft") : "",
  };
  const title = session.savedAt ? t("Saved at {time}", { time: moment(session.savedAt, { timeOnly: true }) }) : "";
  return html`<span class="standing" role="status" title=${title}><span class="badge">${version}</span>${words[session.state] && html`<span class=${`saved-${session.state}`}>${words[session.state]}</span>`}</span>`;
}

/** Why the server refused the draft; it is tried again. @param {{ reason: import("./refusals.js").Reason | null }} props */
function Unsaved({ reason }) {
  if (!reason || reason.isOffline) return null;
  if (!reason.isLoggedOut) return html`<span class="text-danger small text-truncate" role="alert" title=${reason.message}>${reason.message}</span>`;
  return html`<div class="notice-bar" role="alert"><span>${reason.message}</span><${LogIn} class="btn btn-sm btn-primary" /></div>`;
}

/** @param {{ editor: any }} props */
function Undo({ editor }) {
  const { undo, redo, layout } = editor.get("actions"), { labels } = editor.get("history");
  return html`<span class="btn-group only-wide" role="group">
    <button type="button" class="btn btn-icon" disabled=${!undo.enabled()} title=${labelOf(labels.undo ? { ...undo, label: t("Undo: {what}", { what: labels.undo }) } : undo)} aria-label=${undo.label} onClick=${undo.run}>↶</button>
    <button type="button" class="btn btn-icon" disabled=${!redo.enabled()} title=${labelOf(labels.redo ? { ...redo, label: t("Redo: {what}", { what: labels.redo }) } : redo)} aria-label=${redo.label} onClick=${redo.run}>↷</button>
    <button type="button" class="btn btn-icon" title=${labelOf(layout)} aria-label=${layout.label} onClick=${layout.run}><${Icon} name=${layout.icon} /></button>
  </span>`;
}

/** Leads to where the chosen node is tried by itself. @param {{ editor: any }} props */
function DryRun({ editor }) {
  const { dryRun } = editor.get("actions");
  useEvents(editor, ["selection.changed"]);
  return html`<button type="button" class="btn only-wide" disabled=${!dryRun.enabled()} title=${dryRun.enabled() ? dryRun.label : t("Choose a task or a subprocess to try it by itself")} onClick=${() => dryRun.run()}>${t("Dry run")}</button>`;
}

/** @param {{ editor: any }} props */
function Zoom({ editor }) {
  const view = editor.get("view");
  return html`<span class="btn-group zoom" role="group">
    <button type="button" class="btn btn-icon" title=${t("Smaller")} aria-label=${t("Smaller")} onClick=${() => view.zoomBy(-1)}>−</button>
    <button type="button" class="btn" title=${t("Fit the flow into view (F)")} onClick=${() => view.fit()}>${Math.round(view.scale * 100)} %</button>
    <button type="button" class="btn btn-icon" title=${t("Larger")} aria-label=${t("Larger")} onClick=${() => view.zoomBy(1)}>+</button>
  </span>`;
}

/** @param {{ save: () => void, run: () => void }} act @param {any} page */
function useShortcuts(act, page) {
  useEffect(() => {
    const pressed = (/** @type {KeyboardEvent} */ event) => {
      if (!(event.ctrlKey || event.metaKey) || document.querySelector("dialog[open]")) return;
      const wanted = event.key === "s" && page.may_edit ? act.save : event.key === "Enter" && page.may_run ? act.run : null;
      if (!wanted) return;
      event.preventDefault();
      wanted();
    };
    document.addEventListener("keydown", pressed);
    return () => document.removeEventListener("keydown", pressed);
  });
}
