/** What gestures do to a flow, by the editor's own commands: healing, inserting, changing kinds, pasting, and undoing it. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import fc from "fast-check";
import Choices from "../../app/static/canvas/gestures/adding/choices.js";
import Adding from "../../app/static/canvas/gestures/adding/adding.js";
import { selecting } from "../../app/static/canvas/gestures/actions/selecting.js";
import Copying from "../../app/static/canvas/gestures/copying/copying.js";
import History from "../../app/static/canvas/gestures/history.js";
import Healing from "../../app/static/canvas/gestures/lines/healing.js";
import Inserting from "../../app/static/canvas/gestures/lines/inserting.js";
import { apply } from "../../app/static/canvas/panels/applying.js";
import { changePlace } from "../../app/static/canvas/panels/inspector/edits.js";
import { editorOn } from "./headless.js";

Object.assign(globalThis, { document: { documentElement: { lang: "en" } }, localStorage: { setItem() {}, getItem: () => null } });
const RELEASE = JSON.parse(readFileSync("app/samples/20_release.json", "utf8")).tree;

class Selection {
  constructor() {
    this.all = [];
  }

  get() {
    return this.all;
  }

  select(elements) {
    this.all = [elements].flat().filter(Boolean);
  }
}

const GESTURES = {
  __init__: ["healing", "inserting", "history"],
  healing: ["type", Healing], inserting: ["type", Inserting], history: ["type", History], choices: ["type", Choices], adding: ["type", Adding], copying: ["type", Copying],
  selection: ["type", Selection], view: ["value", { reveal() {}, centre: { x: 0, y: 0 } }], pointer: ["value", { at: { x: 900, y: 900 } }],
};

/** @param {any} [tree] */
function open(tree = RELEASE) {
  const editor = editorOn(structuredClone(tree), [GESTURES]);
  const get = (/** @type {string} */ name) => editor.get(name), node = (/** @type {string} */ id) => get("elementRegistry").get(id);
  const line = (/** @type {string} */ source, /** @type {string} */ target) => node(source).outgoing.find((/** @type {any} */ l) => l.target.id === target);
  return { get, node, line, tree: () => get("treeStore").tree, remove: (/** @type {string} */ ids) => get("modeling").removeElements(ids.split(" ").map(node)) };
}

test("the line that leads past a deleted node keeps its condition and where it leaves its gateway", () => {
  const { line, remove, tree, get } = open(), before = structuredClone(line("xor", "sub").businessObject), opened = tree();
  remove("sub");
  const healed = line("xor", "confirm").businessObject;
  assert.deepEqual([healed.condition.evaluate, healed.condition.name, healed.sides.source], [before.condition.evaluate, before.condition.name, before.sides.source]);
  assert.equal(healed.condition.tag, "branch_xor_confirm");
  get("history").undo();
  assert.deepEqual(tree(), opened);
});

test("deleting everything between start and end leaves them unconnected, since the rules want a node between", () => {
  const { get, remove, tree } = open();
  remove(get("treeStore").nodes.filter((/** @type {any} */ n) => !n.businessObject.kind.startsWith("Empty")).map((/** @type {any} */ n) => n.id).join(" "));
  assert.deepEqual(tree().flows, {});
});

test("a node that is put into a branch comes under its condition", () => {
  const { get, line, node } = open(), added = get("adding").add(get("choices").task, { element: line("xor", "sub") });
  assert.equal(line("xor", added.id).businessObject.condition.name, "no errors");
  assert.equal(line(added.id, "sub").businessObject.condition, null);
  assert.notEqual(line("xor", added.id).businessObject.sides.target, line(added.id, "sub").businessObject.sides.source);
  assert.equal(get("history").labels.undo, "Add Task");
  get("history").undo();
  assert.equal(node(added.id), undefined);
});

test("what comes after a task that leads on already is put between", () => {
  const { get, node, line } = open(), added = get("adding").add(get("choices").task, { element: node("build") });
  assert.ok(line("build", added.id) && line(added.id, "par"));
  assert.equal(node("build").outgoing.length, 1);
});

test("what comes after a gateway is one more branch", () => {
  const { get, node, line } = open(), added = get("adding").add(get("choices").task, { element: node("xor") });
  assert.equal(line("xor", added.id).businessObject.condition.evaluate, "1 == 0");
  assert.equal(node("xor").outgoing.length, 3);
});

