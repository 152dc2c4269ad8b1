/**
 * What is wrong with the value of a field, as `app/engine/core/schema.py` says when the node is called; told while typing.
 *
 * @import { Field } from "../diagram/catalogue.js"
 */
import { t } from "../words.js";
import { addressesOf, isAddress, isMoment, momentOf } from "./values.js";

/** Whether a value is, or holds in its text, an expression that is worked out when the node is called. @param {any} value */
export function isExpression(value) {
  return typeof value === "string" && value.includes("${");
}

/**
 * What is wrong with a value; empty when nothing is, or when only a run can tell.
 * @param {Field} field
 * @param {any} value
 * @returns {string}
 */
export function whyWrong(field, value) {
  if (isAbsent(value)) return field.required ? t("Required") : "";
  if (field.widget === "hosts") return wrongAddress(value);
  if (isExpression(value)) return "";
  return wrongType(field, value) || outOfRange(field, value) || noChoice(field, value) || wrongMoment(field, value) || wrongCell(field, value) || wrongPart(field, value);
}

/** Whether nothing is given. @param {any} value */
export function isAbsent(value) {
  return value === undefined || value === null || value === "" || (Array.isArray(value) && value.length === 0);
}

/**
 * A number, also one that is written as text; null when it is none.
 * @param {any} value
 * @returns {number | null}
 */
export function asNumber(value) {
  if (typeof value === "number") return value;
  if (typeof value !== "string" || !/^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*$/i.test(value)) return null;
  return Number(value);
}

/**
 * Whether a widget can show a value; one that it cannot show is edited as JSON instead.
 * @param {Field} field
 * @param {any} value
 */
export function canShow({ widget, columns }, value) {
  if (isAbsent(value) || isExpression(value)) return true;
  const plain = typeof value !== "object";
  if (widget === "list") return plain || (Array.isArray(value) && value.every(isPlain));
  if (widget === "table") return Array.isArray(value) && value.every((row) => isObject(row) && Object.entries(row).every(([key, cell]) => isPlain(cell) && columns.some((c) => c.key === key)));
  if (widget === "keyvalue" && columns.length) return plain || isObject(value);
  if (widget === "keyvalue") return isObject(value) && Object.values(value).every(isPlain);
  if (widget === "hosts") return plain || (Array.isArray(value) && value.every((v) => typeof v === "string"));
  if (widget === "choice") return plain || (Array.isArray(value) && value.every(isPlain));
  return plain || widget === "code";
}

/** @param {any} value */
const isPlain = (value) => value === null || typeof value !== "object";
/** @param {any} value */
const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

/** @param {Field} field @param {any} value */
function wrongType({ type, widget }, value) {
  const number = asNumber(value);
  if ((type === "integer" || type === "number" || widget === "number") && number === null) return t("A number is wanted");
  if (type === "integer" && !Number.isInteger(number)) return t("A whole number is wanted");
  if (type === "boolean" && typeof value !== "boolean" && value !== "true" && value !== "false") return t("Yes or no is wanted");
  if (type === "array" && !Array.isArray(value)) return t("A list is wanted");
  if (type === "object" && !isObject(value)) return t("An object is wanted: {example}", { example: '{"key": "value"}' });
  return "";
}

/** @param {Field} field @param {any} value */
function outOfRange({ minimum, maximum }, value) {
  const number = asNumber(value);
  if (number === null) return "";
  if (minimum !== null && minimum !== undefined && number < minimum) return t("At least {minimum}", { minimum });
  if (maximum !== null && maximum !== undefined && number > maximum) return t("At most {maximum}", { maximum });
  return "";
}

/** @param {Field} field @param {any} value */
function noChoice({ choices = [] }, value) {
  const given = Array.isArray(value) ? value : [value];
  if (!choices.length || given.every((v) => choices.some((c) => String(c.value) === String(v)))) return "";
  return t("{value} is not one of the choices", { value: given.join(", ") });
}

/** @param {any} value */
function wrongAddress(value) {
  const wrong = addressesOf(value).filter((a) => !isAddress(a));
  return wrong.length ? t("{address} is neither an IP address nor a host name", { address: wrong[0] }) : "";
}

/** @param {Field} field @param {any} value @returns {string} */
function wrongCell({ widget, columns }, value) {
  if (widget !== "table" || !Array.isArray(value)) return "";
  for (const [i, row] of value.entries()) {
    for (const column of columns) {
      const wrong = whyWrong(column, row?.[column.key]);
      if (wrong) return t("{column}, row {row}: {wrong}", { column: column.name, row: i + 1, wrong });
    }
  }
  return "";
}

/** A text in place of the parts counts as it is. @param {Field} field @param {any} value @returns {string} */
function wrongPart({ widget, columns }, value) {
  if (widget !== "keyvalue" || !isObject(value)) return "";
  const [name, wrong] = columns.map((part) => [part.name, whyWrong(part, value[part.key])]).find(([, each]) => each) ?? [];
  return wrong ? t("{part}: {wrong}", { part: name, wrong }) : "";
}

/** @param {Field} field @param {any} value */
function wrongMoment({ widget }, value) {
  if (widget !== "datetime" && widget !== "date" && widget !== "time") return "";
  return isMoment(widget, String(value)) ? "" : t("Wanted is {example}", { example: momentOf(widget, "2026-11-21T14:30:00") });
}
