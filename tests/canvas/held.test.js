/** What an entry of a comparison tells of a thing that came or went. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { labelOf, valueOf } from "../../app/static/canvas/session/change_words.js";
import { counted, toldOf } from "../../app/static/canvas/session/changes_told.js";
import { inOrder, worthTelling } from "../../app/static/canvas/session/held.js";

const PLUGIN = {
  code: "http", version: "v1", name: "HTTP request", outputs: [{ key: "code", name: "Status" }],
  inputs: [{ key: "method", name: "Method", default: "GET", choices: [{ value: "POST", label: "Post it" }] }, { key: "url", name: "URL", default: "" }, { key: "secret", name: "Token", secret: true, default: "" }],
};
const ABOUT = { plugin: PLUGIN, plugins: [PLUGIN], types: [{ custom_type: "input", name: "Text", default_validation: "^.+$" }], targetOf: (/** @type {string} */ id) => `<${id}>`, fieldName: (/** @type {string} */ _, /** @type {string} */ tag) => tag };

/** What is told of values by their paths, in words. @param {Record<string, any>} values @param {string} what */
function told(values, what, about = ABOUT) {
  const holds = Object.entries(values).map(([path, value]) => ({ path, value }));
  return inOrder(worthTelling(holds, what, about), about).map(({ path, value }) => [labelOf(path, about), valueOf(path, value, about)]);
}

test("of a node its plugin comes first, then its inputs in the order of the form, then what is set otherwise", () => {
  assert.deepEqual(told({
    optional: true, "component.version": "v1", "component.data.url.hook": false, "component.data.url.value": "https://x", "component.data.method.value": "POST", "component.code": "http", skippable: false, retryable: true,
  }, "node"), [["What it does", "HTTP request"], ["Method", "Post it"], ["URL", "https://x"], ["May be left out when a task is made", "Yes"], ["A person may skip it", "No"]]);
});

test("inputs and settings that are as they are at first are not told", () => {
  assert.deepEqual(told({ "component.data.method.value": "GET", "component.data.url.value": "", stage_name: "", labels: [], optional: false, skippable: true, "auto_retry.enable": false, "auto_retry.times": 3 }, "node"), []);
  assert.deepEqual(told({ "component.data.method.value": "" }, "node"), [["Method", "“”"]]);
});

test("a switch comes before what it switches", () => {
  assert.deepEqual(told({ "auto_retry.times": 3, "timeout_config.action": "forced_fail", "auto_retry.enable": true, "timeout_config.enable": true }, "node").map(([label]) => label),
    ["Retry by itself", "Retry by itself · How often", "Give up after a time", "Give up after a time · Then"]);
});

test("a secret input is masked", () => {
  assert.deepEqual(told({ "component.data.secret.value": "hunter2" }, "node"), [["Token", "******"]]);
});

test("a gateway tells its branches by where they lead, and their names where they have some", () => {
  assert.deepEqual(told({ "conditions.f1.evaluate": "1 == 1", "conditions.f1.name": "1 == 1", "conditions.f1.tag": "t", "conditions.f2.evaluate": "x", "conditions.f2.name": "late", "default_condition.flow_id": "f3", "default_condition.name": "d" }, "node"), [
    ["Condition of the branch to <f1>", "1 == 1"], ["Condition of the branch to <f2>", "x"], ["Name on the line", "late"], ["Taken when no other branch is", "<f3>"],
  ]);
});

test("a line tells its ends and its condition", () => {
  assert.deepEqual(told({ source: "a", target: "b", is_default: false, condition: "1 == 1", condition_name: "1 == 1" }, "line"), [["Begins at", "<a>"], ["Leads to", "<b>"], ["Condition", "1 == 1"]]);
});

test("a variable tells its type and its value, also an empty one", () => {
  assert.deepEqual(told({ key: "${x}", source_type: "custom", custom_type: "input", value: "", validation: "^.+$", desc: "", show_type: "show" }, "variable"), [["Type", "Text"], ["Value", "“”"]]);
  assert.deepEqual(told({ custom_type: "input", value: "show", show_type: "hide" }, "variable"), [["Type", "Text"], ["Value", "show"], ["Asked", "No"]]);
});

test("a variable that takes an output tells of which node", () => {
  assert.deepEqual(told({ source_type: "component_outputs", "source_info.a": ["code"], custom_type: "", value: "", show_type: "hide" }, "variable"), [["Source", "Output of <a>: code"]]);
});

const TREE = { start_event: { id: "s" }, end_event: { id: "e" }, activities: { a: { id: "a", name: "A" }, b: { id: "b", name: "B" } }, gateways: {}, flows: {}, constants: {}, outputs: [] };
const NOTHING = { added: [], removed: [], changed: [] };
const moved = (/** @type {string} */ id) => ({ id, name: "", kind: "", changes: [], drawn: [{ path: "location.x", before: 1, after: 2 }] });

test("all nodes that were only moved are one entry; a single one goes by its name", () => {
  const of = (/** @type {any[]} */ changed) => toldOf({ nodes: { ...NOTHING, changed }, flows: NOTHING, variables: NOTHING, notes: NOTHING, outputs: NOTHING, rest: [] }, TREE, TREE, {});
  const [both, ...others] = of([moved("a"), moved("b")]), [one] = of([moved("b")]);
  assert.deepEqual([both.kind, both.name, both.members.map(({ name }) => name), others], ["moved", "Nodes: 2", ["A", "B"], []]);
  assert.equal(one.name, "B");
  assert.deepEqual(counted([both]).map(({ words, number }) => [words, number]), [["Moved nodes", 2]]);
});

test("a variable with another key was renamed", () => {
  const changed = [{ id: "${y}", name: "X", kind: "input", changes: [{ path: "key", before: "${x}", after: "${y}" }], drawn: [] }];
  const [entry] = toldOf({ nodes: NOTHING, flows: NOTHING, variables: { ...NOTHING, changed }, notes: NOTHING, outputs: NOTHING, rest: [] }, TREE, TREE, {});
  assert.deepEqual([entry.kind, entry.name], ["renamed", "X ${y}"]);
});
