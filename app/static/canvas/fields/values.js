/** How widgets read the values of fields and write them back. */

/** @typedef {"datetime" | "date" | "time"} MomentKind */

const SEPARATORS = /[\s,;]+/;
const IPV4 = /^(\d{1,3})(\.\d{1,3}){3}$/;
const IPV6 = /^[0-9a-f:]*:[0-9a-f:.]*$/i;
const HOST_NAME = /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/i;

/**
 * The addresses in a text, or in a list of texts; a `${…}` is not cut.
 * @param {any} value
 * @returns {string[]}
 */
export function addressesOf(value) {
  const texts = Array.isArray(value) ? value : [value ?? ""];
  return texts.flatMap((text) => String(text).match(/(\$\{[^}]*\}|[^\s,;])+/g) ?? []);
}

/**
 * Addresses in the form in which they stood before: a list stays one, all else is a text with commas.
 * @param {string[]} addresses
 * @param {any} before
 */
export function asAddresses(addresses, before) {
  return Array.isArray(before) ? addresses : addresses.join(",");
}

/** @param {string} text */
export function isAddress(text) {
  if (text.includes("${")) return true;
  if (/^[\d.]+$/.test(text)) return IPV4.test(text) && text.split(".").every((part) => Number(part) <= 255);
  return text.includes(":") ? IPV6.test(text) && text.length > 1 : HOST_NAME.test(text);
}

/** Whether what was typed ends an address. @param {string} text */
export function endsAddress(text) {
  return SEPARATORS.test(text) && !/\$\{[^}]*$/.test(text);
}

const FORMS = { datetime: /^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}$/, date: /^\d{4}-\d{2}-\d{2}$/, time: /^\d{2}:\d{2}(:\d{2})?$/ };

/** Whether a text is a moment as bk-sops writes it. @param {MomentKind} kind @param {string} text */
export function isMoment(kind, text) {
  return FORMS[kind].test(text) && !Number.isNaN(Date.parse(kind === "time" ? `2000-01-01T${text}` : text.replace(" ", "T")));
}

/**
 * What the browser's input gave, as bk-sops writes it.
 * @param {MomentKind} kind
 * @param {string} picked `2026-11-21T14:30` or the part of it that the kind has
 */
export function momentOf(kind, picked) {
  if (!picked) return "";
  const [first, second] = picked.split("T");
  const seconds = (/** @type {string} */ time) => (time.length === 5 ? `${time}:00` : time);
  if (kind === "datetime") return `${first} ${seconds(second ?? "00:00")}`;
  return kind === "date" ? first : seconds(second ?? first);
}

/**
 * A moment as the browser's input takes it; empty when it cannot show it.
 * @param {MomentKind} kind
 * @param {any} value
 */
export function pickable(kind, value) {
  const text = String(value ?? "");
  return isMoment(kind, text) ? text.replace(" ", "T") : "";
}

/** Numbers that were written as text stay text, as bk-sops writes them. @param {string} typed @param {any} before */
export function asTyped(typed, before) {
  const text = typed.trim();
  if (text === "" || Number.isNaN(Number(text))) return typed;
  return typeof before === "string" && before !== "" ? text : Number(text);
}

/**
 * The rows of an object; keys that are written twice stand here twice.
 * @param {any} value
 * @returns {{ key: string, value: any }[]}
 */
export function pairsOf(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? Object.entries(value).map(([key, v]) => ({ key, value: v })) : [];
}

/** @param {{ key: string, value: any }[]} pairs those without a key are left out */
export function asObject(pairs) {
  return Object.fromEntries(pairs.filter((p) => p.key !== "").map((p) => [p.key, p.value]));
}

/** The keys that stand in several rows. @param {{ key: string }[]} pairs */
export function doubled(pairs) {
  const seen = new Set(), twice = new Set();
  for (const { key } of pairs) (seen.has(key) ? twice : seen).add(key);
  twice.delete("");
  return twice;
}

/** A value as people read it in one line. @param {any} value */
export function brief(value) {
  if (value === undefined || value === null || value === "") return "";
  return typeof value === "string" ? value : JSON.stringify(value);
}

/**
 * What a person typed where any value may stand: JSON when it is an object, a list, a number or a truth value, else text.
 * @param {string} typed
 */
export function anyOf(typed) {
  if (!/^\s*([[{]|-?\d|true\s*$|false\s*$)/.test(typed)) return typed;
  try {
    return JSON.parse(typed);
  } catch {
    return typed;
  }
}
