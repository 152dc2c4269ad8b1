/** How the keys of actions are shown to whoever sits at this computer. */
import { shownKeys } from "../pure/keys.js";
import { t } from "../../words.js";

const isMac = () => navigator.platform.startsWith("Mac");

/** All keys of an action. @param {{ keys: string[] }} action */
export const keysOf = ({ keys }) => keys.map((key) => shownKeys(key, isMac()));

/** What an action is called, with the key that is for it. @param {{ label: string, keys: string[] }} action */
export function labelOf(action) {
  const [keys] = keysOf(action);
  return keys ? t("{what} ({keys})", { what: action.label, keys }) : action.label;
}
