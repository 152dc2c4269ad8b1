/** Inputs and outputs of nodes as variables. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  forgetInputs, hook, hookOutput, inputOf, outputVariable, reusable, reuse, suggestKey, unhook, unhookOutput, whyNotKey, withInput, withoutInputs,
} from "../../app/static/canvas/tree/hooks.js";

const task = (data) => ({ id: "n1", type: "ServiceActivity", name: "Run", component: { code: "script", version: "v1", data } });
const child = (constants) => ({ id: "s1", type: "SubProcess", name: "Sub", constants, hooked_constants: [] });
const name = fc.stringMatching(/^[a-z][a-z0-9_]{0,8}$/);
const constant = fc.record({ name: fc.string(), index: fc.nat(20), source_type: fc.constantFrom("custom", "component_inputs", "component_outputs"), source_info: fc.constant({ other: ["x"] }), value: fc.jsonValue() });
const constants = fc.dictionary(name, constant).map((made) => Object.fromEntries(Object.entries(made).map(([k, c]) => [`\${${k}}`, { ...c, key: `\${${k}}` }])));
const wish = fc.record({ name: fc.string(), show: fc.boolean(), secret: fc.boolean() });
const entry = fc.record({ value: fc.jsonValue(), need_render: fc.boolean() }, { requiredKeys: ["value"] }).map((e) => ({ hook: false, ...e }));

test("an input that is made a variable and given up again is what it was", () => {
  fc.assert(fc.property(fc.dictionary(name, entry, { minKeys: 1, noNullPrototype: true }), constants, wish, (data, before, wanted) => {
    const [tag] = Object.keys(data), place = { node: task(data), constants: before }, key = suggestKey(before, tag);
    const hooked = hook(place, tag, { ...wanted, key });
    assert.deepEqual(inputOf(hooked.node, tag), { value: key, hook: true, known: true });
    assert.deepEqual(hooked.constants[key].source_info, { n1: [tag] });
    assert.deepEqual(hooked.constants[key].value, data[tag].value);
    assert.deepEqual(unhook(hooked, tag, { drop: true }), place);
  }));
});

test("so is one of a subprocess, also a choice that nobody has made yet", () => {
  const shown = fc.record({ name: fc.string(), custom_type: fc.constantFrom("input", "select"), source_tag: fc.string(), value: fc.string() }, { noNullPrototype: true });
  const made = fc.oneof(shown, shown.map((c) => ({ ...c, is_meta: true, value: { items_text: "[]", default: c.value } })), shown.map((c) => ({ ...c, is_meta: true, meta: { ...c, value: {} } })));
  fc.assert(fc.property(fc.dictionary(name.map((n) => `\${${n}}`), made, { minKeys: 1, noNullPrototype: true }), constants, wish, (own, before, wanted) => {
    const [tag] = Object.keys(own), place = { node: child(own), constants: before }, key = suggestKey(before, tag);
    const hooked = hook(place, tag, { ...wanted, key });
    assert.deepEqual(hooked.node.hooked_constants, [tag]);
    assert.equal(hooked.node.constants[tag].value, key);
    assert.equal(hooked.constants[key].custom_type, own[tag].custom_type);
    assert.deepEqual(unhook(hooked, tag, { drop: true }), place);
  }));
});

test("nothing that was there is changed in place", () => {
  const place = { node: task({ a: { hook: false, value: ["x"] } }), constants: { "${b}": { key: "${b}", source_type: "component_inputs", source_info: { n2: ["b"] } } } };
  const copy = structuredClone(place), key = "${a}";
  unhook(hook(place, "a", { key, name: "A", show: true }), "a");
  reuse(place, "a", "${b}");
  assert.deepEqual(place, copy);
});

test("a key that is suggested is free, and one that a variable can have", () => {
  fc.assert(fc.property(constants, fc.string(), (before, word) => {
    const key = suggestKey(before, word);
    assert.equal(whyNotKey(before, key, 1000), null);
  }));
  assert.equal(suggestKey({}, "job_content"), "${job_content}");
  assert.equal(suggestKey({ "${a}": {} }, "a"), "${a_1}");
  assert.equal(suggestKey({}, "_result"), "${result}");
  assert.equal(suggestKey({}, "7 days"), "${v_7_days}");
  assert.equal(suggestKey({}, "名称"), "${variable}");
});

test("why a key cannot be had is told", () => {
  const taken = { "${a}": {} };
  for (const [key, why] of [["", "empty"], ["a", "taken"], ["a b", "letters"], ["1a", "letters"], ["_system", "reserved"], ["_env_x", "reserved"], ["abcdefgh", "long"], ["b", null]]) assert.equal(whyNotKey(taken, key, 10), why, key);
});

test("a variable is used by two inputs and given up by one of them", () => {
  const first = hook({ node: task({ a: { hook: false, value: "60" } }), constants: {} }, "a", { key: "${limit}", name: "Limit", show: false });
  const second = reuse({ node: { ...task({ a: { hook: false, value: "5" } }), id: "n2" }, constants: first.constants }, "a", "${limit}");
  assert.deepEqual(second.constants["${limit}"].source_info, { n1: ["a"], n2: ["a"] });
  assert.equal(second.constants["${limit}"].show_type, "hide");
  assert.deepEqual(reuse(second, "a", "${limit}").constants, second.constants);
  const left = unhook(second, "a");
  assert.deepEqual(left.constants["${limit}"].source_info, { n1: ["a"] });
  assert.deepEqual(inputOf(left.node, "a"), { value: "60", hook: false, known: true });
});

test("a variable that is no input's keeps its sources when an input takes it over", () => {
  const custom = { "${c}": { key: "${c}", source_type: "custom", source_info: {}, value: "v" } };
  const taken = reuse({ node: task({}), constants: custom }, "a", "${c}");
  assert.deepEqual(taken.constants, custom);
  assert.equal(unhook(taken, "a").node.component.data.a.value, "v");
});

test("an input that was an output or a definition gets what it had before anybody gave a value", () => {
  const output = { "${o}": { key: "${o}", source_type: "component_outputs", source_info: { n0: ["log"] }, value: "" } };
  assert.equal(unhook(reuse({ node: task({}), constants: output }, "a", "${o}"), "a", { otherwise: 3 }).node.component.data.a.value, 3);
  const choice = { "${c}": { key: "${c}", source_type: "custom", is_meta: true, value: { items_text: "[]" } } };
  assert.equal(unhook(reuse({ node: task({}), constants: choice }, "a", "${c}"), "a", { otherwise: "x" }).node.component.data.a.value, "x");
  assert.equal(unhook({ node: task({ a: { hook: true, value: "${gone}" } }), constants: {} }, "a", { otherwise: "x" }).node.component.data.a.value, "x");
});

test("a secret becomes a variable of a password", () => {
  const { constants: made } = hook({ node: task({ a: { hook: false, value: "s" } }), constants: {} }, "a", { key: "${a}", name: "A", show: true, secret: true });
  assert.equal(made["${a}"].custom_type, "password");
  assert.equal(made["${a}"].source_tag, "script.a");
});

test("inputs are read and written in the old place and form too", () => {
  const old = { id: "n", type: "ServiceActivity", component: { code: "c", inputs: { a: "plain" } } };
  assert.deepEqual(inputOf(old, "a"), { value: "plain", hook: false, known: true });
  assert.deepEqual(withInput(old, "a", "new").component, { code: "c", inputs: { a: { hook: false, value: "new" } } });
  assert.deepEqual(withoutInputs(old, ["a"]).component, { code: "c", inputs: {} });
  assert.deepEqual(withInput({ id: "n", component: { code: "c" } }, "a", 1).component.data, { a: { hook: false, value: 1 } });
});

test("an output that is kept and let go again leaves no variable", () => {
  fc.assert(fc.property(constants, name, (before, tag) => {
    const kept = hookOutput(before, { id: "n9" }, { key: tag, name: tag }), variable = outputVariable(kept, "n9", tag);
    assert.equal(variable?.source_type, "component_outputs");
    assert.equal(variable?.index, 1 + Math.max(-1, ...Object.values(before).map((c) => c.index)));
    assert.deepEqual(unhookOutput(kept, "n9", tag), before);
  }));
});

test("a variable that another node gives too stays for that one", () => {
  const shared = { "${o}": { key: "${o}", source_type: "component_outputs", source_info: { n1: ["log"], n2: ["log"] } } };
  assert.deepEqual(unhookOutput(shared, "n1", "log")["${o}"].source_info, { n2: ["log"] });
});

test("inputs that go take their variables along, unless somebody needs them", () => {
  const all = Object.fromEntries(["used", "spare", "shared"].map((k) => [`\${${k}}`, { key: `\${${k}}`, source_type: "component_inputs", source_info: k === "shared" ? { n1: [k], n2: [k] } : { n1: [k] } }]));
  const left = forgetInputs({ ...all, "${mine}": { key: "${mine}", source_type: "custom", source_info: {} } }, "n1", ["used", "spare", "shared"], (key) => key === "${used}");
  assert.deepEqual(Object.keys(left), ["${used}", "${shared}", "${mine}"]);
  assert.deepEqual(left["${shared}"].source_info, { n2: ["shared"] });
});

test("variables of the same field are offered first", () => {
  const all = { "${b}": { key: "${b}", index: 1, source_tag: "script.b" }, "${a}": { key: "${a}", index: 0, source_tag: "script.a" } };
  const { same, others } = reusable(all, task({}), "b");
  assert.deepEqual([same.map((c) => c.key), others.map((c) => c.key)], [["${b}"], ["${a}"]]);
});
