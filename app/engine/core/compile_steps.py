"""From a valid dependency tree to its Graph: an opening, the steps, a closing, and what is above each of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from app.engine.core.graph import Flow, Graph, Kind, Node
from app.engine.core.languages import LANGUAGES, Language
from app.engine.core.scope import Variable, closure
from app.engine.core.step_elements import ELEMENT_INPUTS
from app.engine.core.tree import Activity, Input, ServiceActivity, Step, SubProcess, Tree
from app.engine.core.values import Json, key_of, name_of

CompileChild = Callable[[Tree, Iterable[str]], Graph]


def dependency_graph(
    tree: Tree,
    variables: Mapping[str, Variable],
    takes: Mapping[str, Mapping[str, tuple[str, ...]]],
    outputs: tuple[str, ...],
    compile_child: CompileChild,
) -> Graph:
    """Compile a tree of kind `dependencies`; `takes` are the outputs that variables take, by node."""
    language = LANGUAGES[tree.language]
    nodes = {tree.start.id: Node(tree.start.id, Kind.OPENING, tree.start.name, _flows(tree, tree.start.outgoing))}
    for activity in tree.activities.values():
        node = _step(tree, activity, takes.get(activity.id, {}), compile_child)
        nodes[node.id] = replace(node, needs=closure(variables, _read_by(node, language), language))
    nodes[tree.end.id] = Node(
        tree.end.id, Kind.CLOSING, tree.end.name, needs=closure(variables, outputs, language), step=Step(),
        waits_for=len(tree.end.incoming),
    )  # fmt: skip
    return Graph(tree.start.id, nodes, variables, outputs, frozenset(), tree.language, tree.parallelism, _above(nodes))


def _step(tree: Tree, activity: Activity, takes: Mapping[str, tuple[str, ...]], compile_child: CompileChild) -> Node:
    common: dict[str, Any] = {
        "id": activity.id,
        "kind": Kind.STEP,
        "name": activity.name,
        "outgoing": _flows(tree, activity.outgoing),
        "takes": takes,
        "error_ignorable": activity.error_ignorable,
        "skippable": activity.skippable,
        "retryable": activity.retryable,
        "step": activity.step,
        "waits_for": len(activity.incoming),
    }
    if isinstance(activity, SubProcess):
        return Node(**common, **_trying(activity.step), **_child(activity, takes, compile_child))
    call = _call(tree, activity)
    if activity.step.each is None:
        return Node(**common, **call, **_trying_of(activity))
    # Each element tries for itself; the step gathers what has become of them.
    element = _element(activity, call, LANGUAGES[tree.language], tree.language)
    return Node(**common, **call, child=element)


def _child(activity: SubProcess, takes: Mapping[str, tuple[str, ...]], compile_child: CompileChild) -> dict[str, Any]:
    assert activity.pipeline is not None, "validation refuses a subprocess without its tree"
    wanted = [name_of(key) for key in takes if not key.startswith("_")]
    params = {name_of(key): constant.value for key, constant in activity.constants.items()}
    return {"child": compile_child(activity.pipeline, wanted), "params": params}


def _given(entry: Input, language: Language) -> Json:
    """Return an input as the language writes it; what the editor made a variable stands as the variable's key."""
    if entry.hook and isinstance(entry.value, str) and key_of(name_of(entry.value)) == entry.value:
        return language.naming(name_of(entry.value))
    return entry.value


def _call(tree: Tree, activity: ServiceActivity) -> dict[str, Any]:
    return {
        "plugin": activity.code,
        "version": activity.version,
        "inputs": {key: _given(entry, LANGUAGES[tree.language]) for key, entry in activity.inputs.items()},
        "raw_inputs": frozenset(key for key, entry in activity.inputs.items() if not entry.render),
        "renders": True,
        "worker_group": activity.worker_group,
        "executor_proxy": activity.executor_proxy,
    }


def _trying(step: Step) -> dict[str, Any]:
    return {"auto_retries": step.retries, "auto_retry_after": step.retry_after, "timeout": step.timeout}


def _trying_of(activity: ServiceActivity) -> dict[str, Any]:
    """How a step that calls a plugin tries: as its step says, else as any activity does."""
    said, retry, timeout = _trying(activity.step), activity.auto_retry, activity.timeout
    if retry and not said["auto_retries"]:
        said |= {"auto_retries": retry.times, "auto_retry_after": timedelta(seconds=retry.interval_s)}
    if timeout and not said["timeout"]:
        skips = timeout.action == "forced_fail_and_skip"
        said |= {"timeout": timedelta(seconds=timeout.seconds), "skips_on_timeout": skips}
    return said


def _element(activity: ServiceActivity, call: Mapping[str, Any], language: Language, name: str) -> Graph:
    """Make the graph of one element of a loop: the step alone, with inputs that its run is given."""
    first, own, last = (f"{activity.id[:58]}_{part}" for part in ("open", "each", "close"))
    step = Node(
        own, Kind.STEP, activity.name, (Flow(f"{own}_out", last),), **{**call, "inputs": {}},
        **_trying_of(activity), step=Step(), waits_for=1, inputs_from=ELEMENT_INPUTS,
        needs=frozenset({ELEMENT_INPUTS}),
    )  # fmt: skip
    nodes = {
        first: Node(first, Kind.OPENING, outgoing=(Flow(f"{own}_in", own),)),
        own: step,
        last: Node(last, Kind.CLOSING, step=Step(), waits_for=1),
    }
    return Graph(first, nodes, {}, (), frozenset(), name, 0, _above(nodes), hands_out=own)


def _read_by(node: Node, language: Language) -> frozenset[str]:
    step = node.step
    assert step is not None
    inputs = [value for key, value in node.inputs.items() if key not in node.raw_inputs]
    cases = [case.case for case in step.cases]
    return language.references([inputs, dict(step.context), dict(node.params), step.condition, step.each, cases])


def _flows(tree: Tree, flow_ids: Iterable[str]) -> tuple[Flow, ...]:
    return tuple(Flow(id_, tree.flows[id_].target) for id_ in flow_ids)


def _above(nodes: Mapping[str, Node]) -> dict[str, tuple[int, int]]:
    """Number the nodes in an order in which they can run; a node's bits are the numbers of all that are above it."""
    waiting = dict.fromkeys(nodes, 0)
    for node in nodes.values():
        for flow in node.outgoing:
            waiting[flow.target] += 1
    above = dict.fromkeys(nodes, 0)
    places: dict[str, tuple[int, int]] = {}
    ready = [id_ for id_, count in waiting.items() if not count]
    while ready:
        id_ = ready.pop()
        place = len(places)
        places[id_] = (place, above[id_])
        for flow in nodes[id_].outgoing:
            above[flow.target] |= above[id_] | 1 << place
            waiting[flow.target] -= 1
            if not waiting[flow.target]:
                ready.append(flow.target)
    return places
