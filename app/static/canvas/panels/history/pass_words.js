/** How a pass of a node is told. @import { Pass } from "./node_times.js" */
import { lasted } from "../../run/times.js";
import { moment } from "../../words.js";
import { signOf } from "../state_mark.js";

/** A pass in words: how it ended, how long it took, when. @param {Pass} pass */
export function wordsOf({ at, took_ms: took, state }) {
  const { sign, words } = signOf(state);
  return { sign, state: words(), took: lasted(took), at: moment(at) };
}
