/**
 * Commands are carried out as a whole or not at all: when one fails on its way, what it has done is taken back, and the
 * error is thrown on. diagram-js would stay in the middle of it, and tell nobody of any later change.
 */
import CommandStack from "diagram-js/lib/command/CommandStack.js";

export default class WholeCommands extends CommandStack {
  /** @param {string} command @param {any} context */
  execute(command, context) {
    const stack = /** @type {any} */ (this);
    if (stack._currentExecution.actions.length) return super.execute(command, context);
    const before = stack._stackIdx, next = stack._stack.slice(before + 1);
    try {
      super.execute(command, context);
    } catch (error) {
      takeBack(stack, before, next);
      throw error;
    }
  }
}
/** @type {any} */ (WholeCommands).$inject = ["eventBus", "injector"];

/** @param {any} stack @param {number} before where it stood @param {any[]} next what could be done again then */
function takeBack(stack, before, next) {
  while (stack._stackIdx > before) stack._internalUndo(stack._stack[stack._stackIdx]);
  stack._stack.splice(before + 1, stack.Infinity, ...next);
  const { dirty } = stack._currentExecution;
  stack._currentExecution = { actions: [], dirty: [], trigger: null };
  stack._eventBus.fire("elements.changed", { elements: [...new Set(dirty)] });
  stack._fire("changed", { trigger: "failed" });
}
