/**
 * Carries out what the pure edits of trees say is to be changed.
 *
 * @import { Patch } from "../tree/references.js"
 */

/**
 * Make changes of nodes, lines, notes and variables as one step to undo; those of what is no longer there are left out. Nothing to change is no step.
 * @param {any} editor
 * @param {Patch[]} patches
 */
export function apply(editor, patches) {
  if (!patches.length) return;
  const modeling = editor.get("modeling"), registry = editor.get("elementRegistry");
  modeling.together(() => {
    for (const { kind, id, patch } of patches) {
      const element = registry.get(id);
      if (kind === "rest") modeling.updateRest(patch);
      else if (!element) continue;
      else if (kind === "node") modeling.updateNode(element, patch);
      else if (kind === "flow") modeling.updateFlow(element, patch);
      else modeling.updateNote(element, patch.text);
    }
  });
}
