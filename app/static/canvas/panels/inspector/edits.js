/**
 * The edits that the inspector makes: each a step to undo, made on what the flow is at that moment.
 *
 * @import { Offer } from "../../fields/pieces.js"
 * @import { Constants, Place } from "../../tree/hooks.js"
 */
import { isRawIn } from "../../diagram/raw_inputs.js";
import { SYSTEM, tasksBefore } from "../../fields/pieces.js";
import { hookOutput, inTheirOrder, outputVariable, suggestKey, withInput } from "../../tree/hooks.js";
import { keysIn, nameOf, whereUsed } from "../../tree/references.js";
import { withSettings } from "../../tree/step_settings.js";
import { t } from "../../words.js";

/** The variables of the flow. @param {any} editor @returns {Constants} */
export function constantsOf(editor) {
  return editor.get("treeStore").rest.constants ?? {};
}

/**
 * Change a node; nothing happens when it is no longer there.
 * @param {any} editor
 * @param {any} shape
 * @param {(node: any) => any} change
 */
export function changeNode(editor, shape, change) {
  if (!shape.parent) return;
  const before = shape.businessObject.node, after = change(before);
  if (after !== before) editor.get("modeling").updateNode(shape, after);
}

/**
 * Give an input of a node a value.
 * @param {any} editor
 * @param {any} shape
 * @param {import("../../diagram/catalogue.js").Field} field
 * @param {any} value
 */
export function changeInput(editor, shape, field, value) {
  changeNode(editor, shape, (node) => withInput(node, field.key, value));
}

/**
 * Changes settings of a step of a graph of dependencies, each time as one edit; a setting that says nothing goes.
 * @param {any} editor
 * @param {any} shape
 * @returns {(settings: Record<string, any>) => void}
 */
export function stepEdits(editor, shape) {
  return (settings) => changeNode(editor, shape, (node) => withSettings(node, settings));
}

/**
 * Change a node and the flow's variables at once; outputs of variables that went go too.
 * @param {any} editor
 * @param {any} shape
 * @param {(place: Place) => Place} change
 */
export function changePlace(editor, shape, change) {
  if (!shape.parent) return;
  const before = { node: shape.businessObject.node, constants: constantsOf(editor) }, after = change(before);
  if (after.node === before.node && after.constants === before.constants) return;
  editor.get("modeling").together(() => {
    if (after.node !== before.node) editor.get("modeling").updateNode(shape, after.node);
    if (after.constants !== before.constants) setConstants(editor, after.constants);
  });
}

/** @param {any} editor @param {Constants} constants */
export function setConstants(editor, constants) {
  const before = editor.get("treeStore").rest.outputs ?? [], known = (/** @type {string} */ key) => key in constants || !(key in constantsOf(editor));
  const outputs = before.filter(known);
  editor.get("modeling").updateRest({ constants, ...(outputs.length < before.length ? { outputs } : {}) });
}

/**
 * Where a variable is used, apart from one input of a node.
 * @param {any} editor
 * @param {string} key
 * @param {{ id: string, tag: string }} [besides]
 */
export function usesOf(editor, key, besides) {
  const uses = whereUsed(editor.get("treeStore").tree, isRawIn(editor.get("catalogue"))).get(key) ?? [];
  return besides ? uses.filter((u) => !(u.id === besides.id && u.tag === besides.tag)) : uses;
}

/**
 * What can be written into `${…}` at an element.
 * @param {any} editor
 * @param {any} element
 * @returns {Offer[]}
 */
export function offersAt(editor, element) {
  const constants = constantsOf(editor), catalogue = editor.get("catalogue");
  const variables = inTheirOrder(constants).map((c) => ({ kind: /** @type {const} */ ("variable"), name: nameOf(c.key), label: c.name ?? "", detail: c.name ?? "" }));
  const outputs = (element?.incoming ? tasksBefore(element) : []).flatMap((/** @type {any} */ task) => {
    const { node } = task.businessObject, plugin = catalogue.find(node.component?.code, node.component?.version);
    const left = (plugin?.outputs ?? []).filter((/** @type {any} */ o) => !outputVariable(constants, node.id, o.key));
    return left.map((/** @type {any} */ output) => ({ kind: /** @type {const} */ ("output"), name: nameOf(suggestKey(constants, output.key)), label: output.name, detail: t("from {node}", { node: node.name || node.id }), node, output }));
  });
  const system = SYSTEM.map((name) => ({ kind: /** @type {const} */ ("system"), name: `_system.${name}`, label: "", detail: t("known in each task") }));
  const project = projectConstants(editor).map(({ name, label }) => ({ kind: /** @type {const} */ ("project"), name, label, detail: label || t("the same in all flows of the project") }));
  return [...variables, ...outputs, ...project, ...system];
}

/** What all flows of the project know, by the names that stand inside the braces. @param {any} editor @returns {{ name: string, label: string, value: string }[]} */
export const projectConstants = (editor) => editor.get("page", false)?.project_constants ?? [];

/**
 * The name to write for an offer; an output becomes a variable first.
 * @param {any} editor
 * @param {Offer} offer
 */
export function takeOffer(editor, offer) {
  if (offer.kind !== "output") return offer.name;
  const constants = constantsOf(editor), made = hookOutput(constants, offer.node, offer.output);
  setConstants(editor, made);
  return nameOf(outputVariable(made, offer.node.id, offer.output.key)?.key ?? offer.name);
}

/**
 * The keys in a value that no variable has and no task knows by itself.
 * @param {any} editor
 * @param {any} value
 */
export function unknownKeys(editor, value) {
  const constants = constantsOf(editor), known = new Set(["_system", "_loop", "_inner_loop", "_result", ...projectConstants(editor).map(({ name }) => name)]);
  return [...keysIn(value)].filter((key) => !(key in constants) && !(nameOf(key) in constants) && !known.has(nameOf(key)));
}
