/** Copying a part of a flow and fitting it into another: ids, lines, conditions, variables. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import fc from "fast-check";
import { fitClip, makeClip, readClip } from "../../app/static/canvas/gestures/pure/clip.js";
import { readTree } from "../../app/static/canvas/tree/reading.js";

const RELEASE = JSON.parse(readFileSync("app/samples/20_release.json", "utf8")).tree;

/** @param {Record<string, any>} constants @param {Record<string, any>} [data] of a first task */
const flow = (constants, data = {}) => readTree(/** @type {any} */ ({
  start_event: { id: "s", type: "EmptyStartEvent", incoming: "", outgoing: "1" }, end_event: { id: "e", type: "EmptyEndEvent", incoming: ["4", "5"], outgoing: "" },
  activities: { a: task("a", "1", "2", data), b: task("b", "3", "4", { text: { hook: false, value: "after ${a_out}" } }) },
  gateways: { g: { id: "g", type: "ExclusiveGateway", name: "", incoming: "2", outgoing: ["3", "5"], conditions: { 3: { evaluate: '"${x}" == "1"', name: "x is 1", tag: "branch_g_b" } }, default_condition: { flow_id: "5", name: "else", tag: "branch_g_e" } } },
  flows: Object.fromEntries([["1", "s", "a"], ["2", "a", "g"], ["3", "g", "b"], ["4", "b", "e"], ["5", "g", "e"]].map(([id, source, target]) => [id, { id, source, target, is_default: false }])),
  constants, outputs: [],
}));
/** @param {string} id @param {string} incoming @param {string} outgoing @param {any} data */
const task = (id, incoming, outgoing, data) => ({ id, type: "ServiceActivity", name: id, incoming, outgoing, component: { code: "c", data } });
const variable = (/** @type {string} */ key, /** @type {any} */ more = {}) => ({ key, name: key, index: 0, source_type: "custom", custom_type: "input", source_info: {}, value: "", ...more });
const ids = () => {
  let i = 0;
  return (/** @type {string} */ word) => `${word}${(i += 1)}`;
};
/** @param {any} drawing @param {string} chosen @param {any} [into] */
const paste = (drawing, chosen, into = {}) => {
  const clip = readClip(JSON.stringify(makeClip(drawing, new Set(chosen.split(" ")))));
  assert.ok(clip);
  return fitClip(clip, into, ids());
};
/** @param {any} fitted @param {string} name */
const named = (fitted, name) => fitted.nodes.find((/** @type {any} */ n) => n.node.name === name).node;

test("only lines between copied nodes come along, with the conditions of those branches", () => {
  const fitted = paste(flow({}), "g b");
  const [gate] = fitted.nodes.filter((n) => n.kind === "ExclusiveGateway"), task = fitted.nodes.find((n) => n.kind === "ServiceActivity");
  assert.deepEqual(fitted.flows.map((f) => [f.source, f.target, f.condition?.name, f.condition?.tag]), [[gate.id, task?.id, "x is 1", `branch_${gate.id}_${task?.id}`]]);
  assert.equal(fitted.flows[0].fallback, null);
});

test("the start and the end cannot be copied", () => {
  assert.equal(makeClip(flow({}), new Set(["s", "e"])), null);
});

test("every id is new", () => {
  const drawing = readTree(RELEASE), all = new Set(drawing.nodes.map((n) => n.id));
  const fitted = paste(drawing, [...all].join(" "));
  const old = new Set([...all, ...drawing.flows.map((f) => f.id)]);
  for (const { id } of [...fitted.nodes, ...fitted.flows]) assert.ok(!old.has(id));
  for (const { id, node, place } of fitted.nodes) assert.deepEqual([node.id, place?.id], [id, id]);
  assert.equal(fitted.nodes.length, drawing.nodes.length - 2);
});

test("variables that are referred to come along, also by way of another, and no others", () => {
  const constants = { "${x}": variable("${x}", { value: "${y}" }), "${y}": variable("${y}"), "${z}": variable("${z}") };
  assert.deepEqual(Object.keys(paste(flow(constants), "g b").constants), ["${x}", "${y}"]);
});

