/**
 * Where in a flow its problems are, and how one gets there.
 *
 * @typedef {import("./service.js").Problem} Problem
 * @typedef {{ id: string, name: string, icon: import("../../fields/glyphs.js").GlyphName, list: Problem[], go: () => void }} Place
 */
import { goTo, nameOfElement } from "../going.js";
import { t } from "../../words.js";

/**
 * Where the problems are, what is on the canvas first, the flow itself last.
 * @param {any} editor
 * @param {Map<string, Problem[]>} byPlace
 * @returns {Place[]}
 */
export function placesOf(editor, byPlace) {
  const rank = (/** @type {Place} */ { icon }) => ["puzzle", "arrowRight", "variable"].indexOf(icon);
  const places = [...byPlace].map(([id, list]) => ({ id, list, ...placeOf(editor, id) })), ofFlow = places.filter((place) => place.icon === "sitemap");
  const elsewhere = places.filter((place) => !ofFlow.includes(place)).sort((a, b) => rank(a) - rank(b));
  return ofFlow.length ? [...elsewhere, { ...ofFlow[0], list: ofFlow.flatMap((place) => place.list) }] : elsewhere;
}

/** What a problem is about, and how one gets there. @param {any} editor @param {string} id @returns {Pick<Place, "name" | "icon" | "go"> & { isWhole?: boolean }} isWhole: it is about no part of the flow */
export function placeOf(editor, id) {
  const element = editor.get("elementRegistry").get(id), constant = editor.get("treeStore").rest.constants?.[id];
  if (element?.businessObject && element.parent) return { name: nameOfElement(element), icon: element.waypoints ? "arrowRight" : "puzzle", go: () => goTo(editor, id) };
  if (constant) return { name: constant.name ? `${constant.name} ${id}` : id, icon: "variable", go: () => editor.get("panels").show("variables", id) };
  return { name: t("The whole flow"), icon: "sitemap", isWhole: true, go: () => editor.get("view").fit() };
}
