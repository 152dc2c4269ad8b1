/** Which variables a flow refers to, and that renaming one touches nothing but the names in expressions. */
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";
import fc from "fast-check";
import { keysIn, patchedTree, renameKey, renamedIn, unusedKeys, whereUsed } from "../../app/static/canvas/tree/references.js";

/** @param {any} more @returns {any} */
const treeOf = (more) => ({ start_event: {}, end_event: {}, activities: {}, gateways: {}, flows: {}, constants: {}, outputs: [], ...more });
/** @param {string} value @param {any} [more] */
const variable = (value, more = {}) => ({ name: "", value, ...more });
/** @param {string} value @param {any} [more] */
const activity = (value, more = {}) => ({ id: "n", name: "N", component: { code: "x", data: { script: { hook: false, value, ...more } } } });

const FULL = treeOf({
  activities: { n: activity("echo ${a}"), s: { id: "s", name: "S", constants: { "${child}": { key: "${child}", value: ["${a}"] } } } },
  gateways: { g: { id: "g", conditions: { f: { evaluate: "${a} == 1", name: "${a} == 1" } } } },
  constants: { "${a}": variable("1", { key: "${a}" }), "${b}": variable("x${a}", { key: "${b}", hide_condition: [{ constant_key: "${a}", operator: "=", value: "1" }] }) },
  outputs: ["${a}", "${b}"],
});

test("a key is found at any depth, and keys of objects are not", () => {
  assert.deepEqual([...keysIn({ "${no}": ["${a}", { b: "${b.c}" }], n: 1, none: null })], ["${a}", "${b}"]);
});

test("what a comprehension binds, what is called and what stands behind a dot are no variables", () => {
  assert.deepEqual([...keysIn('${[len(x.name) for x in hosts if "y" in x]}')], ["${hosts}"]);
});

test("each place where a variable is used is told", () => {
  assert.deepEqual(whereUsed(FULL).get("${a}"), [
    { kind: "input", id: "n", name: "N", tag: "script" },
    { kind: "subprocess", id: "s", name: "S", tag: "${child}" },
    { kind: "condition", id: "f", name: "${a} == 1", tag: "g" },
    { kind: "constant", id: "${b}", name: "b", tag: "value" },
    { kind: "hide_condition", id: "${b}", name: "b", tag: "hide_condition" },
    { kind: "output", id: "${a}", name: "", tag: "" },
  ]);
});

test("an input that is not rendered uses nothing, and keeps its text when a variable is renamed", () => {
  const tree = treeOf({ activities: { n: activity("echo ${a}", { need_render: false }) }, constants: { "${a}": variable("1") } });
  assert.deepEqual(whereUsed(tree), new Map());
  assert.deepEqual(patchedTree(tree, renameKey(tree, "${a}", "${b}")).activities, tree.activities);
});

test("a rename reaches every place", () => {
  const renamed = patchedTree(FULL, renameKey(FULL, "${a}", "${z}"));
  assert.equal(whereUsed(renamed).has("${a}"), false);
  assert.deepEqual(whereUsed(renamed).get("${z}")?.map((u) => u.kind), whereUsed(FULL).get("${a}")?.map((u) => u.kind));
  assert.deepEqual(Object.entries(renamed.constants).map(([key, c]) => [key, c.key]), [["${z}", "${z}"], ["${b}", "${b}"]]);
  assert.equal(renamed.gateways.g.conditions.f.name, "${z} == 1");
});

test("a rename reaches what a subprocess with its own tree is given, and nothing else in that tree", () => {
  const pipeline = { constants: { "${p}": { value: "${a}", show_type: "show" }, "${q}": { value: "${a}", show_type: "hide" } } };
  const tree = treeOf({ activities: { s: { id: "s", name: "S", pipeline } }, constants: { "${a}": variable("") } });
  assert.deepEqual(whereUsed(tree).get("${a}")?.map((u) => u.tag), ["${p}"]);
  const { constants } = patchedTree(tree, renameKey(tree, "${a}", "${z}")).activities.s.pipeline;
  assert.deepEqual([constants["${p}"].value, constants["${q}"].value], ["${z}", "${a}"]);
});

