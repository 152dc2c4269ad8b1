/** The keys and gestures, over the canvas. */
import { render } from "preact";
import { html, Icon } from "../panels/parts.js";
import { keysOf } from "./actions/words.js";
import { t } from "../words.js";

export default class Help {
  /** @param {any} actions @param {any} canvas */
  constructor(actions, canvas) {
    this.actions = actions;
    this.canvas = canvas;
    this.dialog = /** @type {HTMLDialogElement} */ (document.createElement("dialog"));
    this.dialog.className = "help-keys";
    this.dialog.setAttribute("aria-label", t("Keys and gestures"));
    this.dialog.addEventListener("close", () => {
      this.dialog.remove();
      canvas.focus();
    });
    this.dialog.addEventListener("click", (event) => event.target === this.dialog && this.dialog.close());
  }

  toggle() {
    if (this.dialog.open) return this.dialog.close();
    render(html`<${Keys} actions=${this.actions} onClose=${() => this.dialog.close()} />`, this.dialog);
    document.body.append(this.dialog);
    this.dialog.showModal();
  }
}
Help.$inject = ["actions", "canvas"];

/** What no action has: done by hand, or by the page around. */
function gestures() {
  return [
    { group: t("By hand"), rows: [
      [t("Move what is selected, by 1 or by 10"), ["← ↑ → ↓", "Shift"]],
      [t("Move the view"), [t("Space and drag"), t("middle button"), t("two fingers")]],
      [t("Zoom to the pointer"), [t("Ctrl and wheel"), t("pinch")]],
      [t("Select with a frame"), [t("Shift and drag")]],
      [t("Select more"), [t("Ctrl or Shift and click")]],
      [t("Place off the grid"), [t("Ctrl while dragging")]],
      [t("Put a node into a line"), [t("Drop it on the line")]],
      [t("Add a node anywhere"), [t("Double click")]],
    ] },
    { group: t("This page"), rows: [[t("Save the draft"), ["Ctrl+S"]], [t("Run"), ["Ctrl+Enter"]], [t("Search everywhere"), ["Ctrl+K"]]] },
  ];
}

/** @param {{ actions: Record<string, import("./actions/actions.js").Action>, onClose: () => void }} props */
function Keys({ actions, onClose }) {
  const withKeys = Object.values(actions).filter((a) => a.keys.length);
  const groups = [...new Set(withKeys.map((a) => a.group))].map((group) => ({ group, rows: withKeys.filter((a) => a.group === group).map((a) => [a.label, keysOf(a)]) }));
  return html`<div class="help-body">
    <header class="help-head"><h2>${t("Keys and gestures")}</h2><button type="button" class="icon-button" aria-label=${t("Close")} title=${t("Close")} onClick=${onClose}><${Icon} name="x" /></button></header>
    <div class="help-columns">${[...groups, ...gestures()].map(({ group, rows }) => html`<section><h3>${group}</h3><dl>
      ${rows.map(([label, keys]) => html`<div><dt>${label}</dt><dd>${/** @type {string[]} */ (keys).map((k) => html`<kbd>${k}</kbd>`)}</dd></div>`)}</dl></section>`)}</div>
  </div>`;
}
