/**
 * Copies, cuts and pastes parts of a flow, within it and from one flow to another, in this tab or another: as text on the
 * system's clipboard, kept in this browser too for where a page may not read the clipboard.
 *
 * @import { Point } from "../../diagram/types.js"
 * @import { Clip, Fitted } from "../pure/clip.js"
 */
import { newId } from "../../tree/ids.js";
import { t } from "../../words.js";
import { listed } from "../naming.js";
import { fitClip, makeClip, readClip } from "../pure/clip.js";
import { onGrid } from "../../layout/grid.js";
import { freePlace } from "../pure/free_place.js";

const KEPT = "sluice.clipboard", STEP = 20;

export default class Copying {
  /** @param {any} eventBus @param {any} treeStore @param {any} modeling @param {any} elementFactory @param {any} selection @param {any} injector */
  constructor(eventBus, treeStore, modeling, elementFactory, selection, injector) {
    this.bus = eventBus;
    this.store = treeStore;
    this.modeling = modeling;
    this.elements = elementFactory;
    this.selection = selection;
    this.injector = injector;
    this.last = { text: "", at: "", times: 0 };
  }

  /** Copy what is selected. @returns {string} the text for the clipboard; empty when nothing of it can be copied */
  copied() {
    const clip = this.#selected();
    if (!clip) {
      this.#say(t("Select nodes or notes to copy; the start and the end stay"));
      return "";
    }
    const text = JSON.stringify(clip);
    this.last = { text: "", at: "", times: 0 };
    keep(text);
    this.#say(clip.nodes.length === 1 ? t("Copied {name}", { name: clip.nodes[0].name || t("a node") }) : t("Copied {count} nodes", { count: clip.nodes.length }));
    return text;
  }

  /** Put what is selected on the clipboard. */
  async copy() {
    const text = this.copied();
    if (text) await navigator.clipboard?.writeText(text).catch(() => undefined);
  }

  async cut() {
    const text = this.copied();
    if (!text) return;
    this.deleteCopied();
    await navigator.clipboard?.writeText(text).catch(() => undefined);
  }