test("nothing that is added overlaps what is there", () => {
  const { get, node } = open();
  fc.assert(fc.property(fc.nat(20), fc.nat(6), (at, which) => {
    const { get, node } = open(), nodes = get("treeStore").nodes, choice = get("choices").all[which % get("choices").all.length];
    const added = get("adding").add(choice, { element: nodes[at % nodes.length] });
    for (const other of nodes) assert.ok(other === added || apart(added, other), `${added.x},${added.y} on ${other.id}`);
    assert.ok(node(added.id));
  }), { numRuns: 60 });
  assert.ok(get && node);
});

/** @param {any} a @param {any} b */
const apart = (a, b) => a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y;

test("a gateway that becomes one of another kind keeps its lines, with conditions where it decides", () => {
  const { get, node, tree } = open(), opened = tree(), lines = node("par").outgoing.map((/** @type {any} */ l) => l.id);
  get("modeling").changeKind(node("par"), "ExclusiveGateway");
  assert.deepEqual(tree().gateways.par.outgoing, lines);
  assert.deepEqual(Object.values(tree().gateways.par.conditions).map((c) => c.evaluate), ["1 == 1", "1 == 0", "1 == 0"]);
  assert.equal(tree().location?.find((p) => p.id === "par")?.type, "branchgateway");
  get("modeling").changeKind(node("par"), "ParallelGateway");
  assert.equal(tree().gateways.par.conditions, undefined);
  get("history").undo();
  get("history").undo();
  assert.deepEqual(tree(), opened);
});

test("a branch that is moved to a task decides nothing there", () => {
  const { get, line, node } = open(), branch = line("xor", "sub");
  get("modeling").removeElements([node("publish").outgoing[0]]);
  get("modeling").reconnectStart(branch, node("publish"), { x: 0, y: 0 });
  assert.deepEqual([branch.businessObject.condition, branch.businessObject.fallback], [null, null]);
});

test("a pasted part is one step to undo, at the pointer, with lines of its own", () => {
  const { get, node, tree } = open(), opened = tree();
  get("selection").select(["xor", "sub", "rollback"].map(node));
  get("copying").pasteText(get("copying").copied());
  assert.equal(Object.keys(tree().flows).length, Object.keys(opened.flows).length + 2);
  const pasted = get("selection").get();
  assert.equal(pasted.length, 3);
  const left = Math.min(...pasted.map((/** @type {any} */ s) => s.x)), right = Math.max(...pasted.map((/** @type {any} */ s) => s.x + s.width));
  assert.ok(Math.abs((left + right) / 2 - 900) <= 10);
  assert.equal(get("history").labels.undo, "Paste");
  get("history").undo();
  assert.deepEqual(tree(), opened);
});

test("cut takes away what can be pasted again, and no line that was selected beside it", () => {
  const { get, node, line, tree } = open(), beside = line("xor", "confirm") ?? line("xor", "sub"), next = node("build").outgoing[0].target.id;
  get("selection").select([node("build"), beside]);
  const text = get("copying").copied();
  get("copying").deleteCopied();
  assert.deepEqual([Boolean(node("build")), node(beside.id) === beside], [false, true]);
  assert.ok(tree().flows[beside.id]);
  assert.equal(JSON.parse(text).nodes[0].id, "build");
  assert.ok(node(next));
});

test("only a flow of the project opens in a tab of its own; any can be looked into", () => {
  const { get, node } = open(), can = selecting({ get: (/** @type {string} */ name) => get(name) });
  const opens = (/** @type {string | undefined} */ source) => {
    get("modeling").updateNode(node("sub"), { template_id: "7", template_source: source });
    return [can.openInside.enabled([node("sub")]), can.openSubprocess.enabled([node("sub")])];
  };
  assert.deepEqual(["project", "business", "", undefined, "common"].map(opens), [[true, true], [true, true], [true, true], [true, true], [true, false]]);
});

test("nothing to change is no step to undo, and leaves what could be done again", () => {
  const { get, node } = open(), editor = { get };
  get("modeling").updateNode(node("build"), { name: "Build" });
  get("history").undo();
  apply(editor, []);
  changePlace(editor, node("build"), (place) => ({ ...place }));
  assert.deepEqual([get("history").canUndo, get("history").canRedo], [false, true]);
});

