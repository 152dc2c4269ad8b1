/**
 * What may be connected, moved and dropped, by the server's own table of rules.
 *
 * @import Catalogue from "./catalogue.js"
 */
import RuleProvider from "diagram-js/lib/features/rules/RuleProvider.js";
import { isDependencies } from "../tree/kinds.js";
import { t } from "../words.js";

export default class TreeRules extends RuleProvider {
  /** @param {any} eventBus @param {Catalogue} catalogue @param {any} canvas */
  constructor(eventBus, catalogue, canvas) {
    super(eventBus);
    this.catalogue = catalogue;
    this.canvas = canvas;
  }

  /** Whether the flow is a graph of dependencies. @returns {boolean} */
  get isDependencies() {
    return isDependencies(this.canvas.getRootElement()?.businessObject?.rest);
  }

  /** The kinds that nodes of this flow can be of, with how many lines lead to and from each. */
  get kinds() {
    const { kinds, dependency_kinds: steps } = this.catalogue.rules;
    return this.isDependencies && steps ? steps : kinds;
  }

  init() {
    this.addRule("connection.create", (/** @type {any} */ { source, target }) => !this.whyNotByHand(source, target));
    this.addRule("connection.reconnect", (/** @type {any} */ { connection, source, target }) => !this.whyNotByHand(source, target, connection));
    this.addRule("connection.updateWaypoints", () => false);
    this.addRule("shape.resize", (/** @type {any} */ { shape }) => shape.businessObject.kind === "Note");
    this.addRule("elements.delete", (/** @type {any} */ { elements }) => elements.filter((/** @type {any} */ e) => !isEvent(e)));
    this.addRule("element.copy", (/** @type {any} */ { element }) => !isEvent(element));
    for (const rule of ["elements.create", "shape.create", "elements.move", "shape.append"]) this.addRule(rule, () => true);
  }

  /**
   * Why two nodes may not be connected, in words; empty when they may.
   * @param {any} source
   * @param {any} target
   * @param {any} [connection] the line that is to be moved there
   * @returns {string}
   */
  whyNot(source, target, connection) {
    const from = source?.businessObject?.kind, to = target?.businessObject?.kind;
    const { to_itself: toItself, in_a_circle: circle } = this.catalogue.rules, { kinds } = this;
    if (source === target && toItself) return sentence(toItself);
    if (!from || !to || !(from in kinds) || !(to in kinds) || source === target) return t("A line leads from one node to another");
    const others = (/** @type {any[]} */ lines) => lines.filter((c) => c !== connection);
    if (others(source.outgoing).some((c) => c.target === target)) return t("These two are connected already");
    const pair = this.forbidden(source, target);
    if (pair) return sentence(pair.message);
    const [, out] = kinds[from].out, [, into] = kinds[to].in;
    if (out === 0) return t("No line leaves the end");
    if (into === 0) return t("No line leads to the start");
    if (others(source.outgoing).length >= out) return t("Only {most} line may leave this node", { most: out });
    if (others(target.incoming).length >= into) return t("Only {most} line may enter this node", { most: into });
    if (circle && this.isDependencies && leadsTo(target, source, connection)) return sentence(circle);
    return "";
  }

  /** Why nobody draws a line between two nodes: `whyNot`, and what makes no sense in the end though it may stand while a flow is built. @param {any} source @param {any} target @param {any} [connection] */
  whyNotByHand(source, target, connection) {
    const why = this.whyNot(source, target, connection);
    if (why || this.isDependencies) return why;
    const pair = pairOf(this.catalogue.rules.not_drawn, source, target);
    return pair ? sentence(pair.message) : "";
  }

  /**
   * The rule by which a node of this kind may never lead to one of that.
   * @param {any} source
   * @param {any} target
   */
  forbidden(source, target) {
    return pairOf(this.catalogue.rules.forbidden, source, target);
  }

  /** Whether a node of a kind is no sensible next one. @param {any} source @param {string} kind */
  isNotNext(source, kind) {
    const target = { businessObject: { kind } };
    return Boolean(this.forbidden(source, target) ?? pairOf(this.catalogue.rules.not_drawn, source, target));
  }
}
TreeRules.$inject = ["eventBus", "catalogue", "canvas"];

/** @param {{ source: string, target: string, message: string }[] | undefined} pairs @param {any} source @param {any} target */
const pairOf = (pairs, source, target) => pairs?.find((p) => p.source === source.businessObject.kind && p.target === target.businessObject.kind);

/** A message of the server as a sentence of its own. @param {string} message */
function sentence(message) {
  const words = t(message);
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** @param {any} element */
export function isEvent(element) {
  return ["EmptyStartEvent", "EmptyEndEvent"].includes(element.businessObject?.kind);
}

/** Whether lines lead from a node to another, however many; one line may be left out. @param {any} from @param {any} to @param {any} [without] */
function leadsTo(from, to, without) {
  const reached = new Set([from]);
  for (const { outgoing } of reached) for (const line of outgoing) if (line !== without) reached.add(line.target);
  return reached.has(to);
}
