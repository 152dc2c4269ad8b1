/** What the parts of a tree that change are called where people set them, by their paths, and their values in words. */
import { t } from "../words.js";

/**
 * What a change is about: the node it is of with its plugin, all plugins and types of variables, and how a node, what a line leads to, or a field of a node is called.
 * @typedef {{ node?: any, plugin?: any, plugins: any[], types: any[], targetOf: (id: string) => string, fieldName: (nodeId: string, tag: string) => string }} About
 */

/** What stands in place of a secret. */
const MASK = "******";

/** Settings of nodes, lines, variables and of the flow, by their key in the tree. @type {Record<string, () => string>} */
const WORDS = {
  name: () => t("Name"), stage_name: () => t("Stage"), labels: () => t("Labels"), optional: () => t("May be left out when a task is made"), error_ignorable: () => t("Skip by itself"),
  skippable: () => t("A person may skip it"), isSkipped: () => t("A person may skip it"), retryable: () => t("A person may retry it"), can_retry: () => t("A person may retry it"),
  auto_retry: () => t("Retry by itself"), timeout_config: () => t("Give up after a time"), executor_proxy: () => t("Runs in the name of"), worker_group: () => t("Worker group"),
  "component.code": () => t("What it does"), "component.version": () => t("Version"), template_id: () => t("Flow"), version: () => t("Version"), always_use_latest: () => t("Always run the newest version"), scheme_id_list: () => t("Execution schemes"),
  key: () => t("Key"), value: () => t("Value"), desc: () => t("Description"), custom_type: () => t("Type"), source_info: () => t("Source"), show_type: () => t("Asked"), validation: () => t("Must match"), pre_render_mako: () => t("Compute it once, at the start"),
  source: () => t("Begins at"), target: () => t("Leads to"), condition: () => t("Condition"), condition_name: () => t("Name on the line"), is_default: () => t("Taken when no other branch is"), "default_condition.flow_id": () => t("Taken when no other branch is"),
  text: () => t("What it says"), outputs: () => t("Outputs"), order: () => t("Order of the branches"), parallelism: () => t("Steps at once"), language: () => t("Values name variables by"),
  "step.rule": () => t("It runs when"), "step.condition": () => t("And only if"), "step.delay_ms": () => t("It waits before"), "step.priority": () => t("Priority"), "step.manual": () => t("A person lets it begin"),
  "step.each": () => t("It runs once for each of"), "step.each_parallelism": () => t("At once"), "step.allowed_failures": () => t("May fail"), "step.context": () => t("Values for its inputs"), "step.switch": () => t("Choose what comes next"),
  "step.retries": () => t("Tries again"), "step.retry_after_ms": () => t("Time between tries"), "step.timeout_ms": () => t("Each try may take"), "step.pause_on_failure": () => t("The run is paused when it has failed"),
};

/** The parts of settings that have some. @type {Record<string, () => string>} */
const PARTS = {
  "auto_retry.times": () => t("How often"), "auto_retry.interval": () => t("Seconds between"), "timeout_config.seconds": () => t("Seconds"), "timeout_config.action": () => t("Then"),
};

/** Values that stand for something, by the path that they are at. @type {Record<string, Record<string, () => string>>} */
const VALUES = {
  show_type: { show: () => t("Yes"), hide: () => t("No") },
  "timeout_config.action": { forced_fail: () => t("let it fail"), forced_fail_and_skip: () => t("let it fail and go on") },
};

/** The field of its plugin that an input is of, and which part of the input a path leads to. @param {string} path @param {About} about */
export function fieldAt(path, { plugin }) {
  const [, key, part = ""] = path.match(/^component\.data\.(\w+)\.?(.*)$/) ?? [];
  return { field: plugin?.inputs?.find((/** @type {any} */ f) => f.key === key), part: part.replace(/^value\b\.?/, "") };
}

/**
 * How a changed value is called: an input as its plugin calls it, a condition by where its branch leads, else the setting.
 * @param {string} path as the server tells it
 * @param {About} about
 * @returns {string}
 */
export function labelOf(path, about) {
  const { field, part } = fieldAt(path, about);
  if (field) return part ? `${field.name} · ${part === "hook" ? t("Is a variable") : part}` : field.name;
  const [, flow, what] = path.match(/^conditions\.([^.]+)\.?(.*)$/) ?? [];
  if (flow) return what === "name" ? t("Name on the line") : t("Condition of the branch to {target}", { target: about.targetOf(flow) });
  const [, given] = path.match(/^constants\.(.+?)\.value$/) ?? [];
  if (given) return about.node?.constants?.[given]?.name || given;
  if (WORDS[path]) return WORDS[path]();
  // The longest path above it that has a word.
  const parts = path.split("."), known = parts.map((_, i) => parts.slice(0, i + 1).join(".")).findLast((above) => WORDS[above]);
  if (!known) return path;
  if (path === `${known}.enable`) return WORDS[known]();
  return `${WORDS[known]()} · ${PARTS[path]?.() ?? path.slice(known.length + 1)}`;
}

/** A value in words: what can be chosen by its label, nodes and lines by name, switches as yes and no. @param {string} path @param {any} value @param {About} about @returns {string} */
export function valueOf(path, value, about) {
  if (value === "") return "“”";
  if (value === null || value === undefined || value.length === 0) return "–";
  if (typeof value === "boolean") return value ? t("Yes") : t("No");
  if (VALUES[path]?.[value]) return VALUES[path][value]();
  if (path === "order" && Array.isArray(value)) return value.map(about.targetOf).join(", ");
  if (path === "source" || path === "target" || path === "default_condition.flow_id") return about.targetOf(value);
  if (path === "component.code") return about.plugins.find((plugin) => plugin.code === value)?.name ?? value;
  if (path === "custom_type") return about.types.find((type) => type.custom_type === value)?.name ?? value;
  if (/^step\..*_ms$/.test(path)) return `${value} ms`;
  const { field, part } = fieldAt(path, about);
  if (field?.secret && !part) return MASK;
  const choice = part ? undefined : field?.choices?.find((/** @type {any} */ c) => c.value === value);
  if (choice) return choice.label;
  if (Array.isArray(value) && value.every((part) => typeof part !== "object")) return value.join(", ");
  return typeof value === "string" ? value : JSON.stringify(value).replaceAll(",\"", ", \"").replaceAll("\":", "\": ");
}
