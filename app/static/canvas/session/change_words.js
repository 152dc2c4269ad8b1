/** What the parts of a tree that change are called where people set them, by their paths. */
import { t } from "../words.js";

/** @typedef {{ plugin?: any, targetOf: (flowId: string) => string }} About the plugin of a node, and what a line leads to */

/** Settings of nodes and variables, by their key in the tree. @type {Record<string, () => string>} */
const WORDS = {
  name: () => t("Name"), stage_name: () => t("Stage"), labels: () => t("Labels"), optional: () => t("May be left out when a task is made"), error_ignorable: () => t("Skip by itself"),
  skippable: () => t("A person may skip it"), isSkipped: () => t("A person may skip it"), retryable: () => t("A person may retry it"), can_retry: () => t("A person may retry it"),
  auto_retry: () => t("Retry by itself"), timeout_config: () => t("Give up after a time"), executor_proxy: () => t("Runs in the name of"), worker_group: () => t("Worker group"),
  "component.code": () => t("What it does"), "component.version": () => t("Version"), template_id: () => t("Flow"), version: () => t("Version"), always_use_latest: () => t("Always run the newest version"),
  value: () => t("Value"), desc: () => t("Description"), custom_type: () => t("Type"), show_type: () => t("Asked"), outputs: () => t("Outputs"), notes: () => t("Notes"), order: () => t("Order of the branches"),
};

/**
 * How a changed value is called: an input as its plugin calls it, a condition by where its branch leads, else the setting.
 * @param {string} path as the server tells it
 * @param {About} about
 */
export function labelOf(path, { plugin, targetOf }) {
  const [, key, part] = path.match(/^component\.data\.(\w+)\.?(.*)$/) ?? [];
  const field = plugin?.inputs?.find((/** @type {any} */ f) => f.key === key);
  if (field) return part === "value" || !part ? field.name : `${field.name} · ${part}`;
  const [, flow, what] = path.match(/^conditions\.([^.]+)\.?(.*)$/) ?? [];
  if (flow) return what === "name" ? t("Name on the line") : t("Condition of the branch to {target}", { target: targetOf(flow) });
  const [, given] = path.match(/^constants\.(.+?)\.value$/) ?? [];
  if (given) return given;
  const [, rest] = path.match(/^\w+(\..+)$/) ?? [];
  return WORDS[path]?.() ?? (rest && WORDS[path.slice(0, -rest.length)] ? `${WORDS[path.slice(0, -rest.length)]()} · ${rest.slice(1)}` : path);
}

/** A value in words: lines of a flow by what they lead to, switches as yes and no. @param {string} path @param {any} value @param {About} about @returns {string} */
export function valueOf(path, value, { targetOf }) {
  if (value === null || value === undefined) return "–";
  if (value === "") return "“”";
  if (typeof value === "boolean") return value ? t("Yes") : t("No");
  if (path === "order" && Array.isArray(value)) return value.map(targetOf).join(", ");
  return typeof value === "string" ? value : JSON.stringify(value).replaceAll(",\"", ", \"").replaceAll("\":", "\": ");
}
