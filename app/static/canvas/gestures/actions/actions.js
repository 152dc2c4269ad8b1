/**
 * Everything that can be done on the canvas by a command: {name: action}. The top bar, the keys, the help and the menus
 * all go by this one list.
 *
 * @typedef {{ label: string, group: string, keys: string[], icon?: string, isNative?: boolean, enabled: (on?: any[]) => boolean, run: () => any }} Action
 *   `keys` as pure/keys.js reads them; a native action's keys are left to the browser, which fires its own event; `enabled`
 *   may be asked of other elements than the selected ones; `run` gives false when the key is to do what it does elsewhere
 */
import { arranging } from "./arranging.js";
import { building } from "./building.js";
import { editing } from "./editing.js";
import { selecting } from "./selecting.js";
import { viewing } from "./viewing.js";

/**
 * @param {any} injector
 * @returns {Record<string, Action>}
 */
export default function actions(injector) {
  return Object.fromEntries([building, editing, arranging, selecting, viewing].flatMap((list) => Object.entries(list(injector))));
}
actions.$inject = ["injector"];
