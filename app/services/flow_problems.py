"""What can be wrong with a flow as it is described."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from app.engine.core.business_time import read_gap
from app.errors import Problem
from app.services.flow_trees import END, START, Definition, FlowTask, Node, in_order

MOST_TASKS, MOST_RETRIES, LONGEST_S = 5000, 100, 86_400 * 7
_ID = re.compile(r"\w{1,64}", re.ASCII)


def definition_problems(flow: Definition) -> list[Problem]:
    """Return everything that is wrong with a definition by itself; `where` is a field, with a node's name or id."""
    nodes = [*flow.tasks, *flow.references]
    ids, problems = {node.id for node in nodes}, []
    if len(nodes) > MOST_TASKS:
        problems.append(Problem("too_large", f"a flow has at most {MOST_TASKS} nodes", "tasks"))
    problems += [_wrong("nodeId", f"{n.id[:80]!r} is not an id: letters, digits and _") for n in nodes if not _is_id(n)]
    for what, found in (("nodeId", [n.id for n in nodes]), ("taskName", [t.name for t in flow.tasks]),
                        ("taskId", [t.number for t in flow.tasks if t.number])):  # fmt: skip
        problems += [_wrong(what, f"{value} stands twice; once is right") for value in _doubles(found)]
    for task in flow.tasks:
        problems += _task_problems(task)
    keys = [key for key, _ in flow.parameters]
    problems += [_wrong("parameters", f"the key {key[:80]!r} stands twice; once is right") for key in _doubles(keys)]
    problems += [_wrong("parameters", "a key is empty")] if "" in keys else []
    references = {reference.id for reference in flow.references}
    for link in flow.links:
        problems += [
            _wrong("relations", f"there is no node {end}") for end in (link.source, link.target) if end not in ids
        ]
        if link.target in references:
            problems.append(_wrong("relations", f"{link.target} refers to another flow: nothing can come before it"))
        try:
            read_gap(link.gap)
        except ValueError as error:
            problems.append(_wrong("cycleGap", str(error)))
    pairs = [(link.source, link.target) for link in flow.links]
    problems += [_wrong("relations", f"{a} to {b} stands twice") for a, b in _doubles(pairs)]
    if not problems and (circle := _circle(ids, pairs)):
        problems.append(_wrong("relations", f"the nodes {', '.join(circle[:10])} wait for one another"))
    return problems


def _task_problems(task: FlowTask) -> list[Problem]:
    name = task.name[:80]
    problems = (
        [] if 1 <= len(task.name.strip()) <= 128 else [_wrong("name", f"{name!r}: 1 to 128 characters are wanted")]
    )
    ranges = {
        "timeout": (task.timeout_s, LONGEST_S), "retryLimit": (task.retries, MOST_RETRIES),
        "retryInterval": (task.retry_after_s, 86_400), "priorityLevel": (task.priority, 1000),
        "maxParallel": (task.parallel, 1000), "cpu": (task.cores, 1024), "memory": (task.memory_gb, 9000),
    }  # fmt: skip
    problems += [
        _wrong(key, f"{name}: 0 to {most} is wanted, not {value}") for key, (value, most) in ranges.items()
        if not 0 <= value <= most
    ]  # fmt: skip
    if not re.fullmatch(r"\s*(\d{1,3}(\s*[,;]\s*\d{1,3})*)?\s*", task.success_code):
        problems.append(_wrong("successCode", f"{name}: an exit code is wanted, not {task.success_code[:40]!r}"))
    return problems


def _is_id(node: Node) -> bool:
    return bool(_ID.fullmatch(node.id)) and node.id not in (START, END)


def _wrong(where: str, message: str) -> Problem:
    return Problem("flow", f"{where}: {message}", where)


def _doubles(values: Iterable[Any]) -> list[Any]:
    seen: set[Any] = set()
    return list(dict.fromkeys(v for v in values if v in seen or seen.add(v)))  # type: ignore[func-returns-value]


def _circle(ids: Iterable[str], pairs: Sequence[tuple[str, str]]) -> list[str]:
    """Return the nodes that are on or behind a circle; none where there is none."""
    known = set(ids)
    ordered = set(in_order(known, pairs))
    return sorted(known - ordered)
