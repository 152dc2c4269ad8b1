"""Two hundred random edits by the editor's own commands, in the browser: undoing all of them brings the first tree back."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Site
from tests.browser.hands import tree
from tests.browser.test_editor_opens import open_editor

EDITS = 200

RANDOM_EDITS = """async ([seed, count]) => {
  let state = seed;
  const random = (below) => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return Math.floor((state / 0x80000000) * below);
  };
  const get = (name) => window.sluice.editor.get(name);
  const pick = (list) => list[random(list.length)];
  const store = get('treeStore'), modeling = get('modeling'), registry = get('elementRegistry'), choices = get('choices');
  const nodes = () => store.nodes, lines = () => registry.filter((e) => e.waypoints);
  const movable = () => store.root.children.filter((e) => !e.waypoints);
  const some = () => movable().filter(() => random(4) === 0).slice(0, 5);
  const deletable = (e) => !e.businessObject.kind.startsWith('Empty');
  const edits = {
    add: () => get('adding').add(pick(choices.all), { element: pick([...nodes(), ...lines()]) }),
    put: () => get('adding').add(pick(choices.all), { point: { x: random(1500), y: random(900) } }),
    connect: () => {
      const [a, b] = [pick(nodes()), pick(nodes())];
      if (!get('treeRules').whyNot(a, b)) modeling.connect(a, b);
    },
    reconnect: () => {
      const line = pick(lines()), to = pick(nodes());
      if (line && !get('treeRules').whyNot(line.source, to, line)) modeling.reconnectEnd(line, to, { x: to.x, y: to.y + 5 });
    },
    insert: () => {
      const line = pick(lines()), node = pick(nodes().filter((n) => deletable(n) && !n.incoming.length && !n.outgoing.length));
      if (line && node && !get('inserting').whyNot(node, line)) get('inserting').insert(node, line);
    },
    remove: () => modeling.removeElements([pick([...movable(), ...lines()])].filter(deletable)),
    removeSeveral: () => modeling.removeElements(some().filter(deletable)),
    move: () => modeling.moveElements([pick(movable())], { x: random(400) - 200, y: random(400) - 200 }),
    moveSeveral: () => some().length && modeling.moveElements(some().concat(pick(movable())), { x: 40, y: -30 }),
    align: () => movable().length > 2 && get('alignElements').trigger(movable().slice(0, 3), 'left'),
    duplicate: () => {
      get('selection').select(some().filter(deletable));
      get('copying').duplicate();
    },
    rename: () => modeling.updateNode(pick(nodes()), { name: `name ${random(1000)}` }),
    kind: () => {
      const gateway = pick(nodes().filter((n) => n.businessObject.kind.endsWith('Gateway')));
      if (gateway) modeling.changeKind(gateway, pick(choices.gateways).kind);
    },
    branches: () => {
      const gateway = pick(nodes());
      modeling.reorderBranches(gateway, [...gateway.outgoing].reverse());
    },
    condition: () => {
      const line = pick(lines().filter((l) => l.businessObject.condition));
      if (line) modeling.updateFlow(line, { condition: { ...line.businessObject.condition, evaluate: `${random(9)} == 1` } });
    },
    sides: () => lines().length && modeling.updateFlow(pick(lines()), { sides: { source: 'Bottom', target: 'Top' } }),
    variable: () => {
      const key = '${v' + random(50) + '}';
      const made = { key, name: key, value: random(9), source_type: 'custom', custom_type: 'input' };
      modeling.updateRest({ constants: { ...store.rest.constants, [key]: made } });
    },
    layout: () => (random(8) === 0 ? get('autoLayout').run() : undefined),
  };
  for (let i = 0; i < count; i += 1) await edits[pick(Object.keys(edits))]();
}"""

UNDO_ALL = (
    "() => { const h = window.sluice.editor.get('history'); let n = 0; while (h.canUndo) { h.undo(); n++; } return n; }"
)
REDO_ALL = (
    "() => { const h = window.sluice.editor.get('history'); let n = 0; while (h.canRedo) { h.redo(); n++; } return n; }"
)
PLACES = """() => window.sluice.editor.get('elementRegistry').filter((e) => e.waypoints)
  .map((e) => [e.id, ...e.waypoints.map((p) => `${p.x},${p.y}`)].join(' ')).sort()"""


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_undoing_200_random_edits_brings_the_first_tree_back(page: Page, site: Site, seed: int) -> None:
    open_editor(page, site.find_flow("Release a web service"))
    first: dict[str, Any] = tree(page)
    first_lines = page.evaluate(PLACES)
    page.evaluate(RANDOM_EDITS, [seed, EDITS])
    last = tree(page)

    undone = page.evaluate(UNDO_ALL)

    assert tree(page) == first
    assert page.evaluate(PLACES) == first_lines
    assert undone > EDITS / 2

    assert page.evaluate(REDO_ALL) == undone
    assert tree(page) == last