  /** What is selected, as far as it can be copied. */
  #selected() {
    return makeClip(this.store.drawing, new Set(this.selection.get().map((/** @type {any} */ e) => e.id)));
  }

  /** Delete what was copied; it is called so because cut deletes nothing that cannot be pasted. */
  deleteCopied() {
    const { nodes = [], flows = [], notes = [] } = this.#selected() ?? {}, held = new Set([...nodes, ...flows, ...notes].map(({ id }) => id));
    const own = this.selection.get().filter((/** @type {any} */ e) => held.has(e.id));
    this.injector.get("history").as(t("Cut"), () => this.modeling.removeElements(own));
  }

  /** Paste what is on the clipboard, at the pointer. */
  async paste() {
    const text = await (navigator.clipboard?.readText?.() ?? Promise.reject()).catch(() => kept());
    this.pasteText(text || kept());
  }

  /** @param {string} text what is on the clipboard */
  pasteText(text) {
    const clip = readClip(text);
    if (!clip) {
      this.#say(text.trim() ? t("What is on the clipboard is no part of a flow") : t("There is nothing on the clipboard"));
      return;
    }
    this.#put(clip, t("Paste"), () => this.#atPointer(text));
  }

  /** A copy of what is selected, beside it. */
  duplicate() {
    const clip = this.#selected();
    if (!clip) return this.#say(t("Select nodes or notes to duplicate; the start and the end stay"));
    this.#put(clip, t("Duplicate"), (box) => freePlace(box, { x: box.x + box.width / 2, y: box.y + box.height * 1.5 + STEP }, this.store.root.children.filter((/** @type {any} */ e) => !e.waypoints)));
  }

  /** Whether this is one node that can be copied, and one line leads on from it. @param {any[]} [elements] */
  mayInsertCopy(elements = this.selection.get()) {
    const [node, ...others] = elements;
    return Boolean(node?.businessObject.node) && !others.length && node.outgoing.length === 1 && this.injector.get("rules").allowed("element.copy", { element: node });
  }

  /** A copy of the selected node, put into the line that leads on from it. */
  duplicateInto() {
    const [node] = this.selection.get(), clip = this.mayInsertCopy() && makeClip(this.store.drawing, new Set([node.id]));
    if (!clip) return;
    const fitted = fitClip(clip, this.store.rest.constants ?? {}, newId), copy = this.elements.createDrawn(fitted.nodes[0]);
    this.injector.get("history").as(t("Copy and insert"), () => this.modeling.together(() => {
      this.injector.get("adding").into(copy, node.outgoing[0]);
      this.#keepVariables(fitted);
    }));
    this.selection.select(copy);
    this.injector.get("view").reveal([copy]);
    this.#tell(fitted);
  }

  /**
   * @param {Clip} clip
   * @param {string} words
   * @param {(box: { x: number, y: number, width: number, height: number }) => Point} placeFor gives the middle
   */
  #put(clip, words, placeFor) {
    const fitted = fitClip(clip, this.store.rest.constants ?? {}, newId);
    const shapes = [...fitted.nodes.map((n) => this.elements.createDrawn(n)), ...fitted.notes.map((n) => this.elements.createNote(n))];
    const box = around(shapes), middle = placeFor(box);
    const way = { x: onGrid(middle.x - box.x - box.width / 2), y: onGrid(middle.y - box.y - box.height / 2) };
    this.injector.get("history").as(words, () => this.modeling.together(() => this.#add(shapes, fitted, way)));
    this.selection.select(shapes);
    this.injector.get("view").reveal(shapes);
    this.#tell(fitted);
  }

  /** @param {any[]} shapes @param {Fitted} fitted @param {Point} way */
  #add(shapes, fitted, way) {
    const { root } = this.store, byId = new Map(shapes.map((s) => [s.id, s]));
    for (const shape of shapes) {
      const { x, y, width, height } = shape;
      this.modeling.createShape(shape, { x: x + way.x, y: y + way.y, width, height }, root);
    }
    for (const { id, source, target, ...businessObject } of fitted.flows) {
      this.modeling.createConnection(byId.get(source), byId.get(target), this.elements.createFlow({ id, businessObject }), root, { exact: true });
    }
    this.#keepVariables(fitted);
  }

  /** @param {Fitted} fitted */
  #keepVariables(fitted) {
    if (JSON.stringify(fitted.constants) !== JSON.stringify(this.store.rest.constants ?? {})) this.modeling.updateRest({ constants: fitted.constants });
  }

  /** At the pointer; pasted there again, a little aside. @param {string} text */
  #atPointer(text) {
    const view = this.injector.get("view"), pointer = this.injector.get("pointer").at, middle = pointer ?? view.centre;
    const at = JSON.stringify(middle), times = this.last.text === text && this.last.at === at ? this.last.times + 1 : 0;
    this.last = { text, at, times };
    return { x: middle.x + times * STEP, y: middle.y + times * STEP };
  }

  /** @param {Fitted} fitted */
  #tell({ renamed, lost }) {
    if (lost.length) this.#say(t("{variables} stayed behind: they are outputs of nodes that were not copied", { variables: listed(lost) }));
    else if (renamed.length) this.#say(t("Variables of these names were there already, so the new ones are called {variables}", { variables: listed(renamed.map(([, to]) => to)) }));
  }

  /** @param {string} words */
  #say(words) {
    this.bus.fire("hint", { words });
  }
}
Copying.$inject = ["eventBus", "treeStore", "modeling", "elementFactory", "selection", "injector"];

/** @param {any[]} shapes */
function around(shapes) {
  const left = Math.min(...shapes.map((s) => s.x)), top = Math.min(...shapes.map((s) => s.y));
  return { x: left, y: top, width: Math.max(...shapes.map((s) => s.x + s.width)) - left, height: Math.max(...shapes.map((s) => s.y + s.height)) - top };
}

/** A browser may refuse to keep anything, or have no room; then only the system's clipboard has it. @param {string} text */
function keep(text) {
  try {
    localStorage.setItem(KEPT, text);
  } catch {
    return;
  }
}

/** @returns {string} */
function kept() {
  try {
    return localStorage.getItem(KEPT) ?? "";
  } catch {
    return "";
  }
}
