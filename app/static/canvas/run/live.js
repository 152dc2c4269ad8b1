/**
 * A task as it goes on: told by a stream of server-sent events, or by asking where a network breaks streams.
 *
 * @typedef {{ id: string, name: string, kind: string, state: string, loop: number, attempt: number, retries: number, skipped: boolean, error_ignored: boolean, started_at: number | null, finished_at: number | null, reason: string, child_state: string }} NodeState
 * @typedef {{ id: number, name: string, state: string, shown_state: string, executor: string, started_at: number | null, finished_at: number | null, waits_for_room?: boolean, priority?: number, order?: OrderState | null }} TaskState
 * @typedef {{ status: "submitted" | "claimed" | "rejected", creator: string, claimant: string, rejecter: string }} OrderState how far the order is that the task waits with
 * @typedef {"live" | "asking" | "away" | "over"} Link
 */

/** After so many failures in a row of the stream it asks instead; it tries the stream again after a while. */
const MOST_FAILURES = 3, ASK_MS = 1000, STREAM_AGAIN_MS = 60000;

export class Live {
  /** @param {string} base the address of the task, without a slash at its end */
  constructor(base) {
    this.base = base;
    /** @type {TaskState | null} */
    this.task = null;
    /** By path: ids from the outermost subprocess down, joined by slashes. @type {Record<string, NodeState>} */
    this.nodes = {};
    /** The number of the last piece of log that the task's nodes wrote while it was watched. */
    this.logId = 0;
    /** @type {Link} */
    this.link = "away";
    this.seen = "";
    this.failures = 0;
    /** @type {Set<(what: "view" | "log" | "link") => void>} */
    this.listeners = new Set();
    /** @type {EventSource | null} */
    this.stream = null;
    this.timer = 0;
    // A browser keeps only a few connections to one server: a page that nobody sees gives its own back.
    document.addEventListener("visibilitychange", () => (document.hidden ? this.#rest() : this.follow()));
  }

  /** @param {(what: "view" | "log" | "link") => void} listener @returns {() => void} ends it */
  listen(listener) {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Follow the task from now on; may be called again. */
  follow() {
    this.#rest();
    if (this.link === "over") return;
    const stream = (this.stream = new EventSource(`${this.base}/events`));
    stream.addEventListener("open", () => this.#become("live"));
    stream.addEventListener("view", (event) => this.#take(JSON.parse(event.data)));
    stream.addEventListener("changed", (event) => this.#change(JSON.parse(event.data)));
    stream.addEventListener("log", (event) => this.#logged(JSON.parse(event.data).log_id));
    stream.addEventListener("over", () => this.#end());
    stream.addEventListener("error", () => this.#failed());
  }

  /** Look at once, as after an order of one's own; a task that was over may go on. */
  async look() {
    if (this.link === "over") {
      this.link = "away";
      this.follow();
    } else if (this.link !== "live") await this.#ask();
  }

  #failed() {
    this.failures += 1;
    this.#become("away");
    // A stream that the server refused is not tried again by the browser itself.
    if (this.failures < MOST_FAILURES && this.stream?.readyState !== EventSource.CLOSED) return;
    this.#rest();
    this.timer = window.setInterval(() => this.#ask(), ASK_MS);
    window.setTimeout(() => !document.hidden && this.link !== "over" && this.follow(), STREAM_AGAIN_MS);
  }

  async #ask() {
    try {
      const reply = await fetch(`${this.base}/state?seen=${encodeURIComponent(this.seen)}`, { headers: { Accept: "application/json" } });
      if (reply.status === 200) this.#take(await reply.json());
      if (reply.ok) this.#become(isOver(this.task) ? "over" : "asking");
    } catch {
      this.#become("away");
    }
  }

  /** @param {{ task: TaskState, nodes: Record<string, NodeState>, seen: string }} view */
  #take({ task, nodes, seen }) {
    this.failures = 0;
    Object.assign(this, { task, nodes, seen });
    this.#tell("view");
    this.#tell("log");
  }

  /** @param {{ task: TaskState, nodes: Record<string, NodeState>, gone: string[] }} changes */
  #change({ task, nodes, gone }) {
    this.task = task;
    this.nodes = { ...this.nodes, ...nodes };
    for (const path of gone) delete this.nodes[path];
    this.#tell("view");
  }

  /** @param {number} logId */
  #logged(logId) {
    this.logId = logId;
    this.#tell("log");
  }

  #end() {
    this.#rest();
    this.#become("over");
  }

  #rest() {
    this.stream?.close();
    this.stream = null;
    window.clearInterval(this.timer);
  }

  /** @param {Link} link */
  #become(link) {
    if (link === this.link) return;
    this.link = link;
    this.#tell("link");
  }

  /** @param {"view" | "log" | "link"} what */
  #tell(what) {
    for (const listener of this.listeners) listener(what);
  }
}

/** @param {TaskState | null} task */
export function isOver(task) {
  return task !== null && ["finished", "failed", "revoked"].includes(task.state);
}
