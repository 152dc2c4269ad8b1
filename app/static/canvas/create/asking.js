/**
 * Which variables are asked for, and what is wrong with an answer; by the same rules as `app/engine/core/asking.py`, to
 * which `tests/data/answers.json` holds both.
 *
 * @import { Field } from "../diagram/catalogue.js"
 * @typedef {{ key: string, operator: "=" | "!=", value: string }} Condition
 * @typedef {{ key: string, kind: string, field: Field, value: any, pattern: string, hidden_by: Condition[], is_needed: boolean }} Question
 */
import { isExpression, whyWrong } from "../fields/checking.js";
import { t } from "../words.js";

/** The questions that no condition hides. @param {Question[]} questions @param {Record<string, any>} answers by key */
export function asked(questions, answers) {
  const values = Object.fromEntries(questions.map((q) => [q.key, q.key in answers ? answers[q.key] : q.value]));
  return questions.filter((q) => !q.hidden_by.some((condition) => holds(condition, values)));
}

/** What is wrong with an answer; empty when nothing is, or when only a run can tell. @param {Question} question @param {any} value @returns {string} */
export function whyNot({ field, pattern, value: first }, value) {
  // What is stored stays as it is, and is not known here.
  if (field.secret && value && value === first) return "";
  return whyWrong(field, value) || whyNoMatch(pattern, value);
}

/** A value as conditions compare it. @param {any} value @returns {string} */
export function asText(value) {
  if (Array.isArray(value)) return value.map(asText).join(",");
  if (value === null || value === undefined) return "";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** @param {Condition} condition @param {Record<string, any>} values */
function holds({ key, operator, value }, values) {
  return key in values && (asText(values[key]) === value) === (operator === "=");
}

/** @param {string} pattern @param {any} value */
function whyNoMatch(pattern, value) {
  if (!pattern || value === "" || value === null || value === undefined || typeof value === "object" || isExpression(value)) return "";
  try {
    return new RegExp(pattern).test(asText(value)) ? "" : t("It does not match {pattern}", { pattern });
  } catch {
    return "";
  }
}