test("a duplicate lies beside its original", () => {
  const { get, node } = open();
  get("selection").select([node("build")]);
  get("copying").duplicate();
  const [copy] = get("selection").get();
  assert.ok(apart(copy, node("build")));
  assert.equal(copy.businessObject.node.name, "Build the package");
});

test("a copy that is inserted stands in the line behind its original, as one step to undo", () => {
  const { get, node, line, tree } = open(), opened = tree(), next = node("build").outgoing[0].target.id;
  get("selection").select([node("build")]);
  get("copying").duplicateInto();
  const [copy] = get("selection").get();
  assert.equal(copy.businessObject.node.name, "Build the package");
  assert.deepEqual([Boolean(line("build", copy.id)), Boolean(line(copy.id, next)), node("build").outgoing.length], [true, true, 1]);
  for (const other of get("treeStore").nodes) if (other !== copy) assert.ok(apart(copy, other), `on ${other.id}`);
  assert.equal(get("history").labels.undo, "Copy and insert");
  get("history").undo();
  assert.deepEqual(tree(), opened);
});

test("no copy can be inserted behind a start, an end, several nodes, or a gateway that branches", () => {
  const { get, node, tree } = open(), opened = tree();
  const chosen = [...get("treeStore").nodes.filter((/** @type {any} */ n) => n.businessObject.kind.startsWith("Empty")).map((/** @type {any} */ n) => [n]), [node("build"), node("publish")], [node("xor")], []];
  for (const some of chosen) {
    get("selection").select(some);
    assert.equal(get("copying").mayInsertCopy(), false);
    get("copying").duplicateInto();
  }
  assert.deepEqual(tree(), opened);
});

test("another tree that is put in place of the flow is written as it is, and one step to undo", () => {
  const { get, remove, tree } = open(), opened = structuredClone(tree());
  remove("sub publish");
  const edited = tree();
  get("modeling").replaceTree(opened);
  assert.deepEqual(tree(), opened);
  get("history").undo();
  assert.deepEqual(tree(), edited);
});

test("steps are called by what was done, and counted back and forth", () => {
  const { get, node, remove } = open(), history = get("history");
  assert.deepEqual([history.canUndo, history.labels], [false, { undo: "", redo: "" }]);
  get("modeling").moveElements([node("build")], { x: 10, y: 0 });
  remove("sub");
  get("modeling").together(() => get("modeling").updateNode(node("build"), { name: "Make" }));
  assert.equal(history.labels.undo, "Change Build the package");
  history.undo();
  assert.deepEqual(history.labels, { undo: "Delete Check the host", redo: "Change Build the package" });
  history.undo();
  assert.deepEqual(history.labels, { undo: "Move Build the package", redo: "Delete Check the host" });
  history.redo();
  get("modeling").updateRest({ outputs: [] });
  assert.deepEqual(history.labels, { undo: "Change variables", redo: "" });
});

/** Everything that hands do, each with two numbers that choose where. @type {Record<string, (e: ReturnType<typeof open>, a: number, b: number) => void>} */
const HANDS = {
  add: ({ get }, a, b) => void get("adding").add(pick(get("choices").all, a), b % 3 ? { element: pick(get("treeStore").nodes, b) } : { point: { x: b % 900, y: a % 500 } }),
  insert: ({ get }, a, b) => void (lines(get).length && get("adding").add(pick(get("choices").gateways, a), { element: pick(lines(get), b) })),
  remove: ({ get }, a, b) => {
    const some = get("treeStore").nodes.filter((/** @type {any} */ n, /** @type {number} */ i) => !n.businessObject.kind.startsWith("Empty") && (i * 7 + a) % (3 + (b % 5)) === 0);
    if (some.length) get("modeling").removeElements(some.slice(0, 3));
  },
  kind: ({ get }, a, b) => {
    const gateway = pick(get("treeStore").nodes.filter((/** @type {any} */ n) => n.businessObject.kind.endsWith("Gateway")), a);
    if (gateway) get("modeling").changeKind(gateway, pick(get("choices").gateways, b).kind);
  },
  paste: ({ get }, a, b) => {
    get("selection").select(get("treeStore").nodes.filter((/** @type {any} */ _, /** @type {number} */ i) => (i + a) % (2 + (b % 4)) === 0).slice(0, 4));
    const text = get("copying").copied();
    if (text) get("copying").pasteText(text);
  },
  duplicate: ({ get }, a) => {
    get("selection").select([pick(get("treeStore").nodes, a)]);
    get("copying").duplicate();
  },
  duplicateInto: ({ get }, a) => {
    get("selection").select([pick(get("treeStore").nodes, a)]);
    get("copying").duplicateInto();
  },
};
const lines = (/** @type {any} */ get) => get("treeStore").nodes.flatMap((/** @type {any} */ n) => n.outgoing);
const pick = (/** @type {any[]} */ list, /** @type {number} */ i) => list[i % list.length];

