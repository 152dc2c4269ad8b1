/**
 * Keys as they are written in the list of actions: `Mod+Shift+Z`, `Delete`, `?`. `Mod` is Ctrl, on a Mac the command key.
 * A single letter or sign stands for what the key types, so it holds on every keyboard.
 *
 * @typedef {{ key: string, code?: string, ctrlKey: boolean, metaKey: boolean, shiftKey: boolean, altKey: boolean }} Pressed
 */

/**
 * Whether a pressed key is the one that is meant.
 * @param {string} keys
 * @param {Pressed} event
 */
export function isPressed(keys, event) {
  const parts = keys === "+" ? ["+"] : keys.split(/\+(?!$)/), key = parts[parts.length - 1], wants = new Set(parts.slice(0, -1));
  if (wants.has("Mod") !== (event.ctrlKey || event.metaKey) || wants.has("Alt") !== event.altKey) return false;
  if (wants.has("Shift") !== event.shiftKey && !(event.shiftKey && isSign(event.key))) return false;
  return event.key.toLowerCase() === key.toLowerCase() || letterOf(event) === key.toLowerCase();
}

/** Whether a key types a sign or a number: on some keyboards it takes Shift to type it. @param {string} key */
const isSign = (key) => key.length === 1 && !/[\p{L} ]/u.test(key);

/** The letter that a key has on a Latin keyboard, when the keyboard is another. @param {Pressed} event */
function letterOf({ key, code }) {
  const [, letter] = /^Key([A-Z])$/.exec(code ?? "") ?? [];
  return letter && !/\p{Script=Latin}/u.test(key) ? letter.toLowerCase() : null;
}

const NAMES = /** @type {Record<string, string>} */ ({ ArrowLeft: "←", ArrowRight: "→", ArrowUp: "↑", ArrowDown: "↓", Delete: "Del", Escape: "Esc", ContextMenu: "Menu", " ": "Space", Mod: "Ctrl" });
const MAC = /** @type {Record<string, string>} */ ({ Mod: "⌘", Shift: "⇧", Alt: "⌥", Enter: "↩", Delete: "⌫" });

/**
 * Keys as they are shown to people.
 * @param {string} keys
 * @param {boolean} isMac
 */
export function shownKeys(keys, isMac) {
  const parts = keys === "+" ? ["+"] : keys.split(/\+(?!$)/);
  return parts.map((part) => (isMac ? MAC[part] : undefined) ?? NAMES[part] ?? part).join(isMac ? "" : "+");
}
