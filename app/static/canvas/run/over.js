/** What lies over the page when somebody asks for it. */
import { html } from "../panels/parts.js";
import { Dialog } from "../session/dialog.js";
import { t } from "../words.js";
import { ChangesDialog } from "./changes.js";
import { KeysDialog } from "./keys.js";
import { useRun } from "./page.js";
import { addressOf } from "./sharing.js";

/** @param {{ run: import("./page.js").Run }} props */
export function Over({ run }) {
  useRun(run);
  const close = () => run.set({ dialog: "" });
  if (run.dialog === "keys") return html`<${KeysDialog} onClose=${close} />`;
  if (run.dialog === "changes") return html`<${ChangesDialog} run=${run} onClose=${close} />`;
  if (run.dialog === "link") return html`<${Dialog} title=${t("The link to what is open")} onClose=${close}><input class="form-control" readonly aria-label=${t("The link to what is open")} value=${addressOf(run)} onFocus=${(/** @type {any} */ e) => e.target.select()} /><//>`;
  return null;
}
