/** Lays lines by the sides that they stand for. diagram-js asks it whenever an end of a line moves. */
import BaseLayouter from "diagram-js/lib/layout/BaseLayouter.js";
import { sidesBetween } from "../tree/sides.js";
import { route } from "./routing.js";

export default class Layouter extends BaseLayouter {
  /**
   * @param {any} connection
   * @param {any} [hints]
   * @returns {any[]}
   */
  layoutConnection(connection, hints = {}) {
    const source = hints.source ?? connection.source, target = hints.target ?? connection.target;
    return route(source, target, connection.businessObject?.sides ?? sidesBetween(source, target));
  }
}
