/** The palette as it is drawn: a thin bar, and beside it, when asked for, the plugins and the flows. */
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { html, Icon } from "../../panels/parts.js";
import { t } from "../../words.js";
import { labelOf } from "../actions/words.js";
import { Drawer } from "./drawer.js";

const KEPT = "sluice.plugins";

/** @param {{ palette: any, injector: any }} props */
export function Bar({ palette, injector }) {
  const [isOpen, open] = useState(() => localStorage.getItem(KEPT) === "open"), button = useRef(/** @type {HTMLElement | null} */ (null));
  const tool = useTool(injector.get("eventBus")), choices = injector.get("choices"), actions = injector.get("actions");
  useLayoutEffect(() => palette.measured(), [isOpen]);
  const toggle = () => {
    localStorage.setItem(KEPT, isOpen ? "closed" : "open");
    open(!isOpen);
  };
  const close = () => {
    toggle();
    button.current?.focus();
  };
  const node = (/** @type {any} */ choice) => html`<${Item} palette=${palette} choice=${choice} />`;
  const act = (/** @type {string} */ name, /** @type {boolean | undefined} */ pressed = undefined) => html`<${ActionButton} action=${actions[name]} pressed=${pressed} />`;
  return html`
    <div class="palette-bar" role="toolbar" aria-orientation="vertical" aria-label=${t("What to add, and tools")} onKeyDown=${walk}>
      <button ref=${button} type="button" class="palette-item" aria-expanded=${isOpen} aria-controls="palette-plugins" title=${t("Plugins and flows")} aria-label=${t("Plugins and flows")} onClick=${toggle}><${Icon} name="apps" size=${20} /></button>
      ${node(choices.task)}${node(choices.subprocess)}
      ${choices.gateways.length > 0 && html`<hr />${choices.gateways.map(node)}`}
      <hr />${node(choices.note)}
      <hr />${act("hand", tool === "hand")}${act("lasso", tool === "lasso")}${act("space", tool === "space")}
      <span class="palette-rest"></span>
      ${act("minimap")}${act("help")}
    </div>
    ${isOpen && html`<${Drawer} palette=${palette} injector=${injector} onClose=${close} />`}`;
}

/** @param {{ palette: any, choice: import("../adding/choices.js").Choice }} props */
function Item({ palette, choice }) {
  const words = `${choice.label}: ${choice.detail}`;
  return html`<button type="button" class=${`palette-item of-${choice.kind}`} title=${words} aria-label=${choice.label}
    onPointerDown=${(/** @type {PointerEvent} */ e) => palette.drawOut(e, choice)} onClick=${() => palette.add(choice)}><${Icon} name=${choice.icon} size=${20} /></button>`;
}

/** @param {{ action: import("../actions/actions.js").Action, pressed?: boolean }} props */
function ActionButton({ action, pressed }) {
  const { label, icon = "help", run } = action;
  return html`<button type="button" class="palette-item tool" title=${labelOf(action)} aria-label=${label} aria-pressed=${pressed} onClick=${run}><${Icon} name=${icon} size=${19} /></button>`;
}

/** The tool in hand. @param {any} bus @returns {string} */
function useTool(bus) {
  const [tool, take] = useState("");
  useEffect(() => {
    const changed = (/** @type {any} */ { tool: now }) => take(now ?? "");
    bus.on("tool-manager.update", changed);
    return () => bus.off("tool-manager.update", changed);
  }, [bus]);
  return tool;
}

/** Arrow keys go from button to button. @param {KeyboardEvent} event */
function walk(event) {
  const by = /** @type {Record<string, number>} */ ({ ArrowDown: 1, ArrowUp: -1 })[event.key];
  if (!by) return;
  event.preventDefault();
  const all = /** @type {HTMLElement[]} */ ([.../** @type {HTMLElement} */ (event.currentTarget).querySelectorAll("button")]);
  all[(all.indexOf(/** @type {HTMLElement} */ (document.activeElement)) + by + all.length) % all.length].focus();
}
