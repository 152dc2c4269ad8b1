/**
 * Which values something is tried with.
 *
 * @import { Constant } from "../../tree/types.js"
 * @import { Field } from "../../diagram/catalogue.js"
 */
import { canShow, isExpression } from "../../fields/checking.js";
import { anyOf, brief } from "../../fields/values.js";
import { definitionOf } from "../../tree/variables.js";
import { t } from "../../words.js";
import { columnsOf, listOf } from "../variables/defined.js";
import { fieldOfVariable } from "./subprocess_values.js";

/**
 * @typedef {{ field: Field, value: any }} Form the field of a variable's value, and what stands in it at first
 * @typedef {{ key: string, name: string, kind: string, text: string, value: any, secret: boolean, hint: string, field: Field | null, isGiven: boolean }} Sample
 *   `value` is undefined where there is none; `kind` is the type that makes of it what a flow sees; `field` is null where a
 *   text stands for the value
 */

/** Fields that are more than a line of text. */
const FORMS = new Set(["choice", "switch", "list", "table", "keyvalue", "hosts", "datetime", "date", "time"]);

/**
 * @param {string[]} keys
 * @param {import("../../tree/hooks.js").Constants} constants
 * @param {Record<string, any>} given what was given, by key; the text that was typed where there is no field
 * @param {(constant: Constant) => Form} formOf
 * @returns {Sample[]}
 */
export function samplesOf(keys, constants, given, formOf) {
  return keys.map((key) => {
    const constant = constants[key], isOutput = constant?.source_type === "component_outputs", secret = constant?.custom_type === "password", isGiven = key in given;
    const form = constant && !secret && !isOutput ? formOf(constant) : null, known = form && !isExpression(constant.value) && !isExpression(form.value) ? form : null;
    const shared = { key, name: constant?.name ?? "", kind: (!isOutput && !secret && constant?.custom_type) || "", secret, hint: isOutput ? t("a node gives it") : "", isGiven };
    if (known && FORMS.has(known.field.widget) && canShow(known.field, known.value)) return { ...shared, text: "", field: known.field, value: isGiven ? given[key] : known.value };
    // What was given in a field that there is no more is no text.
    const typed = typeof given[key] === "string" ? given[key] : undefined, text = typed ?? (known ? brief(known.value) : "");
    return { ...shared, text, field: null, value: typed === undefined ? known?.value : meant(typed, known) };
  });
}

/** What a text stands for: itself where the variable holds a text; nothing where it is empty and nothing is known. @param {string} text @param {Form | null} known */
function meant(text, known) {
  if (typeof known?.value === "string") return text;
  return text === "" ? undefined : anyOf(text);
}

/** The values of samples by their keys; what has none is left out. @param {Sample[]} samples */
export function valuesOf(samples) {
  return Object.fromEntries(samples.filter((s) => s.value !== undefined).map((s) => [s.key, s.value]));
}

/** The types of samples that have a value and a type, by their keys. @param {Sample[]} samples */
export function kindsOf(samples) {
  return Object.fromEntries(samples.filter((s) => s.value !== undefined && s.kind).map((s) => [s.key, s.kind]));
}

/**
 * The form of a variable's value, as the page that makes a task has it.
 * @param {Constant} constant
 * @param {import("../../tree/variables.js").VariableType[]} types
 * @param {Field} own what a variable of no type is given in
 * @returns {Form}
 */
export function formOf(constant, types, own) {
  const type = types.find((each) => each.custom_type === constant.custom_type), { value } = constant;
  if (!type) return { field: own, value };
  const field = fieldOfVariable(constant, types), definition = definitionOf(constant), isDefined = value === definition;
  if (field.widget === "choice") {
    const several = String(definition.type) === "1", chosen = isDefined ? (definition.default ?? "") : value;
    return { field: { ...field, type: several ? "array" : "any" }, value: several && typeof chosen === "string" ? chosen.split(",").filter(Boolean) : chosen };
  }
  if (field.widget === "switch") return { field, value: value === "" ? false : value };
  if (type.widget !== "table") return { field, value: type.is_meta && isDefined ? (definition.default ?? "") : value };
  const columns = columnsOf(definition), rows = isDefined ? (definition.default ?? []) : value;
  return { field: { ...field, widget: columns.length ? "table" : "code", columns }, value: listOf(rows) ?? rows };
}
