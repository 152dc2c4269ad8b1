/** Text is found wherever people write it, and replaced there and nowhere else. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import fc from "fast-check";
import { find, replaceAll } from "../../app/static/canvas/tree/finding.js";
import { patchedTree } from "../../app/static/canvas/tree/references.js";

const TREE = /** @type {any} */ ({
  start_event: { id: "s" }, end_event: { id: "e" }, flows: {}, outputs: [],
  activities: {
    n: { id: "n", type: "ServiceActivity", name: "Ping web", stage_name: "web", component: { code: "x", data: { url: { hook: false, value: ["http://web", { a: "WEB" }] }, web: { hook: false, value: 1 } } } },
    p: { id: "p", type: "SubProcess", name: "Sub", constants: { "${h}": { key: "${h}", value: "web-1" }, "${pw}": { key: "${pw}", custom_type: "password", value: "web" } } },
  },
  gateways: { g: { id: "g", type: "ExclusiveGateway", name: "", conditions: { f: { evaluate: "${web} == 1", name: "${web} == 1" }, h: { evaluate: "1", name: "web" } } } },
  constants: { "${web}": { key: "${web}", name: "Web", desc: "the web", value: "web web" }, "${secret}": { key: "${secret}", name: "S", custom_type: "password", value: "web" } },
  notes: [{ id: "note", x: 0, y: 0, width: 1, height: 1, text: "a web" }],
});

test("text is found in names, inputs at any depth, parameters, conditions, variables and notes, not in secrets", () => {
  assert.deepEqual(find(TREE, "web").map((hit) => [hit.of, hit.id, hit.where, hit.field, hit.at.length]), [
    ["node", "n", "name", "", 1], ["node", "n", "stage", "", 1], ["node", "n", "input", "url", 1], ["node", "n", "input", "url", 1], ["node", "p", "parameter", "${h}", 1],
    ["line", "f", "condition", "", 1], ["line", "h", "branch", "", 1],
    ["variable", "${web}", "name", "", 1], ["variable", "${web}", "description", "", 1], ["variable", "${web}", "value", "", 2], ["note", "note", "note", "", 1], ["variable", "${web}", "key", "", 1],
  ]);
});

test("the case matters when it is asked for", () => {
  assert.deepEqual(find(TREE, "WEB", { matchCase: true }).map((hit) => hit.text), ["WEB"]);
});

test("what is replaced is found no more, apart from keys", () => {
  const now = patchedTree(TREE, replaceAll(TREE, "web", "$&api"));
  assert.deepEqual(find(now, "web").map((hit) => hit.where), ["key"]);
  assert.equal(now.gateways.g.conditions.f.name, now.gateways.g.conditions.f.evaluate);
  assert.equal(now.constants["${secret}"].value, "web");
  assert.equal(now.activities.n.name, "Ping $&api");
});

test("one place is replaced and the others stay", () => {
  const [first] = find(TREE, "web"), now = patchedTree(TREE, replaceAll(TREE, "web", "api", { only: first }));
  assert.deepEqual(now, patchedTree(TREE, [{ kind: "node", id: "n", patch: { name: "Ping api" } }]));
});

test("replacing a text by itself changes nothing, whatever the text", () => {
  const { tree } = JSON.parse(readFileSync("app/samples/20_release.json", "utf8"));
  fc.assert(fc.property(fc.oneof(fc.string(), fc.constantFrom("$", "(", "\\", "${version}", ".", "[")), (text) => {
    assert.deepEqual(replaceAll(tree, text, text, { matchCase: true }), []);
  }));
});
