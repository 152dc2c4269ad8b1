/** The inspector's own thinking: what happens when a node fails, branches, plugins, subprocesses, notices. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import fc from "fast-check";
import { meetingOf, moved, verdict, withDefault, withEvaluate } from "../../app/static/canvas/panels/inspector/branches.js";
import { changeInput, changePlace, offersAt, setConstants, takeOffer, unknownKeys } from "../../app/static/canvas/panels/inspector/edits.js";
import { flagOf, policyOf, withFlag, withPolicy } from "../../app/static/canvas/panels/inspector/failure.js";
import { isTarget, receiversOf, waysOf, withReceivers, withWay } from "../../app/static/canvas/panels/inspector/notices.js";
import { lengthNote, longestName } from "../../app/static/canvas/panels/inspector/lengths.js";
import { inGroups, withPlugin } from "../../app/static/canvas/panels/inspector/plugins.js";
import { adviceOf } from "../../app/static/canvas/panels/problems/advice.js";
import { placed } from "../../app/static/canvas/panels/inspector/problems_at.js";
import { formOf, kindsOf, samplesOf, valuesOf } from "../../app/static/canvas/panels/inspector/sampling.js";
import { fieldOfVariable, sourceOf, variableChanges, versionState, withFlow } from "../../app/static/canvas/panels/inspector/subprocess_values.js";
import { hook, hookOutput, unhook } from "../../app/static/canvas/tree/hooks.js";
import { labelOf, labelsOf } from "../../app/static/canvas/tree/node_labels.js";
import { editorOn } from "./headless.js";

const RELEASE = JSON.parse(readFileSync("app/samples/20_release.json", "utf8")).tree;

test("each policy that is chosen is the one that is shown", () => {
  const node = fc.record({ error_ignorable: fc.boolean(), skippable: fc.boolean(), retryable: fc.boolean(), isSkipped: fc.boolean(), can_retry: fc.boolean(), auto_retry: fc.record({ enable: fc.boolean(), times: fc.nat(9), interval: fc.nat(60) }) }, { requiredKeys: [] });
  fc.assert(fc.property(node, fc.constantFrom("ask", "skip", "by_hand", "again"), (before, policy) => {
    const made = withPolicy(before, policy);
    assert.equal(policyOf(made), policy);
    assert.deepEqual(withPolicy(made, policy), made);
    if (before.auto_retry) assert.deepEqual([made.auto_retry.times, made.auto_retry.interval], [before.auto_retry.times, before.auto_retry.interval]);
    else if (policy !== "again") assert.ok(!("auto_retry" in made));
  }));
});

test("old spellings of switches are read, and written along", () => {
  assert.equal(flagOf({ isSkipped: false }, "skippable"), false);
  assert.equal(flagOf({}, "retryable"), true);
  assert.equal(flagOf({}, "optional"), false);
  assert.deepEqual(withFlag({ can_retry: true }, "retryable", false), { can_retry: false, retryable: false });
  assert.deepEqual(withFlag({}, "skippable", false), { skippable: false });
});

const line = (id, condition, fallback = null) => ({ id, source: { id: "g" }, target: { id: `to_${id}` }, businessObject: { condition, fallback } });

test("a line that becomes the default loses its condition, and the one before gets one that does not hold", () => {
  const lines = [line("a", { evaluate: "1 == 1", name: "first", tag: "t_a", loc: 0.5 }), line("b", null, { name: "rest", tag: "t_b", flow_id: "b" })];
  assert.deepEqual(withDefault(lines, lines[0]).map((p) => p.patch), [
    { condition: null, fallback: { name: "first", tag: "t_a", loc: 0.5, flow_id: "a" } },
    { condition: { evaluate: "1 == 0", name: "rest", tag: "t_b" }, fallback: null },
  ]);
  assert.deepEqual(withDefault(lines, lines[1]), []);
  assert.deepEqual(withDefault(lines, null).map((p) => p.line.id), ["b"]);
  assert.equal(withDefault([line("c", null)], null).length, 0);
  assert.equal(withDefault([line("c", { evaluate: "x", name: "x" })], line).length, 0);
});

test("a name that only repeats the condition follows it", () => {
  assert.deepEqual(withEvaluate(line("a", { evaluate: "1", name: "1", tag: "t" }), "2"), { evaluate: "2", name: "2", tag: "t" });
  assert.deepEqual(withEvaluate(line("a", { evaluate: "1", name: "ok", tag: "t" }), "2"), { evaluate: "2", name: "ok", tag: "t" });
  assert.deepEqual(withEvaluate(line("a", null), "2"), { evaluate: "2", name: "2", tag: "branch_g_to_a" });
});

test("which branches are taken is told as the engine decides", () => {
  const branch = (id, holds, isDefault = false) => ({ id, holds, isDefault });
  const told = (kind, branches, first = false) => verdict(kind, branches, first);
  assert.deepEqual(told("ExclusiveGateway", [branch("a", true), branch("b", false)]), { taken: ["a"], problem: "" });
  assert.deepEqual(told("ExclusiveGateway", [branch("a", true), branch("b", true)]), { taken: [], problem: "several" });
  assert.deepEqual(told("ExclusiveGateway", [branch("a", true), branch("b", true)], true), { taken: ["a"], problem: "" });
  assert.deepEqual(told("ExclusiveGateway", [branch("a", false), branch("d", null, true)]), { taken: ["d"], problem: "" });
  assert.deepEqual(told("ExclusiveGateway", [branch("a", false)]), { taken: [], problem: "none" });
  assert.deepEqual(told("ExclusiveGateway", [branch("a", true), branch("b", null)]), { taken: [], problem: "unknown" });
  assert.deepEqual(told("ConditionalParallelGateway", [branch("a", true), branch("b", true), branch("d", null, true)]), { taken: ["a", "b"], problem: "" });
});

test("a branch that is moved leaves the others in their order", () => {
  assert.deepEqual(moved(["a", "b", "c"], 0, 2), ["b", "c", "a"]);
  assert.deepEqual(moved(["a", "b", "c"], 2, 0), ["c", "a", "b"]);
  fc.assert(fc.property(fc.uniqueArray(fc.nat(), { minLength: 1 }), fc.nat(), fc.nat(), (things, i, j) => {
    const from = i % things.length, to = j % things.length, made = moved(things, from, to);
    assert.equal(made[to], things[from]);
    assert.deepEqual(made.filter((x) => x !== things[from]), things.filter((x) => x !== things[from]));
  }));
});

test("where branches meet again is found, past pairs inside", () => {
  const editor = editorOn(RELEASE), at = (id) => editor.get("elementRegistry").get(id);
  assert.equal(meetingOf(at("par"))?.id, "join");
  assert.equal(meetingOf(at("xor")), undefined);
});

const PLUGINS = [
  { code: "a", version: "v1", name: "First", group: "G", description: "", inputs: [{ key: "x", default: null }, { key: "y", default: 5 }], outputs: [] },
  { code: "b", version: "v1", name: "Second", group: "H", description: "calls", inputs: [{ key: "x", default: "d" }, { key: "z", default: 7 }], outputs: [] },
  { code: "b", version: "v2", name: "Second", group: "H", description: "calls", inputs: [], outputs: [] },
];

test("another plugin keeps the inputs of equal keys, and takes the variables of the others along", () => {
  const data = { x: { hook: true, value: "${x}" }, y: { hook: true, value: "${y}" } };
  const node = { id: "n", type: "ServiceActivity", name: "First", component: { code: "a", version: "v1", data } };
  const constants = Object.fromEntries(["x", "y"].map((k) => [`\${${k}}`, { key: `\${${k}}`, source_type: "component_inputs", source_tag: `a.${k}`, source_info: { n: [k] } }]));
  const made = withPlugin({ node, constants }, PLUGINS[1], { before: PLUGINS[0], isUsed: () => false });
  assert.deepEqual(made.node.component, { code: "b", version: "v1", data: { x: data.x, z: { hook: false, value: 7 } } });
  assert.equal(made.node.name, "Second");
  assert.deepEqual(Object.keys(made.constants), ["${x}"]);
  assert.equal(made.constants["${x}"].source_tag, "b.x");
  assert.equal(withPlugin({ node: { ...node, name: "Mine" }, constants }, PLUGINS[1], { before: PLUGINS[0], isUsed: () => true }).node.name, "Mine");
});

test("plugins are listed once a code, in groups, by what is searched for", () => {
  assert.deepEqual(inGroups(PLUGINS, "").map((g) => [g.group, g.plugins.map((p) => p.version)]), [["G", ["v1"]], ["H", ["v2"]]]);
  assert.deepEqual(inGroups(PLUGINS, " CALL ").map((g) => g.group), ["H"]);
});

const FLOW = { id: 7, name: "Check", source: "project", digest: "new", number: 4, variables: [{ key: "${host}", custom_type: "input", name: "Host", value: "local" }, { key: "${tries}", custom_type: "int", name: "Tries", value: "3" }] };
const NODE = { id: "s", type: "SubProcess", template_id: "7", template_source: "business", version: "old", scheme_id_list: [1], hooked_constants: ["${gone}", "${host}"], constants: { "${host}": { key: "${host}", custom_type: "input", name: "Host", value: "${h}" }, "${gone}": { key: "${gone}", value: "1" } } };

test("an update takes the newer version and keeps what was given", () => {
  const made = withFlow(NODE, FLOW);
  assert.equal(made.version, "new");
  assert.equal(made.template_source, "business");
  assert.deepEqual(Object.entries(made.constants).map(([k, c]) => [k, c.value]), [["${host}", "${h}"], ["${tries}", "3"]]);
  assert.deepEqual(made.hooked_constants, ["${host}"]);
  assert.deepEqual(made.scheme_id_list, [1]);
  assert.deepEqual(withFlow(made, FLOW), made);
  const other = withFlow(NODE, { ...FLOW, source: "common" });
  assert.equal(other.template_source, "common");
  assert.deepEqual(other.scheme_id_list, []);
});

test("a value of another kind of variable is not kept", () => {
  assert.equal(withFlow({ ...NODE, constants: { "${tries}": { key: "${tries}", custom_type: "input", value: "many" } } }, FLOW).constants["${tries}"].value, "3");
});

test("how a version differs is counted without the values", () => {
  const { added, removed, changed } = variableChanges(NODE, [{ ...FLOW.variables[0], name: "Address", value: "other" }, FLOW.variables[1]]);
  assert.deepEqual([added, removed, changed].map((l) => l.map((c) => c.key)), [["${tries}"], ["${gone}"], ["${host}"]]);
  assert.equal(variableChanges(withFlow(NODE, FLOW), FLOW.variables).changed.length, 0);
  assert.deepEqual(["old", "new", ""].map((version) => versionState({ ...NODE, version }, FLOW)), ["outdated", "current", "unpinned"]);
  assert.equal(versionState({ ...NODE, always_use_latest: true }, FLOW), "latest");
  assert.deepEqual([sourceOf({}), sourceOf({ template_source: "project" }), sourceOf({ template_source: "common" })], ["project", "project", "common"]);
});

test("a variable of the flow below becomes a field with its choices", () => {
  const choice = { key: "${m}", name: "Mode", custom_type: "select", is_meta: true, value: { items_text: '[{"text":"Fast","value":"f"},"g"]', default: "f" } };
  const made = fieldOfVariable(choice, [{ custom_type: "select", widget: "choice" }]);
  assert.deepEqual(made.choices, [{ value: "f", label: "Fast" }, { value: "g", label: "g" }]);
  assert.equal(made.default, "f");
  assert.equal(fieldOfVariable({ ...choice, value: { items_text: "https://x" } }, []).widget, "text");
  assert.equal(fieldOfVariable({ key: "${p}", custom_type: "password" }, []).secret, true);
});

test("who is told goes in and out of both forms of bk-sops", () => {
  assert.deepEqual(waysOf(["email"]), { success: ["email"], fail: ["email"], pending_processing: [] });
  assert.deepEqual(withWay(["email"], "fail", "email", false), { success: ["email"], fail: [], pending_processing: [] });
  assert.deepEqual(withWay({ success: ["sms"], more: 1 }, "success", "email", true), { success: ["sms", "email"], fail: [], pending_processing: [], more: 1 });
  assert.deepEqual(receiversOf({ more_receiver: "a@b.c; d@e.f" }), ["a@b.c", "d@e.f"]);
  assert.deepEqual(withReceivers({ receiver_group: ["Developer"] }, ["a@b.c"]), { receiver_group: ["Developer"], more_receiver: "a@b.c" });
  assert.deepEqual(["a@b.c", "https://x.y/z", "ada", "ftp://x"].map(isTarget), [true, true, false, false]);
});

test("a problem stands at its field, or above all fields", () => {
  const problems = [{ rule: "name", message: "needs a name", where: "n" }, { rule: "required", message: "Host (ip) is required", where: "n" }, { rule: "degree", message: "needs one line in", where: "n" }];
  const { at, input, others } = placed(problems, ["ip", "port"]);
  assert.deepEqual([at("name"), at("plugin"), input("ip"), input("port"), others.map((p) => p.rule)], ["needs a name", "", "Host (ip) is required", "", ["degree"]]);
});

test("names that nothing has are told, and those of the system are not", () => {
  const page = { project_constants: [{ name: "_env_X", label: "", value: "1" }] }, flow = editorOn(RELEASE);
  const editor = { get: (/** @type {string} */ name) => (name === "page" ? page : flow.get(name)) };
  assert.deepEqual(unknownKeys(editor, "${version} ${b} ${_system.task_name} ${_env_X} ${_env_Y} ${_loop}"), ["${b}", "${_env_Y}"]);
});

