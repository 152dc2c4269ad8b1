/** What the server finds wrong, as people who see the flow want to read it. @typedef {import("./service.js").Problem} Problem */
import { t } from "../../words.js";
import { nameOfElement } from "../going.js";

/** Where a message may name a node or a line: behind such a word, in Chinese behind any, or by an id that can be nothing else. */
const ID = /(?<=\b(?:activity|gateway|line|node|subprocess|through) |\p{Script=Han} )\w+|\b\w{16,}\b/gu;

/** Rules whose messages speak of the keys of a tree, which nobody sees on the canvas. @type {Record<string, () => string>} */
const SAID_HERE = { component: () => t("Choose what this node does") };

/** A problem with the names of nodes and lines in place of their ids. @param {any} registry the elements of the canvas @param {Problem} problem @returns {Problem} */
export function worded(registry, problem) {
  const message = SAID_HERE[problem.rule]?.() ?? problem.message.replace(ID, (id) => {
    const element = registry.get(id);
    return element?.parent && element.businessObject?.kind ? t("“{name}”", { name: nameOfElement(element) }) : id;
  });
  return { ...problem, message };
}
