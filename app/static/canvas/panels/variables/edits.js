/**
 * The edits that the variables panel makes, each one step to undo.
 *
 * @import { Constant } from "../../tree/types.js"
 */
import { isRawIn } from "../../diagram/raw_inputs.js";
import { apply } from "../applying.js";
import { constantsOf, setConstants } from "../inspector/edits.js";
import { keyOf, renameKey } from "../../tree/references.js";
import { duplicated, listed, movedBefore, newVariable, numbered, removed } from "../../tree/variables.js";
import { t } from "../../words.js";

/**
 * Change keys of a variable's JSON; a key given as undefined goes.
 * @param {any} editor
 * @param {string} key
 * @param {Partial<Constant>} patch
 */
export function changeVariable(editor, key, patch) {
  const constants = constantsOf(editor);
  if (!(key in constants)) return;
  const changed = Object.fromEntries(Object.entries({ ...constants[key], ...patch }).filter(([, value]) => value !== undefined));
  setConstants(editor, { ...constants, [key]: /** @type {Constant} */ (changed) });
}

/** A new variable of plain text. @param {any} editor @returns {string} its key */
export function addVariable(editor) {
  const constants = constantsOf(editor), types = editor.get("catalogue").variableTypes;
  const made = newVariable(constants, types.find((/** @type {any} */ type) => type.custom_type === "input"), t("New variable"));
  setConstants(editor, numbered({ ...constants, [made.key]: made }));
  return made.key;
}

/** @param {any} editor @param {string} key @returns {string} the key of the copy */
export function duplicateVariable(editor, key) {
  const constants = constantsOf(editor), made = duplicated(constants, key, t("{name} (copy)", { name: constants[key].name || key }));
  setConstants(editor, made.constants);
  return made.key;
}

/** Call a variable otherwise, wherever it is referred to. @param {any} editor @param {string} from @param {string} to */
export function renameVariable(editor, from, to) {
  if (!(from in constantsOf(editor))) return;
  apply(editor, renameKey(editor.get("treeStore").tree, from, keyOf(to), isRawIn(editor.get("catalogue"))));
}

/** @param {any} editor @param {string[]} keys */
export function removeVariables(editor, keys) {
  apply(editor, removed(editor.get("treeStore").tree, keys));
}

/** Put variables before another one, null for the end. @param {any} editor @param {string[]} keys @param {string | null} before */
export function moveVariables(editor, keys, before) {
  const constants = constantsOf(editor), order = listed(constants).map(([key]) => key);
  setConstants(editor, numbered(constants, movedBefore(order, keys, before)));
}

/** Move a variable one place up or down. @param {any} editor @param {string} key @param {1 | -1} by */
export function stepVariable(editor, key, by) {
  const order = listed(constantsOf(editor)).map(([k]) => k), at = order.indexOf(key);
  if (order[at + by] === undefined) return;
  moveVariables(editor, [key], by < 0 ? order[at - 1] : (order[at + 2] ?? null));
}

/** Let a variable be an output of the flow, or no longer. @param {any} editor @param {string} key */
export function toggleOutput(editor, key) {
  const outputs = editor.get("treeStore").rest.outputs ?? [];
  editor.get("modeling").updateRest({ outputs: outputs.includes(key) ? outputs.filter((/** @type {string} */ k) => k !== key) : [...outputs, key] });
}
