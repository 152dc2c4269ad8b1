import { useState } from "preact/hooks";
import { html } from "../panels/parts.js";
import { t } from "../words.js";
import { Dialog, Refusal } from "./dialog.js";

/** Publishes: asks what changed, and shows everything that is in the way. @param {{ session: any, editor: any, onClose: () => void, goOn?: () => void }} props goOn follows once it is published, or once a conflict that is met is settled */
export function PublishDialog({ session, editor, onClose, goOn }) {
  const [message, setMessage] = useState("");
  const [refused, setRefused] = useState(/** @type {any} */ (null));
  const [busy, setBusy] = useState(false);
  const publish = async (/** @type {Event} */ event) => {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    try {
      const isPublished = await session.publish({ message, goesOn: Boolean(goOn) });
      onClose();
      if (isPublished) goOn?.();
    } catch (error) {
      setRefused(error);
      editor.get("problems", false)?.check?.();
    } finally {
      setBusy(false);
    }
  };
  const next = (session.version ?? 0) + 1;
  // What follows is still to be told: the dialog stays until the server has answered.
  return html`<${Dialog} title=${t("Publish version {number}", { number: next })} isHeld=${busy} onClose=${onClose}>
    <form id="publish" onSubmit=${publish}>
      <${Refusal} refused=${refused} editor=${editor} onGo=${onClose} />
      <p class="text-secondary">${t("New tasks and schedules will use this version. Running tasks keep theirs.")}</p>
      <label class="form-label" for="publish-message">${t("What changed?")} <span class="text-secondary">${t("optional")}</span></label>
      <textarea id="publish-message" class="form-control" rows="2" maxlength="200" autofocus value=${message} onInput=${(/** @type {any} */ e) => setMessage(e.target.value)}
        onKeyDown=${(/** @type {KeyboardEvent} */ e) => (e.ctrlKey || e.metaKey) && e.key === "Enter" && publish(e)}></textarea>
      <footer><button type="button" class="btn" disabled=${busy} onClick=${onClose}>${t("Back to the canvas")}</button><button class="btn btn-primary" disabled=${busy}>${goOn ? t("Publish and go on to the task") : t("Publish")}</button></footer>
    </form>
  <//>`;
}
