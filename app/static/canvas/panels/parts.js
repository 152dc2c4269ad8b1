/** What the panels share: markup, and redrawing when the flow changes. */
import { html } from "htm/preact";
import { useLayoutEffect, useReducer, useState } from "preact/hooks";
import { iconMarkup } from "../diagram/icons.js";

export { html };

/**
 * Draw again when one of these events of the canvas is fired.
 * @param {any} editor
 * @param {string[]} events
 */
export function useEvents(editor, events) {
  const [, redraw] = useReducer((/** @type {number} */ n) => n + 1, 0);
  // At once, for the flow is fitted into view before the first effects that wait for the picture.
  useLayoutEffect(() => {
    const bus = editor.get("eventBus");
    bus.on(events, redraw);
    return () => bus.off(events, redraw);
  }, [editor]);
}

/** The tree as it is; the panel is drawn again when it changes. @param {any} editor @returns {import("../tree/types.js").Tree} */
export function useTree(editor) {
  useEvents(editor, ["commandStack.changed", "tree.opened"]);
  return editor.get("treeStore").tree;
}

/** The selected elements. @param {any} editor @returns {any[]} */
export function useSelection(editor) {
  const [selected, select] = useState(() => editor.get("selection").get());
  useEvents(editor, ["commandStack.changed"]);
  // At once, for the page may open with a node.
  useLayoutEffect(() => {
    const bus = editor.get("eventBus");
    const changed = (/** @type {any} */ { newSelection }) => select([...newSelection]);
    bus.on("selection.changed", changed);
    return () => bus.off("selection.changed", changed);
  }, [editor]);
  return selected.filter((/** @type {any} */ e) => e.parent);
}

/** @param {{ name: string, size?: number }} props */
export function Icon({ name, size = 18 }) {
  return html`<span class="icon-of" dangerouslySetInnerHTML=${{ __html: iconMarkup(name, size) }}></span>`;
}
