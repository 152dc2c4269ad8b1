/** What nodes, lines and notes are called when they are spoken of. */
import { t } from "../words.js";

/** @param {string} kind @returns {string} */
export function kindName(kind) {
  switch (kind) {
    case "EmptyStartEvent": return t("Start");
    case "EmptyEndEvent": return t("End");
    case "SubProcess": return t("Subprocess");
    case "ExclusiveGateway": return t("Exclusive gateway");
    case "ParallelGateway": return t("Parallel gateway");
    case "ConditionalParallelGateway": return t("Conditional parallel gateway");
    case "ConvergeGateway": return t("Converge gateway");
    case "Note": return t("Note");
    case "Flow": return t("Line");
    default: return t("Task");
  }
}

/** The name of an element, else what it is. @param {any} element @returns {string} */
export function elementName(element) {
  const { kind, node, note } = element.businessObject;
  return (kind === "Note" ? note.text.split("\n")[0] : node?.name) || kindName(kind);
}

/** @type {Intl.ListFormat | undefined} */
let lists;

/** Several names in one phrase, as the reader's language joins them. @param {string[]} names */
export function listed(names) {
  lists ??= new Intl.ListFormat(document.documentElement.lang || "en", { type: "conjunction" });
  return lists.format(names);
}

/**
 * An element as it is read out.
 * @param {any} element
 * @param {{ number: number, count: number }} place its place among the nodes
 * @returns {string}
 */
export function described(element, { number, count }) {
  const { kind, condition, fallback } = element.businessObject;
  if (kind === "Note") return t("Note: {text}", { text: element.businessObject.note.text });
  if (kind === "Flow") {
    const ends = { source: elementName(element.source), target: elementName(element.target) };
    if (fallback) return t("Line from {source} to {target}, taken when no other is", ends);
    return condition ? t("Line from {source} to {target}, if {condition}", { ...ends, condition: condition.name || condition.evaluate }) : t("Line from {source} to {target}", ends);
  }
  const words = { kind: kindName(kind), name: element.businessObject.node.name ?? "", number, count };
  const targets = listed(element.outgoing.map((/** @type {any} */ l) => elementName(l.target)));
  if (targets) return words.name ? t("{kind} {name}, {number} of {count}, leads to {targets}", { ...words, targets }) : t("{kind}, {number} of {count}, leads to {targets}", { ...words, targets });
  return words.name ? t("{kind} {name}, {number} of {count}, leads nowhere", words) : t("{kind}, {number} of {count}, leads nowhere", words);
}