test("whatever hands do, no line breaks a rule, none is without a node, and undoing it all brings the first tree back", () => {
  const edits = fc.array(fc.tuple(fc.constantFrom(...Object.keys(HANDS)), fc.nat(999), fc.nat(999)), { minLength: 1, maxLength: 25 });
  fc.assert(fc.property(edits, (done) => {
    const editor = open(), opened = editor.tree();
    for (const [what, a, b] of done) {
      HANDS[what](editor, a, b);
      const seen = new Set();
      for (const { source, target } of Object.values(editor.tree().flows)) {
        assert.ok(editor.node(source)?.parent && editor.node(target)?.parent && source !== target);
        assert.ok(!seen.has(`${source}>${target}`), `${source}>${target} twice after ${what}`);
        seen.add(`${source}>${target}`);
      }
    }
    const left = editor.tree();
    while (editor.get("history").canUndo) editor.get("history").undo();
    assert.deepEqual(editor.tree(), opened);
    while (editor.get("history").canRedo) editor.get("history").redo();
    assert.deepEqual(editor.tree(), left);
  }), { numRuns: 40 });
});

test("a node is taken out of the line that it stands in, which heals with its condition", () => {
  const { get, node, line, tree } = open(), before = structuredClone(line("xor", "sub").businessObject.condition), opened = tree();
  assert.ok(get("healing").mayTakeOut(node("sub")));
  get("modeling").together(() => get("healing").takeOut(node("sub")));
  assert.deepEqual([node("sub").incoming.length, node("sub").outgoing.length], [0, 0]);
  assert.equal(line("xor", "confirm").businessObject.condition.evaluate, before.evaluate);
  get("history").undo();
  assert.deepEqual(tree(), opened);
});

test("a node with several lines, or one whose neighbours may not be connected, is not taken out of its line", () => {
  const { get, node, remove } = open();
  assert.equal(get("healing").mayTakeOut(node("join")), false);
  remove("sub confirm");
  assert.ok(get("healing").mayTakeOut(node("publish")));
  remove("build par unit lint wait join measure xor rollback");
  assert.equal(get("healing").mayTakeOut(node("publish")), false);
});

test("the kinds that are offered at a node or a line are those that can be added there", () => {
  const { get, node, line } = open();
  const offered = (/** @type {any} */ element) => get("choices").kinds.filter((/** @type {any} */ choice) => get("adding").mayAdd(choice, element)).map((/** @type {any} */ choice) => choice.kind);
  const all = ["ServiceActivity", "SubProcess", "ExclusiveGateway", "ParallelGateway", "ConditionalParallelGateway", "ConvergeGateway"];
  assert.deepEqual(offered(node("measure")), all);
  assert.deepEqual(offered(line("measure", "xor")), all);
  assert.deepEqual(offered(node("end")), []);
});

test("a subprocess that is chosen by its flow runs that flow in its version of now, with its variables", () => {
  const { get } = open(), flow = { id: 7, name: "Rotate logs", source: "project", digest: "d1", number: 3, variables: [{ key: "${days}", custom_type: "int", value: 7 }] };
  const { node } = get("choices").make(get("choices").ofFlow(flow)).businessObject;
  assert.deepEqual([node.template_id, node.template_source, node.version, node.name, node.constants["${days}"].value], ["7", "project", "d1", "Rotate logs", 7]);
});
