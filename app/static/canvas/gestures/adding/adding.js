/**
 * Puts new nodes onto the canvas: after a node, into a line, at a place. Each is one step to undo and overlaps
 * nothing; what is put into a line pushes on what comes behind, as far as there is no room. Fires `adding.added` with the new element.
 *
 * @import { Choice } from "./choices.js"
 * @import { Point } from "../../diagram/types.js"
 * @import { Side } from "../../tree/types.js"
 * @typedef {{ element?: any, side?: Side, point?: Point }} Where after which node or into which line, out of which side; else, or besides, at which point
 */
import { DECIDING } from "../../tree/kinds.js";
import { anchor } from "../../tree/sides.js";
import { t } from "../../words.js";
import { elementName } from "../naming.js";
import { ROOM_FOR_WORDS } from "../lines/inserting.js";
import { freePlace, placeBeside, placeBetween, rowsOfBranches } from "../pure/free_place.js";
import { sidesAfterLayout } from "../../layout/sides.js";

export default class Adding {
  /** @param {any} eventBus @param {any} modeling @param {any} treeStore @param {any} choices @param {any} inserting @param {any} history */
  constructor(eventBus, modeling, treeStore, choices, inserting, history) {
    this.bus = eventBus;
    this.modeling = modeling;
    this.store = treeStore;
    this.choices = choices;
    this.inserting = inserting;
    this.history = history;
  }

  /**
   * Add what was chosen, where it makes sense there.
   * @param {Choice} choice
   * @param {Where} where
   * @returns {any} the new element
   */
  add(choice, { element, side, point }) {
    const shape = this.choices.make(choice);
    this.history.as(t("Add {name}", { name: elementName(shape) }), () => this.modeling.together(() => {
      if (!element || choice.kind === "Note") this.#put(shape, point ?? (element.waypoints ? middleOf(element) : this.#beside(element, side, shape)));
      else if (element.waypoints) this.into(shape, element, point);
      else this.#after(shape, element, side, point);
    }));
    this.bus.fire("adding.added", { element: shape });
    return shape;
  }

  /**
   * Whether a choice can come after a node, or into the line that leads on from it; or into a line.
   * @param {Choice} choice
   * @param {any} element
   */
  mayAdd({ kind }, element) {
    const node = { businessObject: { kind, node: {} }, incoming: [], outgoing: [] }, { rules } = this.inserting;
    if (element.waypoints) return !this.inserting.whyNot(node, element);
    const [line, more] = element.outgoing ?? [];
    return Boolean(element.businessObject.node) && (!rules.whyNot(element, node) || (Boolean(line) && !more && !this.inserting.whyNot(node, line)));
  }

  /** @param {any} shape @param {any} source @param {Side} [side] @param {Point} [point] */
  #after(shape, source, side, point) {
    const [line] = source.outgoing, why = this.inserting.rules.whyNot(source, shape), isLast = this.inserting.rules.isDependencies && line?.target.businessObject.kind === "EmptyEndEvent";
    if ((why || isLast) && source.outgoing.length === 1 && !this.inserting.whyNot(shape, line)) return this.into(shape, line, point);
    this.#put(shape, point ?? this.#beside(source, side, shape));
    if (why) this.bus.fire("hint", { words: why });
    else if (side) this.modeling.connect(source, shape, {}, { connectionStart: anchor(source, side) });
    else this.modeling.connect(source, shape, { businessObject: { sides: sidesAfterLayout(shaped(source), shaped(shape)) } });
  }

  /** Put a new node into a line; where no rule lets it, beside it. @param {any} shape @param {any} line @param {Point} [point] */
  into(shape, line, point) {
    const middle = point ?? placeBetween(shaped(line.source), shaped(line.target)), why = this.inserting.whyNot(shape, line);
    if (why) {
      this.#put(shape, middle);
      this.bus.fire("hint", { words: why });
      return;
    }
    const { width, height, businessObject } = shape;
    const by = this.inserting.makeRoom({ x: middle.x - width / 2, y: middle.y - height / 2, width, height, businessObject }, line);
    this.#put(shape, { x: middle.x + by.x, y: middle.y + by.y });
    this.inserting.insert(shape, line);
  }

  /** @param {any} element @param {Side | undefined} side @param {any} shape */
  #beside(element, side = "Right", shape) {
    return placeBeside(element, side, shape, [...this.#taken(), ...rowsOfBranches(element)], DECIDING.has(element.businessObject.kind) ? ROOM_FOR_WORDS : undefined);
  }

  /** @param {any} shape @param {Point} point */
  #put(shape, point) {
    this.modeling.createShape(shape, freePlace(shape, point, this.#taken()), this.store.root);
  }

  /** What takes room on the canvas. @returns {any[]} */
  #taken() {
    return this.store.root.children.filter((/** @type {any} */ e) => !e.waypoints);
  }
}
Adding.$inject = ["eventBus", "modeling", "treeStore", "choices", "inserting", "history"];

/** @param {any} shape */
const shaped = ({ x, y, width, height, businessObject: { kind } }) => ({ x, y, width, height, kind });

/** @param {any} line @returns {Point} */
const middleOf = ({ waypoints }) => waypoints[Math.floor(waypoints.length / 2)];
