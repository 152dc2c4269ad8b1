/**
 * What somebody is about to order: which optional nodes run, the answers, the name, and when.
 *
 * @import { Question } from "./asking.js"
 * @typedef {"now" | "waits" | "claim" | "later" | "schedule"} When
 * @typedef {{ form: string, expression: string, starts_at: string, time_zone: string }} Plan
 */
import { useEffect, useReducer } from "preact/hooks";
import { Refused, Server } from "../server.js";
import { t } from "../words.js";
import { asked, whyNot } from "./asking.js";

export class Order {
  /** @param {any} data what the server put into the page */
  constructor(data) {
    this.data = data;
    this.server = new Server(data.base, data.csrf, data.me);
    /** What would run, and what is asked for then. @type {{ tree: any, questions: Question[] }} */
    this.preview = data.preview;
    this.leftOut = new Set(/** @type {string[]} */ (data.left_out));
    /** The schemes that were taken; none once somebody has ticked by hand. @type {Set<number>} */
    this.schemes = new Set();
    /** @type {Record<string, any>} */
    this.answers = {};
    this.name = data.name;
    this.when = /** @type {When} */ (data.is_for_others ? "claim" : "now");
    /** As it was typed. */
    this.priority = "0";
    /** @type {Plan} */
    this.plan = { form: "cron", expression: "0 3 * * *", starts_at: "", time_zone: "" };
    this.showsAll = true;
    /** Whether somebody has tried to send it: everything that is wrong is told from then on. */
    this.isTried = false;
    this.isBusy = false;
    this.error = "";
    /** The number of the version that was published meanwhile. @type {number | null} */
    this.newVersion = null;
    /** @type {{ where: string, message: string }[]} */
    this.problems = [];
    /** @type {AbortController | null} */
    this.looking = null;
    /** @type {Set<() => void>} */
    this.listeners = new Set();
  }

  /** The nodes that may be left out, in the order of the flow. @returns {any[]} */
  get optional() {
    const places = new Map((this.data.tree.location ?? []).map((/** @type {any} */ p) => [p.id, p]));
    const at = (/** @type {any} */ node) => /** @type {any} */ (places.get(node.id) ?? { x: 0, y: 0 });
    return Object.values(this.data.tree.activities).filter((/** @type {any} */ node) => node.optional).sort((a, b) => at(a).x - at(b).x || at(a).y - at(b).y);
  }

  /** What is asked for now. @returns {Question[]} */
  get questions() {
    return asked(this.preview.questions, this.answers);
  }

  /** @param {Question} question */
  valueOf({ key, value }) {
    return key in this.answers ? this.answers[key] : value;
  }

  /** @param {string} key @param {any} value */
  answer(key, value) {
    this.answers = { ...this.answers, [key]: value };
    this.problems = this.problems.filter((p) => p.where !== key);
    this.tell();
  }

  /** Change what is no answer. @param {Partial<Order>} patch */
  set(patch) {
    Object.assign(this, patch);
    this.tell();
  }

  /** Choose when it starts; a schedule is called after its flow alone, as each of its tasks gets a time. @param {When} when */
  startAt(when) {
    const nameFor = (/** @type {When} */ kind) => (kind === "later" || kind === "schedule" ? this.data.flow.name.slice(0, this.data.limits.schedule) : this.data.name);
    const name = this.name === nameFor(this.when) ? nameFor(when) : this.name;
    this.set({ when, name, problems: [], error: "" });
  }

  /** @param {string} id @param {boolean} runs */
  keep(id, runs) {
    this.schemes = new Set();
    if (runs) this.leftOut.delete(id);
    else this.leftOut.add(id);
    this.#look();
  }

  /** Let all optional nodes run, or none. @param {boolean} runs */
  keepAll(runs) {
    this.schemes = new Set();
    this.leftOut = new Set(runs ? [] : this.optional.map((node) => node.id));
    this.#look();
  }

  /** Take a scheme, or put it back: what one of those that are taken names runs. @param {number} id */
  toggleScheme(id) {
    if (!this.schemes.delete(id)) this.schemes.add(id);
    const kept = new Set(this.data.schemes.filter((/** @type {any} */ s) => this.schemes.has(s.id)).flatMap((/** @type {any} */ s) => s.nodes));
    this.leftOut = new Set(this.schemes.size ? this.optional.map((node) => node.id).filter((nodeId) => !kept.has(nodeId)) : []);
    this.#look();
  }

