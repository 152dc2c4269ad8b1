/** What can be done to something, as a list: by the right button, and by keys. */
import { keysOf } from "../actions/words.js";
import { t } from "../../words.js";
import { elementName } from "../naming.js";

/** What a list never holds; what is about the whole flow and not about what is selected; what comes first of that. */
const LEFT_OUT = ["contextMenu", "toBar", "clear", "next", "previous"];
const OF_FLOW = ["undo", "redo", "paste", "selectAll", "layout", "tidy", "find", "fit", "zoomActual", "zoomIn", "zoomOut", "minimap", "hand", "lasso", "space", "help"];
const FIRST = ["editText", "openInside", "openSubprocess", "copy", "cut", "duplicate", "duplicateInto", "disconnect", "delete"];

export default class ContextMenu {
  /** @param {any} eventBus @param {any} canvas @param {any} selection @param {any} chooser @param {any} view @param {any} injector */
  constructor(eventBus, canvas, selection, chooser, view, injector) {
    this.canvas = canvas;
    this.selection = selection;
    this.chooser = chooser;
    this.view = view;
    this.injector = injector;
    eventBus.on("element.contextmenu", (/** @type {any} */ { element, originalEvent }) => {
      originalEvent.preventDefault();
      if (element === canvas.getRootElement()) selection.select(null);
      else if (!selection.isSelected(element)) selection.select(element);
      this.open({ clientX: originalEvent.clientX, clientY: originalEvent.clientY });
      return true;
    });
  }

  openAtSelection() {
    const [first] = this.selection.get();
    const { x, y } = this.view.toWindow(first ? (first.waypoints?.[0] ?? { x: first.x + first.width / 2, y: first.y + first.height }) : this.view.centre);
    this.open({ clientX: x, clientY: y + 6 });
  }

  /** @param {{ clientX: number, clientY: number }} at */
  open(at) {
    const selected = this.selection.get(), actions = /** @type {Record<string, import("../actions/actions.js").Action>} */ (this.injector.get("actions"));
    const names = Object.keys(actions).filter((name) => !LEFT_OUT.includes(name) && actions[name].enabled());
    this.chooser.open({
      title: selected.length === 1 ? t("What to do with {name}", { name: elementName(selected[0]) }) : selected.length ? t("What to do with {count} things", { count: selected.length }) : t("What to do"),
      entries: (selected.length ? ofSelected(names) : names).map((id) => ({ id, label: actions[id].label, group: selected.length ? undefined : actions[id].group, icon: actions[id].icon, keys: keysOf(actions[id])[0] })),
      at, className: "of-actions",
      onChoose: (/** @type {any} */ { id }) => actions[id].run(),
    });
  }
}
ContextMenu.$inject = ["eventBus", "canvas", "selection", "chooser", "view", "injector"];

/** Of what can be done, what is about the selected things. @param {string[]} names */
function ofSelected(names) {
  const rest = names.filter((name) => !FIRST.includes(name) && !OF_FLOW.includes(name));
  return [...FIRST.filter((name) => names.includes(name)), ...rest];
}
