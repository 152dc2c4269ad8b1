/**
 * Draws the line that is being drawn as it will be: orthogonal, out of the side where it began, into the side below the
 * pointer. Over nothing it leads to the pointer.
 *
 * @import { Point } from "../../diagram/types.js"
 */
import ConnectionPreview from "diagram-js/lib/features/connection-preview/ConnectionPreview.js";
import { clear } from "tiny-svg";
import { sidesDrawn } from "../../diagram/flow_behavior.js";

export default class LinePreview extends ConnectionPreview {
  /** @param {any} injector @param {any} canvas @param {any} graphicsFactory @param {any} elementFactory @param {any} layouter */
  constructor(injector, canvas, graphicsFactory, elementFactory, layouter) {
    super(injector, canvas, graphicsFactory, elementFactory);
    this.layouter = layouter;
    this.graphics = graphicsFactory;
  }

  /**
   * @param {any} context
   * @param {any} canConnect
   * @param {any} hints
   */
  drawPreview(context, canConnect, { source, target, connectionStart, connectionEnd }) {
    const group = (context.connectionPreviewGfx ??= this.createConnectionPreviewGfx());
    clear(group);
    const from = this.#end(context, "source", source, connectionStart), to = this.#end(context, "target", target, connectionEnd);
    const sides = this.#sides(context, from, to, connectionStart, connectionEnd);
    const line = { source: from, target: to, businessObject: { kind: "Flow", sides }, waypoints: [] };
    line.waypoints = this.layouter.layoutConnection(line);
    group.classList.toggle("refused", Boolean(context.hover?.businessObject?.node) && !canConnect);
    this.graphics.drawConnection(group, /** @type {any} */ (line));
  }

  /** A node, or the pointer when it is over none. @param {any} context @param {"source" | "target"} end @param {any} node @param {Point} [point] */
  #end(context, end, node, point) {
    const isMoving = context.type ? context.type === (end === "source" ? "reconnectStart" : "reconnectEnd") : end === "target";
    if (!isMoving || !point || (context.hover && node?.businessObject?.node)) return node;
    return { id: "pointer", x: point.x, y: point.y, width: 0, height: 0, businessObject: {} };
  }

  /** @param {any} context @param {any} from @param {any} to @param {Point} [start] @param {Point} [end] */
  #sides({ connection, type }, from, to, start, end) {
    const drawn = sidesDrawn(from, to, start, end), kept = connection?.businessObject.sides;
    if (!kept) return drawn;
    return type === "reconnectStart" ? { source: drawn.source, target: kept.target } : { source: kept.source, target: drawn.target };
  }
}
/** @type {any} */ (LinePreview).$inject = ["injector", "canvas", "graphicsFactory", "elementFactory", "layouter"];
