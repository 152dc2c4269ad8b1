/** Lets keys run actions, while the canvas or nothing at all has the focus. */
import { isPressed } from "../pure/keys.js";

export default class ActionKeys {
  /** @param {any} eventBus @param {any} keyboard @param {any} actions @param {any} canvas */
  constructor(eventBus, keyboard, actions, canvas) {
    this.actions = /** @type {import("./actions.js").Action[]} */ (Object.values(actions));
    keyboard.addListener((/** @type {any} */ { keyEvent }) => this.#pressed(keyEvent));
    const fromBody = (/** @type {KeyboardEvent} */ event) => {
      if (event.target !== document.body || event.key === "Tab" || document.querySelector("dialog[open]")) return;
      canvas.focus();
      if (eventBus.fire("keyboard.keydown", { keyEvent: event })) event.preventDefault();
    };
    document.addEventListener("keydown", fromBody);
    eventBus.on("diagram.destroy", () => document.removeEventListener("keydown", fromBody));
  }

  /** @param {KeyboardEvent} event @returns {true | undefined} whether that key did something */
  #pressed(event) {
    const action = this.actions.find((a) => a.keys.some((keys) => isPressed(keys, event)));
    if (!action || action.isNative || event.isComposing || !action.enabled()) return undefined;
    return action.run() === false ? undefined : true;
  }
}
ActionKeys.$inject = ["eventBus", "keyboard", "actions", "canvas"];
