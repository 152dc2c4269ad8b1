/**
 * What the parts of the run page share: the task as it goes on, what is chosen, and asking the server.
 */
import { useEffect, useReducer } from "preact/hooks";
import { Server } from "../server.js";
import { Asking } from "./asking.js";
import { Live } from "./live.js";

/** One task on a page. `chosen` is the path of the node whose drawer is open. */
export class Run {
  /** @param {any} data what the server put into the page */
  constructor(data) {
    this.data = data;
    this.live = new Live(data.base);
    this.server = new Server(data.base, data.csrf, data.me);
    /** The paths of the subprocesses that are open, the outermost first. @type {string[]} */
    this.opened = [];
    this.chosen = "";
    /** Whether nobody has chosen a node yet. */
    this.isFollowing = true;
    /** The tab of the drawer and the part of the strip that somebody opened; empty for what they open by themselves. */
    this.tab = data.tab ?? "";
    this.strip = data.below ?? "";
    /** What lies over the page. @type {"" | "keys" | "changes" | "link"} */
    this.dialog = "";
    this.asking = new Asking();
    /** What the page has to say for a moment. */
    this.word = "";
    /** @type {Set<() => void>} */
    this.listeners = new Set();
  }

  /** The path of the flow that the canvas shows, with a slash at its end; empty for the task's own. */
  get above() {
    return this.opened.length ? `${this.opened.at(-1)}/` : "";
  }

  /** The frozen tree that the canvas shows. @returns {any} */
  get tree() {
    return this.opened.length ? this.treeAt(this.opened.at(-1) ?? "") : this.data.tree;
  }

  /** The tree inside of the subprocess at a path. @param {string} path @returns {any} */
  treeAt(path) {
    return path.split("/").filter(Boolean).reduce((tree, id) => tree?.activities?.[id]?.pipeline, this.data.tree);
  }

  /** A node's JSON in the frozen tree. @param {string} path @returns {any} */
  drawnAt(path) {
    const ids = path.split("/"), id = ids.pop() ?? "", tree = this.treeAt(ids.join("/"));
    return tree?.activities?.[id] ?? tree?.gateways?.[id] ?? [tree?.start_event, tree?.end_event].find((e) => e?.id === id);
  }

  /** Open the drawer of a node, and the flow that it is in. @param {string} path */
  choose(path) {
    this.isFollowing = false;
    this.chosen = path;
    if (path) {
      const ids = path.split("/").slice(0, -1);
      this.opened = ids.map((_, i) => ids.slice(0, i + 1).join("/"));
    }
    this.#tell();
  }

  /** Show the flow inside of a subprocess, or the one around. @param {string} path empty for the task's own */
  enter(path) {
    const ids = path.split("/").filter(Boolean);
    this.opened = ids.map((_, i) => ids.slice(0, i + 1).join("/"));
    this.#tell();
  }

  /** Change what is open. @param {Partial<Pick<Run, "tab" | "strip" | "dialog" | "word">>} patch */
  set(patch) {
    Object.assign(this, patch);
    this.#tell();
  }

  /** Say something for a moment. @param {string} word */
  say(word) {
    this.set({ word });
    window.setTimeout(() => this.word === word && this.set({ word: "" }), 4000);
  }

  /** @param {() => void} listener @returns {() => void} */
  listen(listener) {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /**
   * Ask something of the task or of a node, then look how it stands.
   * @param {string} path empty for the task
   * @param {any} order
   */
  async order(path, order) {
    const at = path ? `/nodes/${encodeURIComponent(path.split("/").at(-1) ?? "")}/orders` : "/orders";
    await this.server.send("POST", at, order);
    await this.live.look();
  }

  #tell() {
    for (const listener of this.listeners) listener();
  }
}

/** Draw again whenever the task moves or another node is chosen. @param {Run} run */
export function useRun(run) {
  const [, redraw] = useReducer((/** @type {number} */ n) => n + 1, 0);
  useEffect(() => {
    const again = () => redraw(0), ends = [run.live.listen(again), run.listen(again)];
    return () => ends.forEach((end) => end());
  }, [run]);
}

/** Draw again every second while something runs. @param {boolean} isRunning */
export function useSeconds(isRunning) {
  const [, redraw] = useReducer((/** @type {number} */ n) => n + 1, 0);
  useEffect(() => {
    if (!isRunning) return;
    const timer = window.setInterval(() => redraw(0), 1000);
    return () => window.clearInterval(timer);
  }, [isRunning]);
}
