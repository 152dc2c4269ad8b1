/** What putting another tree in place of the flow would change, as the server tells it, in one line. */
import { useEffect, useState } from "preact/hooks";
import { counted, toldOf } from "../../session/changes_told.js";
import { t } from "../../words.js";

const AFTER_MS = 400;

/** @typedef {import("../../tree/types.js").Tree} Tree */

/** Asks a moment after either tree is another one. @param {{ server: any, now: Tree, then: Tree }} props */
export function Differences({ server, now, then }) {
  const [words, say] = useState("");
  useEffect(() => {
    const asking = new AbortController();
    const timer = setTimeout(() => server.send("POST", "/compare", { before: now, after: then }, asking.signal).then(
      (/** @type {any} */ found) => say(inWords(counted(toldOf(found, now, then, {})))),
      () => asking.signal.aborted || say(""),
    ), AFTER_MS);
    return () => {
      clearTimeout(timer);
      asking.abort();
    };
  }, [now, then]);
  return words;
}

/** @param {ReturnType<typeof counted>} counts */
function inWords(counts) {
  return counts.length ? counts.map(({ words, number }) => `${words} ${number}`).join(" · ") : t("Applying it changes nothing that is shown");
}
