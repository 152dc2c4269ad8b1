/** Moves what is selected by the arrow keys. Presses that follow one another are one step to undo. */
import KeyboardMoveSelection from "diagram-js/lib/features/keyboard-move-selection/KeyboardMoveSelection.js";

const TOGETHER_MS = 1000;
const WAYS = /** @type {Record<string, [number, number]>} */ ({ left: [-1, 0], right: [1, 0], up: [0, -1], down: [0, 1] });

export default class MovingByKeys extends KeyboardMoveSelection {
  /** @param {any} keyboard @param {any} modeling @param {any} rules @param {any} selection @param {any} history */
  constructor(keyboard, modeling, rules, selection, history) {
    super({}, keyboard, modeling, rules, selection);
    /** @type {{ shapes: any[], x: number, y: number, at: number, step: any } | null} */
    let last = null;
    this.moveSelection = (/** @type {string} */ direction, /** @type {boolean | undefined} */ accelerated) => {
      const shapes = selection.get(), [x, y] = WAYS[direction].map((way) => way * (accelerated ? 10 : 1));
      if (!shapes.length || !rules.allowed("elements.move", { shapes })) return;
      const goesOn = last && last.step === history.current && Date.now() - last.at < TOGETHER_MS && last.shapes.length === shapes.length && last.shapes.every((s, i) => s === shapes[i]);
      const before = goesOn && last ? last : { x: 0, y: 0 }, way = { x: before.x + x, y: before.y + y };
      if (goesOn) history.undo();
      last = null;
      if (!way.x && !way.y) return;
      modeling.moveElements(shapes, way);
      last = { shapes, ...way, at: Date.now(), step: history.current };
    };
  }
}
/** @type {any} */ (MovingByKeys).$inject = ["keyboard", "modeling", "rules", "selection", "history"];