const TREES = ["tests/data/trees", "app/samples"].flatMap((folder) => readdirSync(folder).map((file) => ({ file, document: JSON.parse(readFileSync(`${folder}/${file}`, "utf8")) })));

for (const { file, document } of TREES) {
  test(`every input of ${file} can be made a variable and given up, each in one step that can be undone`, () => {
    const tree = document.tree ?? document.pipeline_tree ?? document, editor = editorOn(tree), store = editor.get("treeStore"), stack = editor.get("commandStack");
    for (const shape of store.nodes.filter((n) => n.businessObject.kind === "ServiceActivity")) {
      for (const [tag, entry] of Object.entries(shape.businessObject.node.component.data)) {
        if (entry.hook) continue;
        const before = store.tree;
        changePlace(editor, shape, (place) => hook(place, tag, { key: "${made_for_a_test}", name: "x", show: true }));
        assert.ok("${made_for_a_test}" in store.tree.constants);
        stack.undo();
        assert.deepEqual(store.tree, before);
        stack.redo();
        changePlace(editor, shape, (place) => unhook(place, tag, { drop: true }));
        assert.deepEqual(store.tree, before);
        changeInput(editor, shape, { key: tag }, "another value");
        stack.undo();
        assert.deepEqual(store.tree, before);
      }
    }
  });
}