  /** What is wrong with the name; empty when nothing is. */
  get wrongName() {
    const most = this.when === "schedule" || this.when === "later" ? this.data.limits.schedule : this.data.limits.task;
    const length = this.name.trim().length;
    if (!length) return t("Required");
    return length > most ? t("At most {most} characters; it has {length}", { most, length }) : (this.problems.find((p) => p.where === "name")?.message ?? "");
  }

  /** What is wrong with when it is to start; empty when nothing is, as far as the page can tell. */
  get wrongPlan() {
    if (this.when === "later" && !this.plan.starts_at) return t("Choose a date and a time");
    return this.when === "schedule" && !this.plan.expression.trim() ? t("Required") : "";
  }

  /** Whether it can be said how soon it gets room: where not all tasks may run at once, and of a task, not of a schedule. */
  get takesPriority() {
    return this.data.has_limits && this.when !== "later" && this.when !== "schedule";
  }

  /** What is wrong with the priority; empty when nothing is. */
  get wrongPriority() {
    const most = this.data.limits.priority, text = this.priority.trim();
    if (!this.takesPriority || !text) return "";
    return /^[+-]?\d+$/.test(text) && Math.abs(Number(text)) <= most ? "" : t("A whole number from {least} to {most}", { least: -most, most });
  }

  /** The problems that belong beside no field. */
  get otherProblems() {
    const known = new Set(["name", "priority", ...this.questions.map((q) => q.key)]);
    return this.problems.filter((p) => !known.has(p.where));
  }

  get isRight() {
    return !this.wrongName && !this.wrongPlan && !this.wrongPriority && this.questions.every((q) => !whyNot(q, this.valueOf(q)));
  }

  /** The plan as it is sent; null where the task starts now or by hand. */
  get sentPlan() {
    if (this.when === "later") return { ...this.plan, form: "once", expression: "" };
    return this.when === "schedule" ? { ...this.plan, starts_at: "" } : null;
  }

  /** Send it. @returns {Promise<string>} the address of what was made; empty where something is wrong */
  async send() {
    this.set({ isTried: true, error: "", problems: [] });
    if (!this.isRight || this.isBusy) return "";
    this.set({ isBusy: true });
    const { digest } = this.data.flow, known = new Set(this.questions.map((q) => q.key));
    const answers = Object.fromEntries(Object.entries(this.answers).filter(([key]) => known.has(key)));
    try {
      const body = { ...this.data.origin, left_out: [...this.leftOut], answers, name: this.name.trim(), digest, starts: this.when === "now", is_for_others: this.when === "claim", priority: this.takesPriority ? Number(this.priority) : 0, plan: this.sentPlan };
      return (await this.server.send("POST", "/order", body)).address;
    } catch (error) {
      this.#refused(error);
      return "";
    }
  }

  tell() {
    for (const listener of this.listeners) listener();
  }

  /** Ask what would run now; of two questions the answer to the later one counts. */
  async #look() {
    this.tell();
    this.looking?.abort();
    const asking = (this.looking = new AbortController());
    try {
      const found = await this.server.send("POST", "/preview", { ...this.data.origin, left_out: [...this.leftOut] }, asking.signal);
      this.set({ preview: found, error: "" });
    } catch (error) {
      if (!asking.signal.aborted) this.#refused(error);
    }
  }

  /** @param {unknown} error */
  #refused(error) {
    const refusal = error instanceof Refused ? error : null;
    this.set({ isBusy: false, problems: refusal?.problems ?? [], newVersion: refusal?.answer.theirs?.version ?? null, error: refusal?.problems.length ? t("Nothing was made yet.") : error instanceof Error ? error.message : String(error) });
  }
}

/** Draw again whenever the order changes. @param {Order} order */
export function useOrder(order) {
  const [, redraw] = useReducer((/** @type {number} */ n) => n + 1, 0);
  useEffect(() => {
    const again = () => redraw(0);
    order.listeners.add(again);
    return () => void order.listeners.delete(again);
  }, [order]);
}
