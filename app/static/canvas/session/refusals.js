/**
 * What an answer that was no success means for what was to be saved.
 *
 * @typedef {"draft" | "publish"} Act what was refused
 * @typedef {{ act: Act, kind: "draft" | "version", theirs: any, message: string, goesOn: boolean, isPutOff: boolean }} Conflict `message` was written for the version that was to be published; it goes on to the task where that was to follow; put off, it is decided later
 * @typedef {{ message: string, isOffline: boolean, isLoggedOut: boolean }} Reason
 */
import { Refused } from "../server.js";
import { t } from "../words.js";

/** Thrown where a reason is told in place of what the server, or the browser, said. */
export class NotSaved extends Error {
  /** @param {Reason} reason */
  constructor({ message, isLoggedOut }) {
    super(message);
    this.isLoggedOut = isLoggedOut;
  }
}

/**
 * What somebody else saved in between: a version, also where it took the draft with it, or a draft.
 * @param {unknown} error
 * @param {Act} act
 * @param {{ message: string, goesOn: boolean }} [wish] what was to be published
 * @returns {Conflict | null}
 */
export function conflictOf(error, act, { message, goesOn } = { message: "", goesOn: false }) {
  const theirs = error instanceof Refused && error.status === 409 ? error.answer.theirs : null;
  if (!theirs) return null;
  const wanted = { act, message, goesOn, isPutOff: false };
  if (theirs.version !== undefined) return { ...wanted, kind: "version", theirs };
  if (theirs.revision === null) return { ...wanted, kind: "version", theirs: { ...theirs, version: theirs.base_version } };
  return { ...wanted, kind: "draft", theirs };
}

/** Why the server does not have it, in our own words where it did not answer. @param {unknown} error @returns {Reason} */
export function reasonOf(error) {
  const isOffline = error instanceof TypeError || (error instanceof Refused && error.status >= 500), isLoggedOut = error instanceof Refused && error.isLoggedOut;
  if (isOffline) return { message: t("The server cannot be reached. Your work is kept in this browser."), isOffline, isLoggedOut };
  if (isLoggedOut) return { message: t("Your session has ended. Your work is kept in this browser; log in again, then it is saved."), isOffline, isLoggedOut };
  return { message: error instanceof Error ? error.message : String(error), isOffline, isLoggedOut };
}
