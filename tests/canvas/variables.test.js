/** Edits of the flow's variables: their order, what goes and what stays when variables or nodes are deleted. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import fc from "fast-check";
import Perspective from "../../app/static/canvas/diagram/perspective.js";
import { choicesOf, columnsOf, written } from "../../app/static/canvas/panels/variables/defined.js";
import { windowOf } from "../../app/static/canvas/panels/variables/window.js";
import { patchedTree, whereUsed } from "../../app/static/canvas/tree/references.js";
import { accessOf, afterNodesWent, afterRemoval, cloned, definitionOf, detached, duplicated, isHiding, listed, movedBefore, newVariable, numbered, partsOf, removed, retyped, whyNotVariableKey } from "../../app/static/canvas/tree/variables.js";
import { DIAMOND } from "./graphs.js";
import { editorOn } from "./headless.js";

/** @param {any} more @returns {any} */
const treeOf = (more) => ({ start_event: {}, end_event: {}, activities: {}, gateways: {}, flows: {}, constants: {}, outputs: [], ...more });
/** @param {string} name @param {any} [more] */
const one = (name, more = {}) => ({ [`\${${name}}`]: { key: `\${${name}}`, name, index: 0, value: "", source_type: "custom", custom_type: "input", source_info: {}, show_type: "show", ...more } });
/** @param {string} value @param {any} [more] */
const activity = (value, more = {}) => ({ id: "n", type: "ServiceActivity", name: "N", component: { code: "x", data: { script: { hook: false, value, ...more } } } });
const TYPES = JSON.parse(JSON.stringify({
  input: { custom_type: "input", source_tag: "input.input", name: "Text", description: "", widget: "text", is_meta: false, fields: [], default_validation: "^.+$" },
  textarea: { custom_type: "textarea", source_tag: "textarea.textarea", name: "", description: "", widget: "textarea", is_meta: false, fields: [], default_validation: "^[\\s\\S]+$" },
  password: { custom_type: "password", source_tag: "password.password", name: "", description: "", widget: "password", is_meta: false, fields: [], default_validation: "" },
  moment: { custom_type: "format_support_datetime", source_tag: "", name: "", description: "", widget: "keyvalue", is_meta: false, source: "given", fields: [{ key: "datetime", default: null }, { key: "datetime_format", default: "%Y" }], default_validation: "" },
  now: { custom_type: "current_time", source_tag: "", name: "", description: "", widget: "code", is_meta: false, source: "task", fields: [{ key: "time_unit", default: ["year"] }], default_validation: "" },
  select: { custom_type: "select", source_tag: "select.select", name: "", description: "", widget: "choice", is_meta: true, fields: [{ key: "type", default: "0" }, { key: "default", default: "" }], default_validation: "" },
}));

test("variables are numbered from 0 in their order, and those that keep their number stay the same objects", () => {
  const constants = { ...one("a", { index: 7 }), ...one("b", { index: 0 }), ...one("c", { index: 9 }) }, now = numbered(constants);
  assert.deepEqual(listed(now).map(([key, c]) => [key, c.index]), [["${b}", 0], ["${a}", 1], ["${c}", 2]]);
  assert.equal(now["${b}"], constants["${b}"]);
  assert.deepEqual(Object.keys(now), Object.keys(constants));
});

test("moved variables stand before the one where they were dropped, together and in their order", () => {
  assert.deepEqual(movedBefore(["a", "b", "c", "d"], ["d", "a"], "c"), ["b", "a", "d", "c"]);
  assert.deepEqual(movedBefore(["a", "b", "c"], ["a"], null), ["b", "c", "a"]);
  assert.deepEqual(movedBefore(["a", "b"], ["a"], "a"), ["a", "b"]);
});

test("moving never loses a variable, and the moved ones stand before their target", () => {
  const keys = fc.uniqueArray(fc.integer({ min: 0, max: 30 }).map(String), { minLength: 1 });
  fc.assert(fc.property(keys.chain((all) => fc.tuple(fc.constant(all), fc.subarray(all), fc.option(fc.constantFrom(...all)))), ([all, some, before]) => {
    const now = movedBefore(all, some, before);
    assert.deepEqual([...now].sort(), [...all].sort());
    if (before !== null && some.length && !some.includes(before)) assert.equal(now[now.indexOf(before) - 1], all.filter((key) => some.includes(key)).at(-1));
  }));
});