test("a variable that the flow has already is the same one", () => {
  const constants = { "${x}": variable("${x}", { value: "1" }) };
  const fitted = paste(flow(constants), "g b", { "${x}": variable("${x}", { value: "1", index: 7 }) });
  assert.deepEqual([Object.keys(fitted.constants), fitted.renamed], [["${x}"], []]);
});

test("a different variable of that name makes it be called otherwise, wherever it is referred to", () => {
  const constants = { "${x}": variable("${x}", { value: "${y}" }), "${y}": variable("${y}", { value: "ours" }) };
  const into = { "${y}": variable("${y}", { value: "theirs" }), "${y_1}": variable("${y_1}"), "${x}": variable("${x}", { value: "other" }) };
  const fitted = paste(flow(constants, { text: { hook: true, value: "${y}${x + y.y}" } }), "a g b", into);
  assert.deepEqual(fitted.renamed, [["${x}", "${x_1}"], ["${y}", "${y_2}"]]);
  assert.equal(named(fitted, "a").component.data.text.value, "${y_2}${x_1 + y_2.y}");
  assert.equal(fitted.flows.find((f) => f.condition)?.condition?.evaluate, '"${x_1}" == "1"');
  assert.deepEqual([fitted.constants["${x_1}"].key, fitted.constants["${x_1}"].value, fitted.constants["${y}"].value], ["${x_1}", "${y_2}", "theirs"]);
});

test("an output of a copied node becomes the output of the copy", () => {
  const constants = { "${a_out}": variable("${a_out}", { source_type: "component_outputs", source_info: { a: ["out"] } }) };
  const fitted = paste(flow(constants), "a g b", constants), copy = named(fitted, "a");
  assert.equal(named(fitted, "b").component.data.text.value, "after ${a_out_1}");
  assert.deepEqual(fitted.constants["${a_out_1}"].source_info, { [copy.id]: ["out"] });
  assert.deepEqual(fitted.constants["${a_out}"].source_info, { a: ["out"] });
});

test("an output of a node that stays behind is the same in its own flow, and lost in another", () => {
  const constants = { "${a_out}": variable("${a_out}", { source_type: "component_outputs", source_info: { a: ["out"] } }) };
  assert.deepEqual(paste(flow(constants), "b", constants).lost, []);
  const away = paste(flow(constants), "b");
  assert.deepEqual([away.lost, Object.keys(away.constants)], [["${a_out}"], []]);
});

test("a hooked input of the copy stands for the same variable", () => {
  const constants = { "${given}": variable("${given}", { source_type: "component_inputs", source_info: { a: ["text"] } }) };
  const fitted = paste(flow(constants, { text: { hook: true, value: "${given}" } }), "a", constants), copy = named(fitted, "a");
  assert.deepEqual(fitted.constants["${given}"].source_info, { a: ["text"], [copy.id]: ["text"] });
});

test("foreign text is no part of a flow", () => {
  for (const text of ["", "hello", "{}", "[1]", '{"sluice":2,"nodes":[]}', '{"sluice":1,"nodes":[]}', '{"sluice":1,"nodes":[{"id":"s","type":"EmptyStartEvent"}]}', '{"sluice":1,"nodes":[{"id":"a","type":"ServiceActivity"}],"flows":[{"id":"f","source":"a","target":"x"}]}']) assert.equal(readClip(text), null, text);
  fc.assert(fc.property(fc.json(), (text) => readClip(text) === null));
});

test("whatever is copied and pasted has whole lines, and no variable that it refers to is missing but outputs from elsewhere", () => {
  const drawing = readTree(RELEASE), all = drawing.nodes.map((n) => n.id);
  fc.assert(fc.property(fc.subarray(all, { minLength: 1 }), (chosen) => {
    const clip = makeClip(drawing, new Set(chosen));
    if (!clip) return;
    const fitted = fitClip(clip, drawing.rest.constants, ids()), own = new Set(fitted.nodes.map((n) => n.id));
    for (const f of fitted.flows) assert.ok(own.has(f.source) && own.has(f.target));
    assert.deepEqual(fitted.lost, []);
    for (const key of Object.keys(drawing.rest.constants)) assert.deepEqual({ ...fitted.constants[key], source_info: 0 }, { ...drawing.rest.constants[key], source_info: 0 });
  }));
});
