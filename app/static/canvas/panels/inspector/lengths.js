/** How long a name may become where people type it, and what is said of one that is as long, or came longer from elsewhere. */
import { t } from "../../words.js";

/** Longest, where the server does not say. */
const LONGEST = 50;

/** @param {any} page */
export const longestName = (page) => page.rules?.limits?.typed_name ?? LONGEST;

/** @param {any} text @param {number | undefined} longest */
export function lengthNote(text, longest) {
  const { length } = typeof text === "string" ? text : "";
  if (!longest || length < longest) return "";
  return length === longest ? t("At most {longest} characters", { longest }) : t("It has {length} characters. It can stay so, but no more than {longest} can be typed here.", { length, longest });
}
