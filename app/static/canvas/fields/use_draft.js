import { useEffect, useReducer, useRef } from "preact/hooks";
import { Draft, draftsOf } from "./drafts.js";

/**
 * A draft of a value of the flow for as long as a field is shown. What is pending when the field goes is not lost.
 * @template T
 * @param {any} editor
 * @param {T} value what the flow says
 * @param {(value: T) => void} save
 * @returns {Draft<T>}
 */
export function useDraft(editor, value, save) {
  const [, redraw] = useReducer((/** @type {number} */ n) => n + 1, 0);
  const kept = useRef(/** @type {Draft<T> | null} */ (null));
  kept.current ??= new Draft(value, { save, changed: () => redraw(0) });
  const draft = kept.current;
  draft.save = save;
  draft.follow(value);
  useEffect(() => {
    const { open } = draftsOf(editor);
    open.add(draft);
    return () => {
      open.delete(draft);
      draft.flush();
    };
  }, [editor]);
  return draft;
}