test("a copy stands behind what it copies, with a key of its own and no node", () => {
  const { constants, key } = duplicated({ ...one("a"), ...one("b", { index: 1, source_type: "component_inputs", custom_type: "", source_info: { n: ["script"] } }), ...one("c", { index: 2 }) }, "${b}", "b again");
  assert.equal(key, "${b_1}");
  assert.deepEqual(listed(constants).map(([k]) => k), ["${a}", "${b}", "${b_1}", "${c}"]);
  assert.deepEqual([constants[key].source_type, constants[key].source_info, constants[key].name], ["custom", {}, "b again"]);
});

test("variables of another flow get other keys where theirs are taken, and refer to one another by them", () => {
  const mine = { ...one("a", { index: 3 }) };
  const theirs = Object.values({ ...one("a", { value: "1" }), ...one("a_1", { value: "${a}" }), ...one("b", { value: "${a + a_1}", hide_condition: [{ constant_key: "${a}", operator: "=", value: "1" }] }) });
  const now = cloned(mine, theirs);
  assert.deepEqual(listed(now).map(([key, c]) => [key, c.value, c.index]), [["${a}", "", 0], ["${a_2}", "1", 1], ["${a_1}", "${a_2}", 2], ["${b}", "${a_2 + a_1}", 3]]);
  assert.equal(now["${b}"].hide_condition[0].constant_key, "${a_2}");
});

test("a variable that loses its node becomes a custom one of the type that its value has", () => {
  const of = (/** @type {any} */ value) => detached(/** @type {any} */ (one("a", { source_type: "component_inputs", custom_type: "", value })["${a}"])).custom_type;
  assert.deepEqual(["x", "x\ny", 3, ["x"], undefined].map(of), ["input", "textarea", "int", "", "input"]);
});

test("a variable of another type keeps what the type can hold, and never shows a password", () => {
  const text = newVariable({}, TYPES.input, "New");
  assert.deepEqual([text.key, text.custom_type, text.validation], ["${variable}", "input", "^.+$"]);
  const longer = retyped({ ...text, value: "v" }, TYPES.textarea, TYPES.input);
  assert.deepEqual([longer.value, longer.validation, longer.source_tag], ["v", "^[\\s\\S]+$", "textarea.textarea"]);
  assert.equal(retyped({ ...text, value: "sealed" }, TYPES.input, TYPES.password).value, "");
  assert.equal(retyped({ ...text, value: "typed" }, TYPES.password, TYPES.input).value, "");
  assert.deepEqual(retyped({ ...text, value: "v" }, TYPES.select, TYPES.input).value, { type: "0", default: "" });
  assert.equal(retyped({ ...text, validation: "^v" }, TYPES.textarea, TYPES.input).validation, "^v");
});

test("the definition of a variable that has been given a value is what it was before", () => {
  assert.deepEqual(definitionOf(/** @type {any} */ ({ is_meta: true, value: "b", meta: { value: { items_text: "[]" } } })), { items_text: "[]" });
  assert.deepEqual(definitionOf(/** @type {any} */ ({ is_meta: true, value: { items_text: "[1]" } })), { items_text: "[1]" });
});

test("a key that no expression can read is refused", () => {
  const why = (/** @type {string} */ key) => whyNotVariableKey(one("taken"), key);
  assert.deepEqual(["a", "taken", "", "a b", "1a", "_env_x", "class", "True", "_x"].map(why), [null, "taken", "empty", "letters", "letters", "reserved", "reserved", "reserved", "reserved"]);
});

test("when a variable goes the inputs that it stood for get its value", () => {
  const constants = { ...one("a", { value: "10.0.0.1", source_type: "component_inputs", source_info: { n: ["script"] } }), ...one("b", { index: 1, is_condition_hide: "true", hide_condition: [{ constant_key: "${a}", operator: "=", value: "1" }] }) };
  const tree = treeOf({ activities: { n: activity("${a}", { hook: true }), m: { ...activity("x ${a}"), id: "m" } }, constants, outputs: ["${a}", "${b}"] });
  const now = patchedTree(tree, removed(tree, ["${a}"]));
  assert.deepEqual(now.activities.n.component.data.script, { hook: false, value: "10.0.0.1" });
  assert.equal(now.activities.m, tree.activities.m);
  assert.deepEqual([Object.keys(now.constants), now.constants["${b}"].index, now.outputs], [["${b}"], 0, ["${b}"]]);
  assert.deepEqual([now.constants["${b}"].hide_condition, isHiding(now.constants["${b}"])], [[], false]);
});

