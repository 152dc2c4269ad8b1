/**
 * Settled once the page is read and the scripts of its frame have looked through it. What draws a large flow waits for
 * that: thousands of elements are not theirs to look through.
 * @type {Promise<void>}
 */
export const parsed = new Promise((done) => {
  if (document.readyState === "complete") return done();
  document.addEventListener("DOMContentLoaded", () => done(), { once: true });
  window.addEventListener("load", () => done(), { once: true });
});
