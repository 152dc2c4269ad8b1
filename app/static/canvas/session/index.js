/** Opening, saving, publishing: the session, and the bar on top that shows it. */
import Session from "./session.js";
import Snapshots from "./snapshots.js";

export { TopBar } from "./top_bar.js";

/** @type {any[]} */
export const SESSION = [{ __init__: ["session", "snapshots"], session: ["type", Session], snapshots: ["type", Snapshots] }];