test("when the variable of an output goes what read it keeps its text", () => {
  const tree = treeOf({ activities: { n: activity("${a}", { hook: true }) }, constants: one("a", { source_type: "component_outputs", source_info: { m: ["x"] } }) });
  assert.deepEqual(patchedTree(tree, removed(tree, ["${a}"])).activities.n.component.data.script, { hook: false, value: "${a}" });
});

test("variables of nodes that went: unused ones go, used inputs become custom, used outputs stay to be found fault with", () => {
  const of = (/** @type {string} */ source_type, /** @type {any} */ source_info, /** @type {number} */ index) => ({ source_type, source_info, index, custom_type: "" });
  const constants = {
    ...one("unread", of("component_outputs", { gone: ["x"] }, 0)), ...one("read", of("component_outputs", { gone: ["x"] }, 1)), ...one("also", of("component_outputs", { gone: ["x"], n: ["y"] }, 2)),
    ...one("lone", of("component_inputs", { gone: ["x"] }, 3)), ...one("kept", of("component_inputs", { gone: ["x"] }, 4)), ...one("out", of("component_outputs", { gone: ["x"] }, 5)), ...one("other", { index: 6 }),
  };
  const now = afterNodesWent(treeOf({ activities: { n: activity("${read} ${kept} ${also}") }, constants, outputs: ["${out}"] }), new Set(["gone"]));
  assert.ok(now);
  assert.deepEqual(listed(now).map(([key, c]) => [key, c.source_type, Object.keys(c.source_info ?? {}), c.index]), [
    ["${read}", "component_outputs", ["gone"], 0], ["${also}", "component_outputs", ["n"], 1], ["${kept}", "custom", [], 2], ["${out}", "component_outputs", ["gone"], 3], ["${other}", "custom", [], 4],
  ]);
});

test("nodes that no variable knows make no difference", () => {
  assert.equal(afterNodesWent(treeOf({ constants: one("a", { source_type: "component_outputs", source_info: { n: ["x"] } }) }), new Set(["other"])), null);
});

test("each node reads what its inputs name and writes what takes its outputs; gateways read their conditions", () => {
  const { tree } = JSON.parse(readFileSync("app/samples/20_release.json", "utf8")), access = accessOf(tree);
  assert.deepEqual(access.get("measure"), { reads: [], writes: ["${errors}"] });
  assert.deepEqual(access.get("build"), { reads: ["${version}"], writes: [] });
  assert.deepEqual(access.get("xor"), { reads: ["${errors}"], writes: [] });
  assert.equal(access.get("start"), undefined);
});

test("removing any variables leaves an order without gaps and no output or row that names them", () => {
  const { tree } = JSON.parse(readFileSync("app/samples/20_release.json", "utf8"));
  fc.assert(fc.property(fc.subarray(Object.keys(tree.constants)), (keys) => {
    const now = patchedTree(tree, removed(tree, keys));
    assert.deepEqual(listed(now.constants).map(([, c]) => c.index), Object.keys(now.constants).map((_, i) => i));
    assert.ok(keys.every((key) => !(key in now.constants) && !whereUsed(now).get(key)?.some((use) => use.kind === "output" || use.kind === "hide_condition")));
  }));
});


test("a variable whose value has parts takes over a text as the first of them, unless the task works it out", () => {
  const text = { ...newVariable({}, TYPES.input, "New"), value: "2026-11-22 08:00:00" };
  assert.deepEqual(retyped(text, TYPES.moment, TYPES.input).value, { datetime: "2026-11-22 08:00:00", datetime_format: "%Y" });
  assert.deepEqual(retyped(text, TYPES.now, TYPES.input).value, { time_unit: ["year"] });
  assert.equal(retyped({ ...text, value: { datetime: "x" } }, TYPES.input, TYPES.moment).value, "");
  const parts = (/** @type {any} */ value) => partsOf(/** @type {any} */ ({ value }), TYPES.moment);
  assert.deepEqual([parts("22.11."), parts(""), parts({ datetime: "a", odd: 1 })], [{ datetime: "22.11." }, {}, { datetime: "a", odd: 1 }]);
});

