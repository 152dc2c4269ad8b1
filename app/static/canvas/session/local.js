/**
 * What this browser keeps of a flow: the edits that the server does not have yet, and a snapshot now and then. Each page
 * keeps its own edits, so those that an earlier one left behind stay until somebody takes or discards them.
 */
import { createStore, del, get, getMany, keys, promisifyRequest, update } from "idb-keyval";

/**
 * @typedef {{ name: string, tree: any, version: number | null, revision: number | null, at: number }} Kept
 * @typedef {Kept & { place: string }} Found `place` is where it is kept
 * @typedef {Kept & { label: string, isNamed?: boolean }} Snapshot `label` is the time, unless somebody has named it
 */

export const MOST_SNAPSHOTS = 50;

/** Names a page among all that ever showed a flow. */
const PAGE = Date.now().toString(36) + Math.random().toString(36).slice(2);

/** A page holds a lock for as long as it lives, which tells the others that its edits were not left behind. */
const LOCKS = globalThis.navigator?.locks;

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
    this.#quietly(async () => LOCKS?.request(this.#lock(this.place), () => new Promise(() => undefined)));
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
    const { held = [] } = (await this.#quietly(async () => LOCKS?.query())) ?? {}, living = new Set(held.map(({ name }) => name));
    const places = all.map(String).filter((place) => place.startsWith(`edits.${this.key}/`) && place !== this.place && !living.has(this.#lock(place)));
    const kept = (await this.#quietly(() => getMany(places, this.store))) ?? [];
    const found = places.map((place, i) => ({ ...kept[i], place })).sort((a, b) => b.at - a.at);
    await Promise.all(found.filter(isSaved).map(({ place }) => this.forget(place)));
    return found.filter((one) => !isSaved(one));
  }

  /** @returns {Promise<Snapshot[]>} newest first */
  async snapshots() {
    return (await this.#quietly(() => get(`snapshots.${this.key}`, this.store))) ?? [];
  }

  /** @param {Snapshot} snapshot beyond fifty the oldest go, of those without a name as long as there are any */
  snapshot(snapshot) {
    return this.changeSnapshots((before) => atMost(MOST_SNAPSHOTS, [snapshot, ...before]));
  }

  /** @param {(before: Snapshot[]) => Snapshot[]} change */
  changeSnapshots(change) {
    return this.#quietly(() => update(`snapshots.${this.key}`, (/** @type {Snapshot[]} */ before = []) => change(before), this.store));
  }

  /** @param {string} place */
  #lock(place) {
    return `sluice.${place}`;
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

/** @param {number} most @param {Snapshot[]} snapshots newest first */
function atMost(most, snapshots) {
  if (snapshots.length <= most) return snapshots;
  const oldest = snapshots.findLastIndex(({ isNamed }) => !isNamed), gone = oldest > 0 ? oldest : snapshots.length - 1;
  return atMost(most, snapshots.filter((_, i) => i !== gone));
}
