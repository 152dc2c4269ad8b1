/**
 * What this browser keeps of a flow: the edits that the server does not have yet, and a snapshot now and then. Each page
 * keeps its own edits, so those that an earlier one left behind stay until somebody takes or discards them.
 */
import { createStore, del, get, getMany, keys, promisifyRequest, update } from "idb-keyval";

/**
 * @typedef {{ name: string, tree: any, version: number | null, revision: number | null, at: number }} Kept
 * @typedef {Kept & { place: string }} Found `place` is where it is kept
 * @typedef {Kept & { label: string }} Snapshot
 */

export const MOST_SNAPSHOTS = 50;

/** Names a page among all that ever showed a flow. */
const PAGE = Date.now().toString(36) + Math.random().toString(36).slice(2);

/** Never fails: a browser that keeps nothing, as in a private window, only keeps nothing. */
export class LocalCopy {
  /** @param {string} key one flow of one project @param {string} [page] */
  constructor(key, page = PAGE) {
    this.key = key;
    this.place = `edits.${key}/${page}`;
    try {
      this.store = createStore("sluice", "drafts");
    } catch {
      this.store = undefined;
    }
  }

  /** It is written at once, for the page may be about to go. @param {Kept} kept */
  keep(kept) {
    return this.#quietly(async () => this.store?.("readwrite", (store) => {
      store.put(kept, this.place);
      store.transaction.commit();
      return promisifyRequest(store.transaction);
    }));
  }

  /** Forget the edits of this page, or those that were found. @param {string} [place] */
  forget(place = this.place) {
    return this.#quietly(() => del(place, this.store));
  }

  /** What other pages left behind, newest first; what the server has is forgotten. @param {(kept: Kept) => boolean} isSaved @returns {Promise<Found[]>} */
  async found(isSaved) {
    const all = (await this.#quietly(() => keys(this.store))) ?? [];
    const places = all.map(String).filter((place) => place.startsWith(`edits.${this.key}/`) && place !== this.place);
    const kept = (await this.#quietly(() => getMany(places, this.store))) ?? [];
    const found = places.map((place, i) => ({ ...kept[i], place })).sort((a, b) => b.at - a.at);
    await Promise.all(found.filter(isSaved).map(({ place }) => this.forget(place)));
    return found.filter((one) => !isSaved(one));
  }

  /** @returns {Promise<Snapshot[]>} newest first */
  async snapshots() {
    return (await this.#quietly(() => get(`snapshots.${this.key}`, this.store))) ?? [];
  }

  /** @param {Snapshot} snapshot the oldest beyond fifty go */
  snapshot(snapshot) {
    return this.changeSnapshots((before) => [snapshot, ...before].slice(0, MOST_SNAPSHOTS));
  }

  /** @param {(before: Snapshot[]) => Snapshot[]} change */
  changeSnapshots(change) {
    return this.#quietly(() => update(`snapshots.${this.key}`, (/** @type {Snapshot[]} */ before = []) => change(before), this.store));
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
