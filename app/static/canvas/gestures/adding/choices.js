/**
 * What can be put onto the canvas: tasks by plugin, subprocesses, gateways, notes.
 *
 * @import { Kind, JsonObject } from "../../tree/types.js"
 * @import { Plugin } from "../../diagram/catalogue.js"
 * @typedef {{ id: string, kind: Kind | "Note", label: string, detail: string, group: string, icon: string, node: JsonObject }} Choice
 */
import { KINDS } from "../../tree/kinds.js";
import { withFlow } from "../../panels/inspector/subprocess_values.js";
import { withInput } from "../../tree/hooks.js";
import { longestName } from "../../panels/inspector/lengths.js";
import { t } from "../../words.js";
import { kindName } from "../naming.js";

export const GATEWAYS = /** @type {Kind[]} */ (["ExclusiveGateway", "ParallelGateway", "ConditionalParallelGateway", "ConvergeGateway"]);

export default class Choices {
  /** @param {any} catalogue @param {any} elementFactory @param {any} treeRules */
  constructor(catalogue, elementFactory, treeRules) {
    this.catalogue = catalogue;
    this.elements = elementFactory;
    this.rules = treeRules;
    /** A task that calls nothing yet, a subprocess that runs nothing yet, a note. */
    this.task = choice("ServiceActivity", t("Choose later what it does"), "square-rounded", t("General"));
    this.subprocess = choice("SubProcess", t("Runs another flow"), "sitemap", t("General"));
    this.note = choice("Note", t("Says something to people"), "note", t("General"));
    /** @type {Choice[]} */
    this.allGateways = GATEWAYS.map((kind) => choice(kind, gatewayWords(kind), kind, t("Gateways")));
    /** @type {Choice[]} */
    this.plugins = latest(catalogue.plugins).map((plugin) => this.#ofPlugin(plugin));
  }

  /** The gateways that a flow of this kind can have. */
  get gateways() {
    return this.allGateways.filter(({ kind }) => kind in this.rules.kinds);
  }

  /** One of each kind of node. */
  get kinds() {
    return [this.task, this.subprocess, ...this.gateways];
  }

  /** All of them, the kinds first. */
  get all() {
    return [...this.kinds, ...this.plugins, this.note];
  }

  /**
   * The choice that is a new element, not on the canvas yet.
   * @param {Choice} choice
   * @returns {any}
   */
  make({ kind, node }) {
    return kind === "Note" ? this.elements.createNote() : this.elements.createNode(kind, structuredClone(node));
  }

  /**
   * The size that a choice has on the canvas.
   * @param {Choice} choice
   * @returns {{ width: number, height: number }}
   */
  sizeOf({ kind }) {
    return kind === "Note" ? { width: 200, height: 80 } : KINDS[kind];
  }

  /**
   * Those that may come after a node.
   * @param {any} source
   * @param {Choice[]} [among]
   */
  after(source, among = this.all) {
    return among.filter(({ kind }) => kind === "Note" || !this.rules.isNotNext(source, kind));
  }

  /** A subprocess that runs a flow in its version of now. @param {import("../../panels/inspector/subprocess_values.js").Choice} flow @returns {Choice} */
  ofFlow(flow) {
    const node = { ...withFlow({}, flow), name: this.#nameOf(flow.name) };
    return { id: `flow ${flow.source} ${flow.id} ${flow.digest}`, kind: "SubProcess", label: flow.name, detail: flow.description || t("version {number}", { number: flow.number }), group: t("Flows"), icon: "sitemap", node };
  }

  /** @param {string} name */
  #nameOf(name) {
    return name.slice(0, longestName(this.catalogue));
  }

  /** A task that calls a plugin, with what its fields are set to at first. @param {Plugin} plugin @returns {Choice} */
  #ofPlugin(plugin) {
    const blank = { name: this.#nameOf(plugin.name), component: { code: plugin.code, version: plugin.version, data: {} } };
    const set = plugin.inputs.filter((f) => f.default !== null && f.default !== undefined);
    const node = set.reduce((made, field) => withInput(made, field.key, field.default, false), /** @type {JsonObject} */ (blank));
    return { id: `${plugin.code} ${plugin.version}`, kind: "ServiceActivity", label: plugin.name, detail: plugin.description, group: plugin.group || t("Plugins"), icon: plugin.icon || "puzzle", node };
  }
}
Choices.$inject = ["catalogue", "elementFactory", "treeRules"];

/** @param {Kind | "Note"} kind @param {string} detail @param {string} icon @param {string} group @returns {Choice} */
function choice(kind, detail, icon, group) {
  return { id: kind, kind, label: kindName(kind), detail, group, icon, node: {} };
}

/** @param {Kind} kind */
function gatewayWords(kind) {
  switch (kind) {
    case "ExclusiveGateway": return t("Takes the first branch that holds");
    case "ParallelGateway": return t("Takes all branches at once");
    case "ConditionalParallelGateway": return t("Takes all branches that hold");
    default: return t("Waits for branches to join");
  }
}

/** One plugin a code: its last version. @param {Plugin[]} plugins */
function latest(plugins) {
  return [...new Map(plugins.map((p) => [p.code, p])).values()];
}
