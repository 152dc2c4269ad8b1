"""From a valid Tree to the Graph that runs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from functools import lru_cache

from app.engine.core.compile_steps import dependency_graph
from app.engine.core.conditions import Condition
from app.engine.core.conditions import parse as parse_condition
from app.engine.core.cycles import cycles_of
from app.engine.core.graph import Flow, Graph, Kind, Node
from app.engine.core.groups import in_group
from app.engine.core.matching import converges_of
from app.engine.core.scope import Variable, closure
from app.engine.core.templating import references
from app.engine.core.tree import Constant, Gateway, ServiceActivity, SubProcess, Tree
from app.engine.core.values import Json, name_of

_GATEWAYS = {
    "ExclusiveGateway": Kind.EXCLUSIVE,
    "ParallelGateway": Kind.PARALLEL,
    "ConditionalParallelGateway": Kind.CONDITIONAL,
    "ConvergeGateway": Kind.CONVERGE,
}


def compile_tree(tree: Tree, *, wanted: Iterable[str] = ()) -> Graph:
    """Compile a tree that `problems_of` has found valid.

    `wanted` names variables whose values the run hands out at its end besides the tree's own outputs: a subprocess
    hands out what its parent takes.
    """
    graph = _compiled(tree, wanted)
    return in_group(graph, tree.worker_group) if tree.worker_group else graph


def _compiled(tree: Tree, wanted: Iterable[str]) -> Graph:
    variables = variables_of(tree.constants)
    if tree.is_dependencies:
        named = tuple(dict.fromkeys([*map(name_of, tree.outputs), *wanted]))
        return dependency_graph(
            tree, variables, _takes(tree.constants), named, lambda child, names: compile_tree(child, wanted=names)
        )
    converges = converges_of(tree)
    takes = _takes(tree.constants)
    outputs = dict.fromkeys([*map(name_of, tree.outputs), *wanted])
    nodes = {tree.start.id: Node(tree.start.id, Kind.START, tree.start.name, _flows(tree, tree.start.outgoing, {}))}
    nodes[tree.end.id] = Node(tree.end.id, Kind.END, tree.end.name, needs=closure(variables, outputs))
    for activity in tree.activities.values():
        if isinstance(activity, ServiceActivity):
            nodes[activity.id] = _activity(tree, activity, variables, takes.get(activity.id, {}))
        else:
            nodes[activity.id] = _subprocess(tree, activity, variables, takes.get(activity.id, {}))
    for gateway in tree.gateways.values():
        nodes[gateway.id] = _gateway(tree, gateway, variables, converges.get(gateway.id) or "")
    after = {id_: [flow.target for flow in node.outgoing] for id_, node in nodes.items()}
    return Graph(tree.start.id, nodes, variables, tuple(outputs), frozenset().union(*cycles_of(after)))


def variables_of(constants: Mapping[str, Constant]) -> dict[str, Variable]:
    """Variables that have a value of their own; those that take an output have none until the node gives it."""
    return {
        name_of(c.key): Variable(name_of(c.key), c.value, c.custom_type, secret=c.custom_type == "password")
        for c in constants.values()
        if c.source_type not in ("component_outputs", "system")
    }


def _takes(constants: Mapping[str, Constant]) -> dict[str, dict[str, tuple[str, ...]]]:
    """Which variables take which output: {node id: {output key: variable names}}."""
    takes: dict[str, dict[str, tuple[str, ...]]] = {}
    for constant in constants.values():
        if constant.source_type != "component_outputs":
            continue
        for node_id, keys in constant.source_info.items():
            for key in keys:
                of_node = takes.setdefault(node_id, {})
                of_node[key] = (*of_node.get(key, ()), name_of(constant.key))
    return takes


def _activity(
    tree: Tree, activity: ServiceActivity, variables: Mapping[str, Variable], takes: Mapping[str, tuple[str, ...]]
) -> Node:
    inputs = {key: entry.value for key, entry in activity.inputs.items()}
    raw = frozenset(key for key, entry in activity.inputs.items() if not entry.render)
    used = references({key: value for key, value in inputs.items() if key not in raw})
    retry, timeout = activity.auto_retry, activity.timeout
    return Node(
        activity.id,
        Kind.ACTIVITY,
        activity.name,
        _flows(tree, activity.outgoing, {}),
        plugin=activity.code,
        version=activity.version,
        inputs=inputs,
        raw_inputs=raw,
        renders=bool(used),
        needs=closure(variables, used),
        takes=takes,
        error_ignorable=activity.error_ignorable,
        skippable=activity.skippable,
        retryable=activity.retryable,
        auto_retries=retry.times if retry else 0,
        auto_retry_after=timedelta(seconds=retry.interval_s) if retry else timedelta(),
        timeout=timedelta(seconds=timeout.seconds) if timeout else None,
        skips_on_timeout=timeout is not None and timeout.action == "forced_fail_and_skip",
        worker_group=activity.worker_group,
        executor_proxy=activity.executor_proxy,
    )


def _subprocess(
    tree: Tree, activity: SubProcess, variables: Mapping[str, Variable], takes: Mapping[str, tuple[str, ...]]
) -> Node:
    assert activity.pipeline is not None, "validation refuses a subprocess without its tree"
    # The parent takes a child's variable by its key, `${x}`; a run hands values out by bare name.
    taken = {name_of(key): names for key, names in takes.items()}
    own = {"_result", "_loop", "_inner_loop"}
    child = compile_tree(activity.pipeline, wanted=[name for name in taken if name not in own])
    params = dict(_params(activity, variables))
    return Node(
        activity.id,
        Kind.SUBPROCESS,
        activity.name,
        _flows(tree, activity.outgoing, {}),
        needs=closure(variables, references(params)),
        takes=taken,
        skippable=activity.skippable,
        retryable=activity.retryable,
        child=child,
        params=params,
    )


def _params(activity: SubProcess, variables: Mapping[str, Variable]) -> Iterator[tuple[str, Json]]:
    """What a parent gives its child: what the node says, and the child's shown variables that name one of the parent's."""
    assert activity.pipeline is not None
    given = {name_of(key): constant.value for key, constant in activity.constants.items()}
    yield from given.items()
    for constant in activity.pipeline.constants.values():
        name = name_of(constant.key)
        shown = constant.show_type == "show" and constant.source_type != "component_outputs"
        if shown and name not in given and references(constant.value) & variables.keys():
            yield name, constant.value


def _gateway(tree: Tree, gateway: Gateway, variables: Mapping[str, Variable], converge: str) -> Node:
    kind = _GATEWAYS[gateway.type]
    conditions = {flow_id: _condition(text) for flow_id, text in gateway.conditions.items()}
    used = frozenset[str]().union(*(c.references for c in conditions.values())) if conditions else frozenset[str]()
    return Node(
        gateway.id,
        kind,
        gateway.name,
        _flows(tree, gateway.outgoing, conditions if kind in (Kind.EXCLUSIVE, Kind.CONDITIONAL) else {}),
        needs=closure(variables, used),
        default_flow=gateway.default_flow or "",
        takes_first=gateway.strategy.upper() in ("FIRST", "2"),
        converge=converge,
    )


@lru_cache(maxsize=4096)
def _condition(text: str) -> Condition:
    return parse_condition(text)


def _flows(tree: Tree, flow_ids: Iterable[str], conditions: Mapping[str, Condition]) -> tuple[Flow, ...]:
    return tuple(Flow(id_, tree.flows[id_].target, conditions.get(id_)) for id_ in flow_ids)
