/**
 * The perspective: below each node which variables it reads and which it writes. Also marks the nodes of one variable, and
 * tells the variables of the node under the pointer. Drawn in a layer of its own, so that it costs nothing while it is moved.
 *
 * @import { Access } from "../tree/variables.js"
 */
import { append, attr, create, remove } from "tiny-svg";
import { nameOf, whereUsed } from "../tree/references.js";
import { accessOf } from "../tree/variables.js";
import { isRawIn } from "./raw_inputs.js";
import { t } from "../words.js";
import { FONTS, fit, widthOf } from "./measuring.js";

const LAYER = "perspective", ABOVE_ALL = 2, LINE = 16, BADGE = 13, NARROWEST = 130, GAP = 6, LEAST_SCALE = 0.5, AROUND = 40;
const KINDS = /** @type {const} */ (["reads", "writes"]);
const MARKERS = { reads: "reads-variable", writes: "writes-variable" };

/** Fires `perspective.changed` when it is switched, or when other variables are pointed at. */
export default class Perspective {
  /** @param {any} eventBus @param {any} canvas @param {any} elementRegistry @param {any} treeStore @param {any} catalogue */
  constructor(eventBus, canvas, elementRegistry, treeStore, catalogue) {
    this.bus = eventBus;
    this.canvas = canvas;
    this.registry = elementRegistry;
    this.store = treeStore;
    this.isRaw = isRawIn(catalogue);
    this.isOn = false;
    /** The variables of the node under the pointer. @type {Set<string>} */
    this.pointed = new Set();
    /** The marks of the variable that is highlighted: they are taken away where they were put, whatever was edited since. @type {{ id: string, marker: string }[]} */
    this.marks = [];
    /** @type {Map<string, { group: SVGElement, shows: string, isShown: boolean }>} */
    this.drawn = new Map();
    this.frame = 0;
    /** @type {{ tree: any, access: Map<string, Access> }} */
    this.known = { tree: null, access: new Map() };
    eventBus.on("tree.opened", 2000, () => this.#clear());
    eventBus.on(["tree.opened", "commandStack.changed"], 1500, () => {
      if (this.isOn) this.#drawSoon();
    });
    eventBus.on("canvas.viewbox.changed", (/** @type {any} */ { viewbox }) => {
      if (this.isOn) this.#showWithin(viewbox);
    });
    eventBus.on("shape.remove", (/** @type {any} */ { element }) => {
      const drawn = this.drawn.get(element.id);
      if (drawn) this.#erase(element.id, drawn.group);
    });
    eventBus.on("element.hover", (/** @type {any} */ { element }) => this.#point(element));
    eventBus.on("element.out", () => this.#point(null));
  }

  toggle() {
    this.isOn = !this.isOn;
    if (this.isOn) this.#draw();
    else this.#clear();
    this.bus.fire("perspective.changed", { isOn: this.isOn });
  }

  /** What each node reads and writes now. */
  get access() {
    const { tree } = this.store;
    if (this.known.tree !== tree) this.known = { tree, access: accessOf(tree, whereUsed(tree, this.isRaw)) };
    return this.known.access;
  }

  /** Mark the nodes that read and write a variable; none without a key. @param {string | null} key */
  highlight(key) {
    for (const { id, marker } of this.marks) if (this.registry.get(id)) this.canvas.removeMarker(id, marker);
    this.marks = key === null ? [] : [...this.access].flatMap(([id, access]) => KINDS.filter((kind) => access[kind].includes(key) && this.registry.get(id)).map((kind) => ({ id, marker: MARKERS[kind] })));
    for (const { id, marker } of this.marks) this.canvas.addMarker(id, marker);
  }

  /** @param {any} element */
  #point(element) {
    const node = element?.waypoints ? element.source : element;
    const { reads = [], writes = [] } = (node && this.access.get(node.id)) ?? {};
    const keys = new Set([...reads, ...writes]);
    if (keys.size === this.pointed.size && [...keys].every((key) => this.pointed.has(key))) return;
    this.pointed = keys;
    this.bus.fire("perspective.changed", { isOn: this.isOn });
  }

  /** Several edits before the next frame are drawn once. */
  #drawSoon() {
    cancelAnimationFrame(this.frame);
    this.frame = requestAnimationFrame(() => {
      if (this.isOn) this.#draw();
    });
  }

  /** Only what is seen is drawn, and nothing that is too small to be read: a flow of a thousand nodes moves as quickly as without. @param {any} viewbox */
  #showWithin({ x, y, width, height, scale }) {
    const isReadable = scale >= LEAST_SCALE;
    for (const [id, drawn] of this.drawn) {
      const shape = this.registry.get(id);
      const isShown = isReadable && shape.x + shape.width + AROUND > x && shape.x - AROUND < x + width && shape.y + shape.height + AROUND > y && shape.y - AROUND < y + height;
      if (isShown === drawn.isShown) continue;
      drawn.isShown = isShown;
      drawn.group.style.display = isShown ? "" : "none";
    }
  }

