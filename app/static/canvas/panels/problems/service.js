/**
 * What the server finds wrong with the flow, asked again a moment after each change. There are no rules here.
 *
 * @typedef {{ rule: string, message: string, where: string }} Problem
 * @typedef {"checking" | "checked" | "offline" | "refused"} State
 */
import { whenIdle } from "../../idle.js";
import { Refused } from "../../server.js";
import { worded } from "./wording.js";

const AFTER_CHANGE_MS = 400, AGAIN_MS = 5000;

/** Fires `problems.changed` when there are others, or when it is known no more whether there are. */
export default class Problems {
  /** @param {any} eventBus @param {any} treeStore @param {any} server @param {any} page @param {any} elementRegistry */
  constructor(eventBus, treeStore, server, page, elementRegistry) {
    this.bus = eventBus;
    this.registry = elementRegistry;
    this.store = treeStore;
    this.server = server;
    this.page = page;
    /** @type {Problem[]} */
    this.list = [];
    /** @type {State} */
    this.state = "checking";
    this.refusal = "";
    /** Whether the server has ever answered. */
    this.isKnown = false;
    /** Calls off the asking that is planned. */
    this.callOff = () => {};
    /** @type {Map<string, Problem[]>} */
    this.byPlace = new Map();
    this.asked = new AbortController();
    // Early, for an earlier listener that returns something ends the event.
    eventBus.on("tree.opened", 2000, () => {
      this.callOff();
      this.callOff = whenIdle(() => this.check());
    });
    eventBus.on("commandStack.changed", () => this.checkAfter(AFTER_CHANGE_MS));
    const online = () => this.state === "offline" && this.check();
    window.addEventListener("online", online);
    eventBus.on("diagram.destroy", () => {
      window.removeEventListener("online", online);
      this.stop();
    });
  }

  /** The problems of a node, a line or a variable. @param {string} id @returns {Problem[]} */
  at(id) {
    return this.byPlace.get(id) ?? [];
  }

  /** What the server says, in words for who sees the flow. @param {Problem[]} problems @returns {Problem[]} */
  worded(problems) {
    return problems.map((problem) => worded(this.registry, problem));
  }

  /** @param {number} ms */
  checkAfter(ms) {
    this.callOff();
    const timer = window.setTimeout(() => this.check(), ms);
    this.callOff = () => clearTimeout(timer);
  }

  /** Ask now; an answer that is still awaited is wanted no more. */
  async check() {
    this.stop();
    const asked = (this.asked = new AbortController());
    this.#become("checking", this.list);
    try {
      const { problems } = await this.server.send("POST", "/check", { tree: this.store.tree, template_id: this.page.template?.id ?? null }, asked.signal);
      if (asked === this.asked) this.#become("checked", this.worded(problems));
    } catch (error) {
      if (asked === this.asked && !asked.signal.aborted) this.#failed(error);
    }
  }

  stop() {
    this.callOff();
    this.asked.abort();
  }

  /** @param {unknown} error */
  #failed(error) {
    const isOurs = error instanceof Refused && error.status < 500;
    this.refusal = isOurs ? error.message : "";
    this.#become(isOurs ? "refused" : "offline", this.list);
    if (!isOurs) this.checkAfter(AGAIN_MS);
  }

  /** @param {State} state @param {Problem[]} list */
  #become(state, list) {
    const isSame = state === this.state && list === this.list;
    this.state = state;
    this.isKnown ||= state === "checked";
    this.list = list;
    this.byPlace = grouped(list);
    if (!isSame) this.bus.fire("problems.changed", { problems: list, state });
  }
}
Problems.$inject = ["eventBus", "treeStore", "server", "page", "elementRegistry"];

/** @param {Problem[]} list @returns {Map<string, Problem[]>} */
function grouped(list) {
  const groups = new Map();
  for (const problem of list) groups.set(problem.where, [...(groups.get(problem.where) ?? []), problem]);
  return groups;
}
