/** What can be done to something, as a list: by the right button, and by keys. */
import { keysOf } from "../actions/words.js";
import { t } from "../../words.js";
import { elementName } from "../naming.js";

const LEFT_OUT = new Set(["contextMenu", "clear", "next", "previous"]);

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
    const selected = this.selection.get();
    const actions = Object.entries(/** @type {Record<string, import("../actions/actions.js").Action>} */ (this.injector.get("actions")));
    this.chooser.open({
      title: selected.length === 1 ? t("What to do with {name}", { name: elementName(selected[0]) }) : selected.length ? t("What to do with {count} things", { count: selected.length }) : t("What to do"),
      entries: actions.filter(([name, action]) => !LEFT_OUT.has(name) && action.enabled()).map(([id, action]) => ({ id, label: action.label, group: action.group, icon: action.icon, keys: keysOf(action)[0] })),
      at, className: "of-actions",
      onChoose: (/** @type {any} */ { id }) => this.injector.get("actions")[id].run(),
    });
  }
}
ContextMenu.$inject = ["eventBus", "canvas", "selection", "chooser", "view", "injector"];