test("nodes before offer their outputs; taking one makes the variable, and undo takes it back", () => {
  const editor = editorOn(RELEASE), registry = editor.get("elementRegistry"), store = editor.get("treeStore");
  editor.get("catalogue").plugins = [{ code: "job_fast_execute_script", version: "legacy", outputs: [{ key: "exit_code", name: "Exit code" }, { key: "log_outputs", name: "Set" }] }];
  const offers = offersAt(editor, registry.get("publish")), outputs = offers.filter((o) => o.kind === "output");
  assert.deepEqual(new Set(outputs.map((o) => o.node.id)), new Set(["measure", "unit", "lint", "build"]));
  assert.ok(!outputs.some((o) => o.node.id === "measure" && o.output.key === "log_outputs"), "what is kept already is offered as a variable");
  assert.deepEqual(offers.filter((o) => o.kind === "variable").map((o) => o.name), ["version", "errors"]);
  const before = store.tree, name = takeOffer(editor, outputs[0]);
  assert.deepEqual(store.tree.constants[`\${${name}}`].source_info, { [outputs[0].node.id]: ["exit_code"] });
  editor.get("commandStack").undo();
  assert.deepEqual(store.tree, before);
  assert.equal(takeOffer(editor, offers[0]), "version");
});

test("a variable that goes is no output any more", () => {
  const editor = editorOn(RELEASE), store = editor.get("treeStore"), before = store.tree;
  assert.deepEqual(before.outputs, ["${errors}"]);
  const { "${errors}": _gone, ...left } = before.constants;
  setConstants(editor, left);
  assert.deepEqual(store.tree.outputs, []);
  editor.get("commandStack").undo();
  assert.deepEqual(store.tree, before);
  setConstants(editor, hookOutput(before.constants, { id: "build" }, { key: "log", name: "Log" }));
  assert.deepEqual(store.tree.outputs, ["${errors}"]);
});

