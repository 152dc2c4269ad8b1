/**
 * What the server says of itself: the plugins and their fields, the rules of the tree, the types of variables.
 *
 * @typedef {{ key: string, name: string, type: string, widget: string, required: boolean, default: any, choices: { value: any, label: string }[], help: string, secret: boolean, render: boolean, minimum: number | null, maximum: number | null, columns: Field[], was?: string }} Field
 * @typedef {{ code: string, version: string, name: string, group: string, description: string, icon: string, idempotent: boolean, inputs: Field[], outputs: Field[] }} Plugin
 * @typedef {Record<string, { in: [number, number], out: [number, number] }>} LinesOfKinds
 * @typedef {{ source: string, target: string, message: string }} Pair kinds of nodes that are not connected, and why
 * @typedef {{ kinds: LinesOfKinds, dependency_kinds?: LinesOfKinds, forbidden: Pair[], not_drawn?: Pair[], to_itself: string, in_a_circle?: string, trigger_rules?: string[], languages?: string[], deciding: string[], limits: Record<string, number> }} Rules
 */
export default class Catalogue {
  /** @param {{ plugins?: Plugin[], rules?: Rules, variable_types?: any[] } | null} config */
  constructor(config) {
    this.plugins = config?.plugins ?? [];
    this.rules = config?.rules ?? { kinds: {}, forbidden: [], to_itself: "", deciding: [], limits: {} };
    this.variableTypes = config?.variable_types ?? [];
  }

  /**
   * The plugin of a node; without a version the first of its code, which is the one that is used then.
   * @param {string | undefined} code
   * @param {string} [version]
   */
  find(code, version) {
    const own = this.plugins.filter((p) => p.code === code);
    return own.find((p) => p.version === version) ?? own[0];
  }
}
Catalogue.$inject = ["config.catalogue"];