test("a rename touches only names in expressions", () => {
  assert.equal(renamedIn('a ${a} a ${VAR:-a} ${"a" + a.a + x[a]} ${f"{a} a"} ${a', "${a}", "${bb}"), 'a ${bb} a ${VAR:-a} ${"a" + bb.a + x[bb]} ${f"{bb} a"} ${a');
});

test("a rename does not let a comprehension catch the new name", () => {
  assert.equal(renamedIn("${[x for x in a if x]}", "${a}", "${x}"), "${[x_1 for x_1 in x if x_1]}");
});

test("a variable that only an unused one needs is unused too", () => {
  const constants = { "${used}": variable("${below}"), "${below}": variable(""), "${lone}": variable("${of_lone}"), "${of_lone}": variable("${lone}"), "${out}": variable("") };
  assert.deepEqual(unusedKeys(treeOf({ activities: { n: activity("${used}") }, constants, outputs: ["${out}"] })), ["${lone}", "${of_lone}"]);
});

const NAMES = ["a", "b", "c", "d"];
const name = fc.constantFrom(...NAMES);
const expression = fc.letrec((tie) => ({
  part: fc.oneof({ maxDepth: 4 }, name, fc.constantFrom('"a"', "1", "f'{a} {b + c}'", "len(a)", "x.a"), fc.tuple(tie("part"), fc.constantFrom(" + ", " if b else ", ".a[", " and "), tie("part")).map(([l, op, r]) => `(${l}${op}${r}${op === ".a[" ? "]" : ""})`),
    fc.tuple(tie("part"), tie("part")).map(([l, r]) => `[${l} for q in ${r} if q]`)),
})).part;
const text = fc.array(fc.oneof(fc.string(), expression.map((e) => "${" + e + "}"), fc.constantFrom("${", "}", "${VAR:-a}", "'", '"')), { maxLength: 6 }).map((parts) => parts.join(""));

test("renaming to a name that is not in use and back is no change", () => {
  fc.assert(fc.property(text, name, (value, from) => {
    const there = renamedIn(value, keyed(from), "${fresh}");
    assert.equal(renamedIn(there, "${fresh}", keyed(from)), value);
    assert.deepEqual(keysIn(there), new Set([...keysIn(value)].map((key) => (key === keyed(from) ? "${fresh}" : key))));
  }), { numRuns: 2000 });
});

test("no text makes it throw", () => {
  const nasty = fc.array(fc.constantFrom("${", "}", "{", "'", '"', "'''", "\\", "f'", "{{", "!", "[", "(", ")", "]", " for ", " in ", " if ", "a", "1", ".", ",", ":", "=", "\n", "#", "\0", "\ud800"), { maxLength: 40 }).map((parts) => "${" + parts.join("") + "}");
  fc.assert(fc.property(fc.oneof(fc.string({ unit: "binary" }), nasty), (value) => {
    keysIn(value);
    renamedIn(value, "${a}", "${b}");
  }), { numRuns: 5000 });
});

for (const folder of ["tests/data/trees", "app/samples"]) {
  for (const file of readdirSync(folder)) {
    const document = JSON.parse(readFileSync(`${folder}/${file}`, "utf8")), tree = document.tree ?? document.pipeline_tree ?? document;
    test(`every variable of ${file} is renamed and named as before again`, () => {
      for (const key of Object.keys(tree.constants)) {
        const there = patchedTree(tree, renameKey(tree, key, "${fresh}"));
        assert.equal(whereUsed(there).has(key), false);
        assert.deepEqual(patchedTree(there, renameKey(there, "${fresh}", key)), tree);
      }
    });
  }
}

/** @param {string} bare */
function keyed(bare) {
  return "${" + bare + "}";
}