test("samples keep what a variable is: text stays text, what is no text is read as JSON", () => {
  const all = { "${v}": { value: "1.10" }, "${n}": { value: 5 }, "${o}": { source_type: "component_outputs", value: "" }, "${p}": { custom_type: "password", value: "sealed:x" }, "${e}": { value: "${v}" } };
  const keys = [...Object.keys(all), "${unknown}"], samples = (/** @type {any} */ given) => samplesOf(keys, /** @type {any} */ (all), given, (constant) => ({ field: /** @type {any} */ ({ widget: "text" }), value: constant.value }));
  assert.deepEqual(valuesOf(samples({})), { "${v}": "1.10", "${n}": 5 });
  assert.ok(samples({}).every((s) => !s.text.includes("sealed")));
  const given = { "${v}": "2.20", "${n}": "7", "${o}": '{"errors": 0}', "${p}": "s", "${e}": "", "${unknown}": "[1]" };
  assert.deepEqual(valuesOf(samples(given)), { "${v}": "2.20", "${n}": 7, "${o}": { errors: 0 }, "${p}": "s", "${unknown}": [1] });
});

test("what is chosen, or made of parts, is given in its own field, and begins with its default", () => {
  const types = [
    { custom_type: "select", name: "Select", widget: "choice", is_meta: true, source: "given", fields: [] },
    { custom_type: "datatable", name: "Table", widget: "table", is_meta: true, source: "given", fields: [] },
    { custom_type: "date", name: "Date", widget: "date", is_meta: false, source: "given", fields: [] },
  ];
  const choices = '[{"text": "North", "value": "n"}, {"text": "South", "value": "s"}]';
  const all = {
    "${one}": { custom_type: "select", is_meta: true, value: { type: "0", items_text: choices, default: "s" } },
    "${some}": { custom_type: "select", is_meta: true, value: { type: "1", items_text: choices, default: "n,s" } },
    "${rows}": { custom_type: "datatable", is_meta: true, value: { columns: '[{"tag_code": "host", "type": "input", "attrs": {"name": "Host"}}]', default: [{ host: "a" }] } },
    "${day}": { custom_type: "date", value: "2026-11-22" },
  };
  const samples = (/** @type {any} */ given) => samplesOf(Object.keys(all), /** @type {any} */ (all), given, (constant) => formOf(constant, /** @type {any} */ (types), /** @type {any} */ ({ widget: "text" })));
  assert.deepEqual(samples({}).map((s) => [s.field?.widget, s.field?.type, s.value]), [["choice", "any", "s"], ["choice", "array", ["n", "s"]], ["table", "any", [{ host: "a" }]], ["date", "any", "2026-11-22"]]);
  assert.deepEqual(samples({})[2].field?.columns.map((c) => c.name), ["Host"]);
  assert.deepEqual(valuesOf(samples({ "${one}": "n", "${rows}": [] })), { "${one}": "n", "${some}": ["n", "s"], "${rows}": [], "${day}": "2026-11-22" });
  assert.deepEqual(kindsOf(samples({})), { "${one}": "select", "${some}": "select", "${rows}": "datatable", "${day}": "date" });
  assert.deepEqual(samples({ "${one}": "" }).map((s) => [s.value === "", s.isGiven])[0], [true, true]);
});

