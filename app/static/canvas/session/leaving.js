import { useEffect } from "preact/hooks";

/**
 * Asks before the page is left with what only this page has; whoever holds such a thing says so on `editor.leaving`. What
 * was typed last counts, and is kept in this browser when the page is hidden: it may not be shown again.
 * @param {any} editor
 */
export function useLeaveGuard(editor) {
  useEffect(() => {
    const bus = editor.get("eventBus");
    const keep = () => {
      bus.fire("editor.flush", { isAsked: true });
      editor.get("session").keepLocally();
    };
    const leaving = (/** @type {BeforeUnloadEvent} */ event) => {
      keep();
      if (bus.fire("editor.leaving")) event.preventDefault();
    };
    const hidden = () => document.visibilityState === "hidden" && keep();
    window.addEventListener("beforeunload", leaving);
    window.addEventListener("pagehide", keep);
    document.addEventListener("visibilitychange", hidden);
    return () => {
      window.removeEventListener("beforeunload", leaving);
      window.removeEventListener("pagehide", keep);
      document.removeEventListener("visibilitychange", hidden);
    };
  }, [editor]);
}
