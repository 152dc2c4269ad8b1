/** What the server tells of a flow's past, asked for when it is shown. */
import { useEffect, useState } from "preact/hooks";
import { t } from "../../words.js";
import { html, useEvents } from "../parts.js";

/**
 * Ask below the address of the flow; a flow that is not saved yet has nothing to tell.
 * @param {{ editor: any, server: any }} shared @param {string} what
 * @returns {{ told: any, error: string, isNew: boolean }}
 */
export function useAsked({ editor, server }, what) {
  const { id } = editor.get("session"), [told, tell] = useState(/** @type {any} */ (null)), [error, fail] = useState("");
  useEvents(editor, ["session.changed"]);
  useEffect(() => {
    if (id === null) return undefined;
    const stop = new AbortController();
    server.get(`/flows/${id}/${what}`, stop.signal).then(tell, (/** @type {any} */ e) => e.name !== "AbortError" && fail(e.message));
    return () => stop.abort();
  }, [id, what]);
  return { told, error, isNew: id === null };
}

/** What stands in place of a list that is not there. @param {{ error: string, isNew: boolean, isEmpty: boolean, words: string }} props */
export function Instead({ error, isNew, isEmpty, words }) {
  if (error) return html`<p class="f-wrong panel-empty" role="alert">${t("The server did not tell: {reason}", { reason: error })}</p>`;
  return html`<p class="panel-empty" role="status">${isNew || isEmpty ? words : t("Loading…")}</p>`;
}
