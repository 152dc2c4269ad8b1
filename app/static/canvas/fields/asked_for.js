/** What is typed and not given yet, such as the beginning of a word, is given when somebody saves, or leaves the page. */
import { useEffect, useRef } from "preact/hooks";
import { useForm } from "./form.js";

/** @param {() => void} give */
export function useAskedFor(give) {
  const { editor } = useForm(), now = useRef(give);
  now.current = give;
  useEffect(() => {
    const bus = editor?.get("eventBus"), asked = (/** @type {{ isAsked?: boolean }} */ { isAsked }) => {
      if (isAsked) now.current();
    };
    bus?.on("editor.flush", 2000, asked);
    return () => bus?.off("editor.flush", asked);
  }, [editor]);
}
