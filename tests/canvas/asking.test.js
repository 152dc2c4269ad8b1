/** What a person is asked for when a task is made: the page and the server go by the same rules, case by case. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { asked, whyNot } from "../../app/static/canvas/create/asking.js";

const cases = JSON.parse(readFileSync(new URL("../data/answers.json", import.meta.url), "utf8"));
const BLANK = { key: "k", name: "K", type: "string", widget: "text", required: false, default: null, choices: [], help: "", secret: false, render: true, minimum: null, maximum: null, columns: [] };
const fieldOf = ({ columns = [], ...more }) => ({ ...BLANK, ...more, columns: columns.map(fieldOf) });
const question = (more) => ({ key: "a", kind: "", field: BLANK, value: null, pattern: "", hidden_by: [], is_needed: true, ...more });

test("an answer is right or wrong as the cases say", () => {
  for (const { field, value, pattern = "", first = null, right } of cases.answers) {
    const wrong = whyNot(question({ field: fieldOf(cases.fields[field]), pattern, value: first }), value);
    assert.equal(!wrong, right, JSON.stringify([field, value, pattern, wrong]));
  }
});

test("a condition hides a question as the cases say", () => {
  for (const { condition, answer, hidden } of cases.hiding) {
    const both = [question({}), question({ key: "b", hidden_by: [{ key: "a", ...condition }] })];
    assert.equal(asked(both, { a: answer }).length, hidden ? 1 : 2, JSON.stringify([condition, answer]));
  }
});

test("a condition on what is not asked for hides nothing", () => {
  assert.equal(asked([question({ hidden_by: [{ key: "gone", operator: "!=", value: "x" }] })], {}).length, 1);
});
