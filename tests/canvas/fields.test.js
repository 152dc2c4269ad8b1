/** The fields of forms: what is wrong with a value, how it is read and written, what is offered while typing. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { canShow, whyWrong } from "../../app/static/canvas/fields/checking.js";
import { languageOf } from "../../app/static/canvas/fields/languages.js";
import { fitting, inserted, pieceAt, tasksBefore } from "../../app/static/canvas/fields/pieces.js";
import { addressesOf, anyOf, asAddresses, asObject, asTyped, doubled, endsAddress, isAddress, isMoment, momentOf, pairsOf, pickable } from "../../app/static/canvas/fields/values.js";

const field = (more = {}) => ({ key: "k", name: "K", type: "string", widget: "text", required: false, default: null, choices: [], help: "", secret: false, render: true, minimum: null, maximum: null, columns: [], ...more });

test("what is wrong with a value is told as the server tells it", () => {
  const number = field({ type: "integer", widget: "number", minimum: 1, maximum: 10 });
  for (const [given, value, isWrong] of [
    [field({ required: true }), "", true], [field({ required: true }), [], true], [field({ required: true }), 0, false], [field({ required: true }), false, false], [field(), "", false],
    [number, "5", false], [number, 5, false], [number, "5.5", true], [number, "five", true], [number, 0, true], [number, 11, true], [number, "${n}", false], [number, "", false], [number, true, true],
    [field({ choices: [{ value: "1", label: "One" }] }), 1, false], [field({ choices: [{ value: "1", label: "One" }] }), "2", true], [field({ type: "array", choices: [{ value: "a", label: "A" }] }), ["a", "b"], true],
    [field({ type: "boolean" }), "true", false], [field({ type: "boolean" }), "perhaps", true], [field({ type: "array" }), "a", true], [field({ type: "object" }), [1], true],
    [field({ widget: "datetime" }), "2026-11-21 14:30:00", false], [field({ widget: "datetime" }), "2026-13-41 14:30:00", true], [field({ widget: "date" }), "2026-11-21", false], [field({ widget: "time" }), "25:00:00", true],
    [field({ widget: "hosts", type: "any" }), "10.0.0.7,web-1", false], [field({ widget: "hosts", type: "any" }), "300.0.0.7", true], [field({ widget: "hosts", type: "any" }), "${hosts},a b_c", true],
  ]) assert.equal(Boolean(whyWrong(given, value)), isWrong, JSON.stringify([given, value, whyWrong(given, value)]));
});

test("a wrong cell of a table is told with its column and row", () => {
  const table = field({ widget: "table", type: "array", columns: [field({ key: "port", name: "Port", widget: "number", type: "integer", maximum: 9 })] });
  assert.equal(whyWrong(table, [{ port: 1 }, { port: 10 }]), "Port, row 2: At most 9");
});

test("a value that a widget would mangle is not given to it", () => {
  const table = field({ widget: "table", columns: [field({ key: "a" })] });
  for (const [given, value, can] of [
    [table, [{ a: 1 }], true], [table, [{ a: 1, b: 2 }], false], [table, [{ a: [] }], false], [table, "${rows}", true], [table, "rows", false],
    [field({ widget: "keyvalue" }), { a: 1 }, true], [field({ widget: "keyvalue" }), { a: {} }, false], [field({ widget: "list" }), ["a", 1], true], [field({ widget: "list" }), [{}], false],
    [field({ widget: "hosts" }), { var_ip_method: "custom" }, false], [field(), { a: 1 }, false], [field({ widget: "code" }), { a: 1 }, true], [field({ widget: "choice" }), ["a"], true],
  ]) assert.equal(canShow(given, value), can, JSON.stringify([given.widget, value]));
});

test("addresses are cut at blanks and commas, but not inside an expression", () => {
  assert.deepEqual(addressesOf("10.0.0.7, web-1;web-2\n${hosts['a, b']}"), ["10.0.0.7", "web-1", "web-2", "${hosts['a, b']}"]);
  assert.deepEqual(asAddresses(["a", "b"], ["a"]), ["a", "b"]);
  assert.equal(asAddresses(["a", "b"], "a"), "a,b");
  assert.equal(endsAddress("a,"), true);
  assert.equal(endsAddress("${a, "), false);
  const some = fc.array(fc.constantFrom("10.0.0.7", "web-1.example.org", "::1", "fe80::1", "${a}"), { maxLength: 5 });
  fc.assert(fc.property(some, (list) => assert.deepEqual(addressesOf(asAddresses(list, "")), list)));
});

test("an address is an IP address or the name of a host", () => {
  for (const good of ["10.0.0.7", "web-1", "web-1.example.org", "::1", "fe80::1:2", "localhost", "${x}"]) assert.ok(isAddress(good), good);
  for (const bad of ["300.0.0.1", "10.0.0", "1.2.3.4.5", "-web", "we b", "a..b", "a_b", ":", ""]) assert.ok(!isAddress(bad), bad);
});

test("a moment goes through the browser's input and back", () => {
  fc.assert(fc.property(fc.date({ min: new Date(0), max: new Date("2100-01-01"), noInvalidDate: true }), (date) => {
    const picked = date.toISOString().slice(0, 19);
    for (const [kind, part] of [["datetime", picked], ["date", picked.slice(0, 10)], ["time", picked.slice(11)]]) {
      const written = momentOf(kind, part);
      assert.ok(isMoment(kind, written), written);
      assert.equal(momentOf(kind, pickable(kind, written)), written);
    }
  }));
  assert.equal(momentOf("datetime", "2026-11-21T14:30"), "2026-11-21 14:30:00");
  assert.equal(pickable("datetime", "60"), "");
});

test("a number that was written as text stays text", () => {
  assert.equal(asTyped("61", "60"), "61");
  assert.equal(asTyped("61", 60), 61);
  assert.equal(asTyped("61", undefined), 61);
  assert.equal(asTyped("6x", 60), "6x");
  assert.equal(asTyped("", 60), "");
});

test("an object goes through rows of keys and values and back", () => {
  fc.assert(fc.property(fc.dictionary(fc.string({ minLength: 1 }), fc.string()), (object) => assert.deepEqual(asObject(pairsOf(object)), { ...object })));
  assert.deepEqual([...doubled([{ key: "a" }, { key: "b" }, { key: "a" }, { key: "" }, { key: "" }])], ["a"]);
});

test("a sample is JSON where it looks so, else text", () => {
  for (const [typed, value] of [["5", 5], ["-1.5", -1.5], ['{"a": 1}', { a: 1 }], ["[1]", [1]], ["true", true], ["1.4.2", "1.4.2"], ["{oops", "{oops"], ["text", "text"], ["", ""], ["trueish", "trueish"]]) assert.deepEqual(anyOf(typed), value);
});

test("code is in the language that a choice beside it names", () => {
  const choice = field({ key: "type", widget: "choice", default: "1", choices: [{ value: "1", label: "Shell" }, { value: "4", label: "Python" }, { value: "5", label: "PowerShell" }] });
  const code = field({ widget: "code" }), method = field({ widget: "choice", choices: [{ value: "GET", label: "GET" }] });
  assert.equal(languageOf(code, [choice, code], () => undefined), "shell");
  assert.equal(languageOf(code, [choice, code], () => 4), "python");
  assert.equal(languageOf(code, [choice, code], () => "5"), "text");
  assert.equal(languageOf(field({ widget: "code", type: "any" }), [method], () => "GET"), "json");
  assert.equal(languageOf(code, [method], () => "GET"), "shell");
});

test("what is being typed after ${ is found, and replaced as a whole", () => {
  assert.deepEqual(pieceAt("a ${ve", 6), { from: 2, to: 6, typed: "ve" });
  assert.deepEqual(pieceAt("a ${version} b", 6), { from: 2, to: 12, typed: "ve" });
  assert.deepEqual(pieceAt("a ${ve b}", 6), { from: 2, to: 6, typed: "ve" });
  assert.deepEqual(pieceAt("cost: $", 7), { from: 6, to: 7, typed: "" });
  for (const [text, caret] of [["$HOME", 1], ["a ${x} b", 8], ["plain", 3], ["${a + ", 6]]) assert.equal(pieceAt(text, caret), undefined, text);
  fc.assert(fc.property(fc.string(), fc.stringMatching(/^\w{0,5}$/), fc.string(), fc.stringMatching(/^\w{1,5}$/), (before, typed, after, name) => {
    const text = `${before}\${${typed}${after}`, piece = pieceAt(text, before.length + 2 + typed.length);
    assert.ok(piece);
    const now = inserted(text, piece, name);
    assert.ok(now.text.startsWith(`${before}\${${name}}`));
    assert.equal(now.caret, before.length + name.length + 3);
  }));
});

test("offers that begin with what was typed come first", () => {
  const offers = ["job_version", "version", "host"].map((name) => ({ kind: "variable", name, label: name === "host" ? "Versions live here" : "", detail: "" }));
  assert.deepEqual(fitting(offers, "VER").map((o) => o.name), ["version", "job_version", "host"]);
  assert.deepEqual(fitting(offers, "x"), []);
  assert.equal(fitting(offers, "").length, 3);
});

test("the tasks before a node are found, nearest first, also in a loop", () => {
  const make = (id, kind = "ServiceActivity") => ({ id, businessObject: { kind }, incoming: [] });
  const [start, a, gate, b, c] = [make("start", "EmptyStartEvent"), make("a"), make("gate", "ExclusiveGateway"), make("b"), make("c")];
  for (const [from, to] of [[start, a], [a, gate], [gate, b], [b, c], [c, gate]]) to.incoming.push({ source: from });
  assert.deepEqual(tasksBefore(b).map((e) => e.id), ["a", "c"]);
  assert.deepEqual(tasksBefore(a), []);
});
