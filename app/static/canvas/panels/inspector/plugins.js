/**
 * Changing what a task calls.
 *
 * @import { Plugin } from "../../diagram/catalogue.js"
 * @import { JsonObject } from "../../tree/types.js"
 * @import { Place } from "../../tree/hooks.js"
 */
import { forgetInputs, inputOf, inputsOf, sourceTag, withInput } from "../../tree/hooks.js";

/**
 * A task that calls another plugin: inputs of equal keys stay, the others go, and with them what variables had of them.
 * @param {Place} place
 * @param {Plugin} plugin
 * @param {{ before?: Plugin, longest?: number, isUsed: (key: string, node: JsonObject) => boolean }} options before is the plugin that it called; a name that came of it is replaced
 * @returns {Place}
 */
export function withPlugin({ node, constants }, plugin, { before, longest = 128, isUsed }) {
  const known = new Set(plugin.inputs.map((f) => f.key)), tags = Object.keys(inputsOf(node));
  const data = Object.fromEntries(Object.entries(inputsOf(node)).filter(([tag]) => known.has(tag)));
  const { inputs: _old, ...component } = node.component ?? {};
  /** @type {JsonObject} */
  let made = { ...node, component: { ...component, code: plugin.code, version: plugin.version, data } };
  for (const field of plugin.inputs) {
    if (!(field.key in data) && field.default !== null && field.default !== undefined) made = withInput(made, field.key, field.default, false);
  }
  if (!node.name || node.name === before?.name) made.name = plugin.name.slice(0, longest);
  const gone = tags.filter((tag) => !known.has(tag));
  return { node: made, constants: retagged(forgetInputs(constants, node.id, gone, (key) => isUsed(key, made)), made) };
}

/** Variables of inputs that stayed stand for the fields of the new plugin now, unless another node has them too. @param {Place["constants"]} constants @param {JsonObject} node */
function retagged(constants, node) {
  return Object.fromEntries(Object.entries(constants).map(([key, c]) => {
    const tags = c.source_info?.[node.id] ?? [], isOwn = c.source_type === "component_inputs" && Object.keys(c.source_info ?? {}).length === 1 && tags.length === 1;
    const wanted = isOwn && inputOf(node, tags[0]).hook ? sourceTag(node, tags[0]) : c.source_tag;
    return [key, wanted === c.source_tag ? c : { ...c, source_tag: wanted }];
  }));
}

/**
 * The plugins to choose from, one a code (its last version), in groups in their order, those that fit a search.
 * @param {Plugin[]} plugins
 * @param {string} search
 * @returns {{ group: string, plugins: Plugin[] }[]}
 */
export function inGroups(plugins, search) {
  const wanted = search.trim().toLowerCase(), latest = new Map(plugins.map((p) => [p.code, p]));
  const found = [...latest.values()].filter((p) => `${p.name} ${p.code} ${p.group} ${p.description}`.toLowerCase().includes(wanted));
  const groups = [...new Set(found.map((p) => p.group))];
  return groups.map((group) => ({ group, plugins: found.filter((p) => p.group === group) }));
}
