/**
 * Undo and redo, and what each would do in words. Commands that come together are one step, called by the first of them
 * that says what it is, or as `as` calls it.
 */
import { t } from "../words.js";
import { elementName } from "./naming.js";

export default class History {
  /** @param {any} eventBus @param {any} commandStack */
  constructor(eventBus, commandStack) {
    this.stack = commandStack;
    /** @type {{ words: string }[]} */
    this.steps = [];
    this.at = 0;
    this.wording = "";
    this.named = "";
    for (const command of Object.keys(WORDS)) {
      eventBus.on(`commandStack.${command}.preExecute`, 20000, (/** @type {any} */ { context }) => void (this.wording ||= this.named || WORDS[command](context)));
    }
    eventBus.on("commandStack.changed", 20000, (/** @type {any} */ { trigger }) => this.#moved(trigger));
    eventBus.on("diagram.clear", () => this.#moved("clear"));
  }

  /** @returns {boolean} */
  get canUndo() {
    return this.stack.canUndo();
  }

  /** @returns {boolean} */
  get canRedo() {
    return this.stack.canRedo();
  }

  /** What undo and redo would take back and do again; empty for nothing. */
  get labels() {
    return { undo: this.steps[this.at - 1]?.words ?? "", redo: this.steps[this.at]?.words ?? "" };
  }

  /** The step that undo would take back; null for none. */
  get current() {
    return this.steps[this.at - 1] ?? null;
  }

  /** The step that redo would do again; null for none. */
  get next() {
    return this.steps[this.at] ?? null;
  }

  undo() {
    if (this.canUndo) this.stack.undo();
  }

  redo() {
    if (this.canRedo) this.stack.redo();
  }

  /**
   * Do something as a step of this name.
   * @template T
   * @param {string} words
   * @param {() => T} act
   * @returns {T}
   */
  as(words, act) {
    this.named = words;
    try {
      return act();
    } finally {
      this.named = "";
    }
  }

  /** @param {string} trigger */
  #moved(trigger) {
    if (trigger === "execute") this.steps.splice(this.at++, Infinity, { words: this.wording || t("Change") });
    else if (trigger === "undo") this.at -= 1;
    else if (trigger === "redo") this.at += 1;
    else if (trigger === "clear") [this.steps, this.at] = [[], 0];
    this.wording = "";
  }
}
History.$inject = ["eventBus", "commandStack"];

/** What a command does. @type {Record<string, (context: any) => string>} */
const WORDS = {
  together: () => "",
  "shape.create": ({ shape }) => t("Add {name}", { name: elementName(shape) }),
  "elements.create": ({ elements }) => t("Add {name}", { name: elementName(elements[0]) }),
  "shape.append": ({ shape }) => t("Add {name}", { name: elementName(shape) }),
  "elements.delete": ({ elements }) => (elements.length === 1 ? t("Delete {name}", { name: elementName(elements[0]) }) : t("Delete {count} things", { count: elements.length })),
  "shape.delete": ({ shape }) => t("Delete {name}", { name: elementName(shape) }),
  "connection.delete": () => t("Delete a line"),
  "elements.move": ({ shapes }) => (shapes.length === 1 ? t("Move {name}", { name: elementName(shapes[0]) }) : t("Move {count} things", { count: shapes.length })),
  "elements.align": () => t("Align"),
  "elements.distribute": () => t("Distribute"),
  spaceTool: () => t("Make room"),
  "shape.resize": ({ shape }) => t("Resize {name}", { name: elementName(shape) }),
  "connection.create": ({ source, target }) => t("Connect {source} to {target}", { source: elementName(source), target: elementName(target) }),
  "connection.reconnect": () => t("Move a line"),
  "branches.reorder": () => t("Reorder branches"),
  "node.kind": ({ shape }) => t("Change {name}", { name: elementName(shape) }),
  "element.update": updateWords,
};

/** @param {any} context */
function updateWords({ element, businessObject }) {
  if (businessObject.kind === "Root") return t("Change variables");
  if (businessObject.kind === "Flow") return t("Change a line");
  return t("Change {name}", { name: elementName(element) });
}
