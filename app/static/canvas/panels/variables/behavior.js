/** What follows for the variables when nodes are deleted, in the same step to undo. */
import CommandInterceptor from "diagram-js/lib/command/CommandInterceptor.js";
import { afterNodesWent } from "../../tree/variables.js";
import { writeTree } from "../../tree/writing.js";
import { isRawIn } from "../../diagram/raw_inputs.js";

export default class VariablesBehavior extends CommandInterceptor {
  /** @param {any} eventBus @param {any} modeling @param {any} treeStore @param {any} catalogue */
  constructor(eventBus, modeling, treeStore, catalogue) {
    super(eventBus);
    this.postExecuted("elements.delete", (/** @type {any} */ { context }) => {
      const gone = new Set(context.elements.filter((/** @type {any} */ e) => e.businessObject?.node).map((/** @type {any} */ e) => e.id));
      const sources = Object.values(treeStore.rest.constants ?? {}).flatMap((/** @type {any} */ c) => Object.keys(c.source_info ?? {}));
      if (!sources.some((id) => gone.has(id))) return;
      // In the midst of a command the store still holds the tree of before.
      const constants = afterNodesWent(writeTree(treeStore.drawing), /** @type {Set<string>} */ (gone), isRawIn(catalogue));
      if (constants) modeling.updateRest({ constants });
    });
  }
}
VariablesBehavior.$inject = ["eventBus", "modeling", "treeStore", "catalogue"];