  #draw() {
    const layer = this.canvas.getLayer(LAYER, ABOVE_ALL), { access } = this;
    for (const [id, { group }] of this.drawn) if (!access.has(id) || !this.registry.get(id)) this.#erase(id, group);
    for (const [id, of] of access) {
      const shape = this.registry.get(id);
      if (!shape) continue;
      const { x, y, width, height } = shape, shows = JSON.stringify([x, y, width, height, of]), now = this.drawn.get(id);
      if (now?.shows === shows) continue;
      if (now) remove(now.group);
      const group = chipsOf(shape, of);
      group.style.display = "none";
      append(layer, group);
      this.drawn.set(id, { shows, group, isShown: false });
    }
    this.#showWithin(this.canvas.viewbox());
  }

  /** @param {string} id @param {SVGElement} group */
  #erase(id, group) {
    remove(group);
    this.drawn.delete(id);
  }

  #clear() {
    for (const [id, { group }] of this.drawn) this.#erase(id, group);
  }
}
Perspective.$inject = ["eventBus", "canvas", "elementRegistry", "treeStore", "catalogue"];

/** @param {any} shape @param {Access} access @returns {any} */
function chipsOf(shape, { reads, writes }) {
  const kinds = [
    { kind: "reads", sign: t("R"), keys: reads, words: t("reads {names}", { names: reads.map(nameOf).join(", ") }) },
    { kind: "writes", sign: t("W"), keys: writes, words: t("writes {names}", { names: writes.map(nameOf).join(", ") }) },
  ];
  const room = Math.max(shape.width, NARROWEST) - BADGE - 4;
  const lines = kinds.filter((line) => line.keys.length).map((line) => ({ ...line, names: fit(line.keys.map(nameOf).join(", "), room, FONTS.small) }));
  const { x, y } = placeOf(shape, lines);
  const group = svg("g", { class: "perspective-chips", transform: `translate(${x},${y})` });
  lines.forEach(({ kind, sign, names, words }, i) => {
    const line = svg("g", { class: kind, transform: `translate(0,${i * LINE})` });
    append(group, line);
    append(line, svg("rect", { width: BADGE, height: BADGE, rx: 3 }));
    append(line, svg("text", { class: "sign", x: BADGE / 2, y: BADGE - 3 }, sign));
    append(line, svg("text", { class: "names", x: BADGE + 4, y: BADGE - 3 }, names));
    append(line, svg("title", {}, words));
  });
  return group;
}

/** Below a task; above a gateway, to the left, where no line leaves it. @param {any} shape @param {{ names: string }[]} lines */
function placeOf({ x, y, width, height }, lines) {
  if (width >= NARROWEST) return { x, y: y + height + GAP };
  const widest = Math.max(...lines.map((line) => widthOf(line.names, FONTS.small)));
  return { x: x + width / 2 - GAP - BADGE - 4 - widest, y: y + GAP - lines.length * LINE };
}

/** @param {string} name @param {Record<string, any>} attributes @param {string} [words] @returns {any} */
function svg(name, attributes, words) {
  const element = create(name);
  attr(element, attributes);
  if (words !== undefined) element.textContent = words;
  return element;
}
