"""`RULES`: what a tree must keep to, each rule a small function from the tree to its problems.

All rules are asked and all problems told at once, each with the id of the node, line or variable that it is about. The
rules that look at paths are asked only of a tree whose nodes and lines are in order by themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator

from app.engine.core.compile import variables_of
from app.engine.core.conditions import ConditionError, parse
from app.engine.core.cycles import cycles_of
from app.engine.core.kinds import DECIDING, DEPENDENCY_KINDS, FORBIDDEN, KINDS, START, TO_ITSELF, kind_of, wanted
from app.engine.core.languages import LANGUAGES
from app.engine.core.matching import reached, shape_of, stream_problems
from app.engine.core.scope import cycle_in
from app.engine.core.tree import AnyNode, Event, ServiceActivity, SubProcess, Tree
from app.engine.core.values import key_of, name_of
from app.errors import Problem
from app.sentences import say

Known = Collection[tuple[str, str]]
"""The plugins that there are, as (code, version)."""


def degrees(tree: Tree) -> Iterator[Problem]:
    """Each node has as many lines in and out as its kind needs (`kinds.KINDS`)."""
    for node in tree.nodes.values():
        lines = (DEPENDENCY_KINDS if tree.is_dependencies else KINDS).get(kind_of(tree, node))
        if lines is None:
            yield Problem(
                "gateway", say("{node} is a gateway; a dependency graph has none", node=_named(tree, node)), node.id
            )
            continue
        if not _within(node.incoming, lines.inside):
            text = say(
                "{node} needs {wanted} in, not {count}",
                node=_named(tree, node), wanted=wanted(lines.inside), count=len(node.incoming),
            )  # fmt: skip
            yield Problem("degree", text, node.id)
        if not _within(node.outgoing, lines.outside):
            text = say(
                "{node} needs {wanted} out, not {count}",
                node=_named(tree, node), wanted=wanted(lines.outside), count=len(node.outgoing),
            )  # fmt: skip
            yield Problem("degree", text, node.id)


def targets(tree: Tree) -> Iterator[Problem]:
    """Nothing leads to the start, no line back to its own node, and nothing where `kinds.FORBIDDEN` says no."""
    nodes = tree.nodes
    kinds = {id_: kind_of(tree, node) for id_, node in nodes.items()}
    for flow in tree.flows.values():
        source, target = kinds[flow.source], kinds[flow.target]
        if target == START:
            yield Problem("target", say("line {line} leads to the start", line=flow.id), flow.id)
        elif flow.source == flow.target:
            yield Problem("target", say("line {line}: {to_itself}", line=flow.id, to_itself=TO_ITSELF), flow.id)
        elif (source, target) in FORBIDDEN:
            yield Problem("target", FORBIDDEN[source, target], flow.id)


def conditions(tree: Tree) -> Iterator[Problem]:
    """Each line out of a gateway that decides has a condition that can be read, or is its default."""
    for gateway in tree.gateways.values():
        if gateway.type not in DECIDING:
            continue
        if gateway.default_flow is not None and gateway.default_flow not in gateway.outgoing:
            yield Problem(
                "default_flow",
                say(
                    "the default line {line} of gateway {gateway} does not leave it",
                    line=gateway.default_flow,
                    gateway=gateway.id,
                ),
                gateway.id,
            )
        for flow_id in gateway.conditions.keys() - set(gateway.outgoing):
            yield Problem(
                "condition",
                say(
                    "gateway {gateway} has a condition for line {line}, which does not leave it",
                    gateway=gateway.id,
                    line=flow_id,
                ),
                flow_id,
            )
        for flow_id in gateway.outgoing:
            text = gateway.conditions.get(flow_id)
            if text is None:
                if flow_id != gateway.default_flow:
                    yield Problem(
                        "condition",
                        say("line {line} out of gateway {gateway} needs a condition", line=flow_id, gateway=gateway.id),
                        flow_id,
                    )
                continue
            try:
                parse(text)
            except ConditionError as error:
                yield Problem(
                    "condition",
                    say("the condition of line {line} cannot be read: {error}", line=flow_id, error=error),
                    flow_id,
                )


def subprocesses(tree: Tree) -> Iterator[Problem]:
    """Each subprocess names a flow, or holds one."""
    for node in tree.activities.values():
        if isinstance(node, SubProcess) and node.pipeline is None and not node.template_id:
            yield Problem("subprocess", say("subprocess {node} names no flow (template_id)", node=node.id), node.id)


def variables(tree: Tree) -> Iterator[Problem]:
    """Variables do not refer to one another in a circle; outputs are variables; sources are nodes."""
    circle = cycle_in(variables_of(tree.constants), LANGUAGES[tree.language])
    if circle:
        path = " -> ".join(map(key_of, circle))
        yield Problem(
            "circular_reference",
            say("variables refer to one another in a circle: {path}", path=path),
            key_of(circle[0]),
        )
    known = {name_of(key) for key in tree.constants}
    for key in tree.outputs:
        if name_of(key) not in known:
            yield Problem("output", say("the output {key} is not a variable of the flow", key=key), key)
    for constant in tree.constants.values():
        for node_id in constant.source_info if constant.source_type == "component_outputs" else ():
            if node_id not in tree.activities:
                yield Problem(
                    "source",
                    say(
                        "{constant} takes an output of {node}, which is not a node", constant=constant.key, node=node_id
                    ),
                    constant.key,
                )


def reachable(tree: Tree) -> Iterator[Problem]:
    """Each node is reached from the start and reaches the end."""
    shape = shape_of(tree)
    from_start, to_end = reached(shape.start, shape.after), reached(shape.end, shape.before)
    for node_id in shape.after:
        if node_id not in from_start:
            yield Problem("unreached", say("node {node} is not reached from the start", node=node_id), node_id)
        elif node_id not in to_end:
            yield Problem("dead_end", say("no path leads from node {node} to the end", node=node_id), node_id)


def working_cycles(tree: Tree) -> Iterator[Problem]:
    """Each cycle contains a node that works: one of gateways alone would turn for ever."""
    after = {id_: [tree.flows[f].target for f in n.outgoing] for id_, n in tree.nodes.items() if not _works(n)}
    for cycle in cycles_of({id_: [t for t in targets_ if t in after] for id_, targets_ in after.items()}):
        yield Problem(
            "idle_cycle", say("the cycle through {cycle} contains no node that works", cycle=sorted(cycle)), min(cycle)
        )


def streams(tree: Tree) -> Iterator[Problem]:
    """Each fork is joined by one converge, and its branches stay apart until there."""
    yield from stream_problems(tree)


def cycles(tree: Tree) -> Iterator[Problem]:
    """No step of a dependency graph waits for itself."""
    after = {id_: [tree.flows[f].target for f in node.outgoing] for id_, node in tree.nodes.items()}
    for cycle in cycles_of(after):
        yield Problem(
            "cycle", say("the steps {cycle} wait for one another in a circle", cycle=sorted(cycle)), min(cycle)
        )


def switches(tree: Tree) -> Iterator[Problem]:
    """What a switch chooses is a step that a line of its leads to, and it neither loops nor holds a flow."""
    for node in tree.activities.values():
        if not node.step.switches:
            continue
        after = {tree.flows[flow_id].target for flow_id in node.outgoing if flow_id in tree.flows}
        for chosen in [case.next for case in node.step.cases] + [node.step.fallback] * bool(node.step.fallback):
            if chosen not in after:
                yield Problem(
                    "switch",
                    say(
                        "the switch {node} chooses {chosen}, to which no line of it leads", node=node.id, chosen=chosen
                    ),
                    node.id,
                )
        if node.step.each is not None or isinstance(node, SubProcess):
            yield Problem("switch", say("the switch {node} can neither loop nor hold a flow", node=node.id), node.id)


Rule = Callable[[Tree], Iterator[Problem]]

LOCAL_RULES: tuple[Rule, ...] = (degrees, targets, conditions, subprocesses, variables)
PATH_RULES: tuple[Rule, ...] = (reachable, working_cycles)
RULES: tuple[Rule, ...] = (*LOCAL_RULES, *PATH_RULES, streams)
DEPENDENCY_LOCAL_RULES: tuple[Rule, ...] = (degrees, targets, switches, subprocesses, variables)
DEPENDENCY_PATH_RULES: tuple[Rule, ...] = (reachable, cycles)


def problems_of(tree: Tree, known_plugins: Known | None = None) -> list[Problem]:
    """Return everything that is wrong with a tree and the trees in it; empty when it can run.

    With `known_plugins` also the plugin codes and versions that do not exist.
    """
    local, paths = LOCAL_RULES, PATH_RULES
    if tree.is_dependencies:
        local, paths = DEPENDENCY_LOCAL_RULES, DEPENDENCY_PATH_RULES
    problems = [p for rule in local for p in rule(tree)]
    if known_plugins is not None:
        problems += _unknown_plugins(tree, known_plugins)
    if not any(p.rule in ("degree", "target", "gateway") for p in problems):
        on_paths = [p for rule in paths for p in rule(tree)]
        problems += on_paths or ([] if tree.is_dependencies else list(streams(tree)))
    for activity in tree.activities.values():
        if isinstance(activity, SubProcess) and activity.pipeline is not None:
            problems += problems_of(activity.pipeline, known_plugins)
    return problems


def plugins_of(tree: Tree) -> set[tuple[str, str]]:
    """Return the (code, version) of every plugin that a tree and the trees in it call."""
    found: set[tuple[str, str]] = set()
    for node in tree.activities.values():
        if isinstance(node, ServiceActivity):
            if not node.step.switches:
                found.add((node.code, node.version))
        elif node.pipeline is not None:
            found |= plugins_of(node.pipeline)
    return found


def _unknown_plugins(tree: Tree, known: Known) -> Iterator[Problem]:
    for node in tree.activities.values():
        if isinstance(node, ServiceActivity) and not node.step.switches and (node.code, node.version) not in known:
            yield Problem(
                "unknown_plugin",
                say(
                    "node {node} calls plugin {code} {version}, which does not exist",
                    node=node.id,
                    code=node.code,
                    version=node.version,
                ),
                node.id,
            )


def _named(tree: Tree, node: AnyNode) -> str:
    if isinstance(node, Event):
        return say("the start") if node.id == tree.start.id else say("the end")
    return say("node {node}", node=node.id)


def _within(lines: Collection[str], limits: tuple[int, int]) -> bool:
    return limits[0] <= len(lines) <= limits[1]


def _works(node: AnyNode) -> bool:
    return isinstance(node, ServiceActivity | SubProcess)
