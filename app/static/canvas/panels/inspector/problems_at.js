/**
 * Which problems of a node stand at which field.
 *
 * @typedef {{ rule: string, message: string, where: string }} Problem
 */

/** The rules whose problems have a field of their own. @type {Record<string, string>} */
const PLACES = { name: "name", component: "plugin", unknown_plugin: "plugin", auto_retry: "retry", timeout: "timeout", worker_group: "group", executor_proxy: "proxy", subprocess: "flow", template: "flow", condition: "condition", step: "step", switch: "step" };

/**
 * @param {Problem[]} problems of one element
 * @param {string[]} [tags] the keys of its inputs
 * @returns {{ at: (place: string) => string, input: (tag: string) => string, others: Problem[] }}
 */
export function placed(problems, tags = []) {
  const tagOf = (/** @type {Problem} */ p) => tags.find((tag) => p.message.includes(`(${tag})`) || p.where.endsWith(`.${tag}`));
  const words = (/** @type {Problem[]} */ found) => found.map((p) => p.message).join("; ");
  return {
    at: (place) => words(problems.filter((p) => PLACES[p.rule] === place)),
    input: (tag) => words(problems.filter((p) => !PLACES[p.rule] && tagOf(p) === tag)),
    others: problems.filter((p) => !PLACES[p.rule] && !tagOf(p)),
  };
}
