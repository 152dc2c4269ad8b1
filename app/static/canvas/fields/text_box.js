/** Text with completion: after `${` it offers what can stand there. Every widget that takes text is made of this. */
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { html } from "htm/preact";
import { useForm } from "./form.js";
import { useId } from "./ids.js";
import { OfferList } from "./offer_list.js";
import { fitting, inserted, pieceAt } from "./pieces.js";

/**
 * @typedef {{ id?: string, value: string, type: (text: string) => void, commit: (text: string) => void, done: () => void, disabled?: boolean, lines?: boolean, label?: string, placeholder?: string, describedBy?: string, invalid?: boolean, completes?: boolean, inputMode?: string, onKeyDown?: (e: KeyboardEvent) => void, maxLength?: number, class?: string, list?: string }} TextBoxProps
 */

/** @param {TextBoxProps} props */
export function TextBox({ value, type, commit, done, disabled, lines = false, label, describedBy, invalid, completes = true, onKeyDown, class: more = "", ...rest }) {
  const form = useForm(), box = useRef(/** @type {any} */ (null)), listId = useId();
  const caret = useRef(/** @type {number | null} */ (null));
  const [open, setOpen] = useState(/** @type {{ piece: any, at: number } | null} */ (null));
  useLayoutEffect(() => {
    if (caret.current === null) return;
    box.current.setSelectionRange(caret.current, caret.current);
    caret.current = null;
  });
  const offers = open && completes ? fitting(form.offers(), open.piece.typed) : [];
  const look = () => {
    const piece = completes ? pieceAt(box.current.value, box.current.selectionStart ?? 0) : undefined;
    setOpen(piece ? { piece, at: 0 } : null);
  };
  const choose = (/** @type {any} */ offer) => {
    const place = open?.piece;
    setOpen(null);
    if (offer.kind !== "output") return put(inserted(box.current.value, place, form.take(offer)), type);
    form.together(() => put(inserted(box.current.value, place, form.take(offer)), commit));
  };
  const put = (/** @type {{ text: string, caret: number }} */ now, /** @type {(text: string) => void} */ tell) => {
    caret.current = now.caret;
    tell(now.text);
    box.current.focus();
  };
  const keys = (/** @type {KeyboardEvent} */ e) => {
    if (offers.length && open && steer(e, open, offers, setOpen, choose)) return;
    if (e.key === "Enter" && !lines) done();
    onKeyDown?.(e);
  };
  const shared = {
    ...rest, ref: box, value: value ?? "", disabled, class: `f-text ${more}`, "aria-label": label, "aria-describedby": describedBy, "aria-invalid": invalid || undefined, spellcheck: false, autocomplete: "off",
    "aria-autocomplete": completes ? "list" : undefined, "aria-controls": offers.length ? listId : undefined, "aria-activedescendant": offers.length && open ? `${listId}-${open.at}` : undefined,
    onInput: (/** @type {any} */ e) => {
      type(e.target.value);
      look();
    },
    onKeyDown: keys, onClick: () => open && look(),
    onBlur: () => {
      setOpen(null);
      done();
    },
  };
  return html`${lines ? html`<textarea ...${shared} rows=${Math.min(12, Math.max(2, String(value ?? "").split("\n").length))}></textarea>` : html`<input type="text" ...${shared} />`}
    ${offers.length > 0 && open && html`<${OfferList} id=${listId} anchor=${box} offers=${offers} at=${open.at} choose=${choose} onClose=${() => setOpen(null)} />`}`;
}

/**
 * Let keys go through the list; true when the key was meant for it.
 * @param {KeyboardEvent} e @param {{ piece: any, at: number }} open @param {any[]} offers @param {(open: any) => void} setOpen @param {(offer: any) => void} choose
 */
function steer(e, open, offers, setOpen, choose) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[e.key];
  if (step) setOpen({ ...open, at: (open.at + step + offers.length) % offers.length });
  else if (e.key === "Enter" || e.key === "Tab") choose(offers[Math.min(open.at, offers.length - 1)]);
  else if (e.key === "Escape") setOpen(null);
  else return false;
  e.preventDefault();
  e.stopPropagation();
  return true;
}
