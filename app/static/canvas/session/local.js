/** What this browser keeps of a flow: the edits that the server does not have yet, and a snapshot now and then. */
import { createStore, del, get, set, update } from "idb-keyval";

/** @typedef {{ name: string, tree: any, version: number | null, revision: number | null, at: number }} Kept */

export const MOST_SNAPSHOTS = 50;

/** Never fails: a browser that keeps nothing, as in a private window, only keeps nothing. */
export class LocalCopy {
  /** @param {string} key one flow of one project */
  constructor(key) {
    this.key = key;
    try {
      this.store = createStore("sluice", "drafts");
    } catch {
      this.store = undefined;
    }
  }

  /** @param {Kept} kept */
  keep(kept) {
    return this.#quietly(() => set(`draft.${this.key}`, kept, this.store));
  }

  /** @returns {Promise<Kept | undefined>} */
  found() {
    return this.#quietly(() => get(`draft.${this.key}`, this.store));
  }

  forget() {
    return this.#quietly(() => del(`draft.${this.key}`, this.store));
  }

  /** @returns {Promise<(Kept & { label: string })[]>} newest first */
  async snapshots() {
    return (await this.#quietly(() => get(`snapshots.${this.key}`, this.store))) ?? [];
  }

  /** @param {Kept & { label: string }} snapshot the oldest beyond fifty go */
  snapshot(snapshot) {
    return this.#quietly(() => update(`snapshots.${this.key}`, (/** @type {any[]} */ before = []) => [snapshot, ...before].slice(0, MOST_SNAPSHOTS), this.store));
  }

  /** @template T @param {() => Promise<T>} ask @returns {Promise<T | undefined>} */
  async #quietly(ask) {
    try {
      return await ask();
    } catch {
      return undefined;
    }
  }
}
