/** The inspector: the form of what is selected. */
import { useEffect, useMemo, useRef } from "preact/hooks";
import { FormContext } from "../../fields/form.js";
import { draftsOf } from "../../fields/drafts.js";
import { DECIDING, KINDS } from "../../tree/kinds.js";
import { html, useEvents, useSelection } from "../parts.js";
import { BulkForm } from "./bulk.js";
import { offersAt, takeOffer } from "./edits.js";
import { EndForm, StartForm } from "./ends.js";
import { FlowForm } from "./flow.js";
import { GatewayForm } from "./gateway.js";
import { LineForm } from "./line.js";
import { NoteForm } from "./note.js";
import { SubprocessForm } from "./subprocess.js";
import { TaskForm } from "./task.js";

/** @type {Record<string, any>} The form of each kind. */
const FORMS = { ServiceActivity: TaskForm, SubProcess: SubprocessForm, EmptyStartEvent: StartForm, EmptyEndEvent: EndForm, Note: NoteForm };

/** @param {{ editor: any, server: any, page: any }} props */
export function Inspector({ editor, server, page }) {
  const elements = useSelection(editor), element = elements.length === 1 ? elements[0] : null, panel = useRef(/** @type {HTMLElement | null} */ (null));
  useEvents(editor, ["problems.changed", "tree.opened"]);
  draftsOf(editor);
  const form = useMemo(() => ({
    editor, server, page, mayEdit: page.may_edit !== false, offers: () => offersAt(editor, element), take: (/** @type {any} */ offer) => takeOffer(editor, offer),
    together: (/** @type {() => void} */ change) => editor.get("modeling").together(change),
  }), [editor, server, page, page.may_edit, element]);
  useFocus(editor, panel);
  const leave = useLeaving(editor);
  return html`<${FormContext.Provider} value=${form}><div class=${`inspector${form.mayEdit ? "" : " reads"}`} ref=${panel} onKeyDown=${leave}>${formOf(elements, (/** @type {any} */ e) => problemsAt(editor, e))}</div></${FormContext.Provider}>`;
}

/** @param {any[]} elements @param {(element: any) => any[]} problems */
function formOf(elements, problems) {
  if (!elements.length) return html`<${FlowForm} />`;
  if (elements.length > 1) return html`<${BulkForm} elements=${elements} />`;
  const [element] = elements, { kind } = element.businessObject;
  if (kind === "Flow") return html`<${LineForm} key=${element.id} line=${element} problems=${problems(element)} />`;
  const form = FORMS[kind] ?? (kind in KINDS ? GatewayForm : FlowForm);
  return html`<${form} key=${element.id} shape=${element} problems=${problems(element)} />`;
}

/** What is wrong with an element; a gateway that decides is told of its lines too. @param {any} editor @param {any} element */
function problemsAt(editor, element) {
  const problems = editor.get("problems", false), own = problems?.at?.(element.id) ?? [];
  if (!DECIDING.has(element.businessObject.kind)) return own;
  return [...own, ...element.outgoing.flatMap((/** @type {any} */ l) => problems?.at?.(l.id) ?? [])];
}

/** `inspector.focus` leads to the first field of what is selected, or of the element that it names. @param {any} editor @param {{ current: HTMLElement | null }} panel */
function useFocus(editor, panel) {
  useEffect(() => {
    const bus = editor.get("eventBus");
    const focus = (/** @type {any} */ { element }) => {
      if (element && !editor.get("selection").isSelected(element)) editor.get("selection").select(element);
      setTimeout(() => /** @type {HTMLElement | null} */ (panel.current?.querySelector("input:not(:disabled), textarea:not(:disabled), select:not(:disabled), .cm-content"))?.focus());
    };
    bus.on("inspector.focus", focus);
    return () => bus.off("inspector.focus", focus);
  }, [editor]);
}

/** Escape leads back to the canvas; in an editor of code the first one lets Tab go on to the next field. @param {any} editor */
function useLeaving(editor) {
  const isSecond = useRef(false);
  return (/** @type {KeyboardEvent} */ e) => {
    if (e.key !== "Escape" || e.defaultPrevented) {
      isSecond.current = false;
      return;
    }
    isSecond.current = !isSecond.current && /** @type {Element} */ (e.target).closest(".f-code .cm-content") !== null;
    if (!isSecond.current) editor.get("canvas").focus();
  };
}