test("what is emptied is empty, what is fetched stays text, and what a field gave is no text", () => {
  const types = [{ custom_type: "select", widget: "choice", is_meta: true, source: "given", fields: [] }];
  const all = { "${v}": { value: "1.10" }, "${r}": { custom_type: "select", is_meta: true, value: { datasource: "1", items_text: "http://choices", default: "1.10" } }, "${x}": { custom_type: "select", is_meta: true, value: { items_text: '["a"]', default: "${v}" } } };
  const values = (/** @type {any} */ given) => valuesOf(samplesOf(Object.keys(all), /** @type {any} */ (all), given, (constant) => formOf(constant, /** @type {any} */ (types), /** @type {any} */ ({ widget: "text" }))));
  assert.deepEqual(values({}), { "${v}": "1.10", "${r}": "1.10" });
  assert.deepEqual(values({ "${v}": "", "${r}": "1.20", "${x}": "" }), { "${v}": "", "${r}": "1.20" });
  assert.deepEqual(values({ "${v}": [{ ip: "a" }] })["${v}"], "1.10");
});

test("a name may be as long as people may type it; a longer one that was imported is a note and no problem", () => {
  assert.deepEqual([longestName({ rules: { limits: { typed_name: 50 } } }), longestName({})], [50, 50]);
  assert.deepEqual([lengthNote("x".repeat(49), 50), lengthNote(undefined, 50), lengthNote("long", undefined)], ["", "", ""]);
  assert.match(lengthNote("x".repeat(50), 50), /At most/);
  assert.match(lengthNote("x".repeat(60), 50), /can stay so/);
  const long = "x".repeat(51), tree = structuredClone(RELEASE);
  tree.activities.build.name = long;
  tree.constants["${version}"].name = long;
  assert.deepEqual([...adviceOf(tree, 50).keys()], ["build", "${version}"]);
});

test("labels of nodes are texts, or what bk-sops writes for those of a group; both are read", () => {
  assert.deepEqual(labelsOf({ labels: ["night", { label: "EVENT", group: "bk" }] }).map(labelOf), ["night", "EVENT"]);
  assert.deepEqual([labelsOf({}), labelsOf({ labels: null })], [[], []]);
});

test("what is an object in its type is a text in a subprocess where it was given as one, unless its parts are known", () => {
  const moment = { custom_type: "format_support_datetime", widget: "keyvalue", source: /** @type {const} */ ("given"), fields: [{ key: "datetime" }] };
  const field = (/** @type {any} */ type, /** @type {any} */ value) => fieldOfVariable({ key: "${d}", custom_type: type.custom_type, value }, [type]);
  const sets = { custom_type: "set_allocation", widget: "code", fields: [] };
  assert.deepEqual([field(sets, { data: [] }), field(sets, "2026-11-22"), field(sets, "a\nb")].map((f) => f.widget), ["code", "text", "textarea"]);
  assert.deepEqual([field(moment, { datetime: "" }), field(moment, "")].map((f) => [f.widget, f.columns.length]), [["keyvalue", 1], ["keyvalue", 1]]);
});
