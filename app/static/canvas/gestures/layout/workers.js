/** Starting workers, and waiting for what they say. */

/**
 * A worker lies beside the script that starts it; its name has a hash, which the manifest beside them knows.
 * @param {string} name that of its source
 * @returns {Promise<Worker>}
 */
export async function workerOf(name) {
  const manifest = await (await fetch(new URL("manifest.json", import.meta.url), { cache: "no-cache" })).json();
  return new Worker(new URL(manifest[name], import.meta.url), { type: "module" });
}

/** @template T @param {Promise<T>} promise @param {number} patience in milliseconds @returns {Promise<T>} fails when there is no answer in time */
export function inTime(promise, patience) {
  const late = new Promise((_, reject) => setTimeout(() => reject(new Error("no answer in time")), patience));
  return /** @type {any} */ (Promise.race([promise, late]));
}