test("a definition says its choices and columns, also as JSON in a text; what cannot be read says none", () => {
  assert.deepEqual(choicesOf({ items_text: '[{"text": "Europe", "value": "eu"}, 2]' }), [{ value: "eu", label: "Europe" }, { value: 2, label: "2" }]);
  assert.deepEqual(choicesOf({ items_text: "https://choices.example.org" }), []);
  const columns = columnsOf({ columns: '[{"tag_code": "ip", "attrs": {"name": "Address"}}, {"tag_code": "port", "type": "int"}, {"tag_code": "zone", "type": "select", "attrs": {"items": [{"name": "East", "value": "e"}]}}, {"type": "int"}]' });
  assert.deepEqual(columns.map((c) => [c.key, c.name, c.widget, c.choices.length]), [["ip", "Address", "text", 0], ["port", "port", "number", 0], ["zone", "zone", "choice", 1]]);
  assert.deepEqual([written([{ ip: "a" }], '[{"ip": "b"}]'), written([{ ip: "a" }], [])], ['[{"ip":"a"}]', [{ ip: "a" }]]);
});

test("what is said before a variable is deleted is what then happens to its uses", () => {
  const constants = { ...one("a", { value: "10.0.0.1", source_type: "component_inputs", source_info: { n: ["script"] } }), ...one("out", { index: 1, source_type: "component_outputs", source_info: { n: ["x"] } }) };
  const tree = treeOf({ activities: { n: activity("${a}", { hook: true }), m: { ...activity("x ${a}"), id: "m" }, o: { ...activity("${out}", { hook: true }), id: "o" } }, constants }), uses = whereUsed(tree);
  const told = (/** @type {string} */ key) => afterRemoval(tree, [key], uses.get(key) ?? []);
  assert.deepEqual(told("${a}"), { given: 1, left: 1 });
  assert.deepEqual(told("${out}"), { given: 0, left: 1 });
  const left = whereUsed(patchedTree(tree, removed(tree, ["${a}", "${out}"])));
  assert.deepEqual([left.get("${a}")?.length, left.get("${out}")?.length], [1, 1]);
});

test("of a long list only the rows that are seen are drawn, and a few around them, however long it is", () => {
  const seen = { first: 0, rows: 8, height: 30 };
  for (const count of [31, 300, 10_000]) {
    for (const first of [0, 20, count / 2, count - 8, count + 50]) {
      const { from, to, above, below } = windowOf(count, { ...seen, first: Math.floor(first) });
      assert.ok(to - from <= 26, `${to - from} rows of ${count}`);
      assert.ok(from <= Math.min(first, count - 8) && to >= Math.min(count, first + 8));
      assert.equal(above + (to - from) * 30 + below, count * 30);
    }
  }
  assert.deepEqual(windowOf(30, seen), { from: 0, to: 30, above: 0, below: 0 });
});

test("variables of every type that bk-sops has are written back as they were read", () => {
  const values = { current_time: { time_unit: ["year"], time_zone: "UTC" }, set_allocation: { config: {}, data: [{ bk_set_name: "a", __module: [] }], separator: "," }, set_filter_selector: { bk_obj_id: "set", bk_set_id: [1] }, attribute_query: "10.0.0.7", gse_kit_ip_selector: { var_set_env: "3" }, odd: null };
  const constants = Object.assign({}, ...Object.entries(values).map(([custom_type, value], index) => one(custom_type, { custom_type, value, index, form_schema: { type: custom_type } })));
  const tree = { ...JSON.parse(readFileSync("app/samples/20_release.json", "utf8")).tree, constants };
  assert.deepEqual(editorOn(tree).get("treeStore").tree, tree);
});

test("the marks of a variable that is pointed at are taken away again, whatever was edited meanwhile", () => {
  const data = { text: { hook: true, value: "${x}" } };
  const editor = editorOn({ ...DIAMOND, activities: { ...DIAMOND.activities, a: { ...DIAMOND.activities.a, component: { code: "c", data } } }, constants: { "${x}": { key: "${x}", name: "x", value: "" } } });
  const marked = new Set(), mark = (/** @type {any} */ id, /** @type {string} */ name) => `${id} ${name}`;
  const canvas = { addMarker: (/** @type {any} */ id, /** @type {string} */ name) => marked.add(mark(id, name)), removeMarker: (/** @type {any} */ id, /** @type {string} */ name) => marked.delete(mark(id, name)) };
  const perspective = new Perspective(editor.get("eventBus"), canvas, editor.get("elementRegistry"), editor.get("treeStore"), editor.get("catalogue"));
  perspective.highlight("${x}");
  assert.deepEqual([...marked], ["a reads-variable"]);
  editor.get("modeling").updateNode(editor.get("elementRegistry").get("a"), { component: { code: "c", data: {} } });
  perspective.highlight(null);
  assert.deepEqual([...marked], []);
});
