/** What a node, line, variable or note that came or went holds, as far as somebody said it: the rest is as it is at first. */
import { t } from "../words.js";
import { fieldAt } from "./change_words.js";

/**
 * @typedef {import("./change_words.js").About} About
 * @typedef {{ path: string, value: any }} Held
 */

/** What is otherwise at first than off or empty. @type {Record<string, any>} */
const AT_FIRST = { skippable: true, isSkipped: true, retryable: true, can_retry: true, show_type: "show" };

/** What the tree says for itself, of a node, of a line and of a variable. @type {Record<string, RegExp>} */
const FOR_ITSELF = {
  node: /^(component\.version|version|template_source|hooked_constants|loop|order)$|\.(hook|tag|loc)$|^default_condition\.name$|^constants\..+\.(?!value$)\w+$/,
  variable: /^(key|source_(type|tag|info\..*)|is_meta|meta|is_condition_hide|index)$/,
};

/** What nobody gives a variable that takes the output of a node. */
const GIVEN = ["value", "show_type"];

/** What tries by itself, or gives up, does so while it is switched on. */
const SWITCHED = ["auto_retry", "timeout_config"];

/**
 * What there is to tell of a thing.
 * @param {Held[]} holds @param {string} what @param {About} about
 * @returns {Held[]}
 */
export function worthTelling(holds, what, about) {
  const all = new Map(holds.map(({ path, value }) => [path, value]));
  const isOff = (/** @type {string} */ path) => SWITCHED.some((group) => path.startsWith(`${group}.`) && !all.get(`${group}.enable`));
  const repeats = (/** @type {string} */ path, /** @type {any} */ value) => value === all.get(path.replace(/\.name$/, ".evaluate").replace("condition_name", "condition")) && /name$/.test(path);
  const isSaid = (/** @type {string} */ path, /** @type {any} */ value) => path === "value" || !isAtFirst(path, value, about);
  const isNotYet = (/** @type {string} */ path) => GIVEN.includes(path) && all.get("source_type") === "component_outputs";
  const isTold = (/** @type {Held} */ { path, value }) => !FOR_ITSELF[what]?.test(path) && !isNotYet(path) && !isOff(path) && !repeats(path, value) && isSaid(path, value);
  return [...ofNode(all, what, about), ...holds.filter(isTold)];
}

/**
 * What a thing does first, then its inputs as its form has them, then its settings, each switch before what it switches.
 * @template {{ path: string }} T
 * @param {T[]} values @param {About} about
 * @returns {T[]}
 */
export function inOrder(values, about) {
  const rank = (/** @type {T} */ { path }) => rankOf(path, about), group = (/** @type {T} */ { path }) => path.replace(/\.enable$/, "");
  return [...values].sort((a, b) => rank(a) - rank(b) || (rank(a) === 0 ? group(a).localeCompare(group(b)) : 0));
}

/** The output or input of a node that a variable is. @param {Map<string, any>} all @param {string} what @param {About} about @returns {Held[]} */
function ofNode(all, what, about) {
  const [path, tags] = [...all].find(([key]) => key.startsWith("source_info.")) ?? ["", []], type = all.get("source_type");
  if (what !== "variable" || !path || type === "custom") return [];
  const id = path.slice("source_info.".length), values = { node: about.targetOf(id), field: about.fieldName(id, tags[0]) };
  return [{ path: "source_info", value: type === "component_outputs" ? t("Output of {node}: {field}", values) : t("Input of {node}: {field}", values) }];
}

/** @param {string} path @param {any} value @param {About} about */
function isAtFirst(path, value, about) {
  const { field, part } = fieldAt(path, about), usual = field && !part ? field.default : AT_FIRST[path];
  if (part === "need_render") return value !== false;
  if (path === "validation") return !value || about.types.some((type) => type.default_validation === value);
  return JSON.stringify(value) === JSON.stringify(usual) || (isNothing(value) && isNothing(usual));
}

/** @param {any} value */
const isNothing = (value) => [undefined, null, "", false].includes(value) || (typeof value === "object" && !Object.keys(value).length);

/** @param {string} path @param {About} about */
function rankOf(path, about) {
  if (["component.code", "template_id", "custom_type", "source_info", "source", "target"].includes(path)) return -2;
  const { field } = fieldAt(path, about);
  if (field) return about.plugin.inputs.indexOf(field) / about.plugin.inputs.length - 1;
  return path === "value" || path.startsWith("constants.") || path.startsWith("component.") ? -1 : 0;
}
