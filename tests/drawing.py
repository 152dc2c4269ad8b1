"""Draw a bk-sops pipeline tree in a line of text, so that a test shows the flow it is about.

    flow("start > a > par ; par > b > join ; par > c > join ; join > end")

Chains are separated by `;`. What a node is follows from its name: `start`, `end`, `par…` parallel gateway,
`xor…` exclusive, `cpg…` conditional parallel, `join…` converge, `sub…` subprocess; anything else is an activity.
`xor > a [1 == 1]` writes the condition of that line, `xor > b [else]` makes it the default.
`nodes={"a": {...}}` merges keys into a node, `plugin` sets the code that activities call (default `bk_display`),
`constants={"${x}": {...}}` and `outputs=[...]` are put into the tree, `pipelines={"sub": tree}` gives children.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

_GATEWAYS = {
    "par": "ParallelGateway",
    "xor": "ExclusiveGateway",
    "cpg": "ConditionalParallelGateway",
    "join": "ConvergeGateway",
}


def flow(
    drawing: str,
    *,
    nodes: Mapping[str, Mapping[str, Any]] | None = None,
    plugin: str = "bk_display",
    inputs: Mapping[str, Mapping[str, Any]] | None = None,
    constants: Mapping[str, Mapping[str, Any]] | None = None,
    outputs: Sequence[str] = (),
    pipelines: Mapping[str, Mapping[str, Any]] | None = None,
) -> dict[str, Any]:
    """Return the pipeline tree of `drawing`; `inputs={"a": {"seconds": 3}}` are the plugin inputs of nodes."""
    names, lines = _read(drawing)
    incoming: dict[str, list[str]] = {n: [i for i, (_, t, _c) in lines.items() if t == n] for n in names}
    outgoing: dict[str, list[str]] = {n: [i for i, (s, _, _c) in lines.items() if s == n] for n in names}
    activities: dict[str, Any] = {}
    gateways: dict[str, Any] = {}
    for name in names:
        if name in ("start", "end"):
            continue
        gateway = next((t for p, t in _GATEWAYS.items() if re.fullmatch(rf"{p}\d*", name)), None)
        if gateway:
            gateways[name] = _gateway(name, gateway, incoming[name], outgoing[name], lines)
        elif re.fullmatch(r"sub\w*", name):
            activities[name] = _subprocess(name, incoming[name], outgoing[name], (pipelines or {}).get(name))
        else:
            activities[name] = _activity(name, incoming[name], outgoing[name], plugin, (inputs or {}).get(name, {}))
    for name, extra in (nodes or {}).items():
        (activities if name in activities else gateways)[name].update(extra)
    return {
        "start_event": {
            "id": "start",
            "name": "",
            "type": "EmptyStartEvent",
            "incoming": "",
            "outgoing": _one(outgoing["start"]),
        },
        "end_event": {
            "id": "end",
            "name": "",
            "type": "EmptyEndEvent",
            "incoming": _one(incoming["end"]),
            "outgoing": "",
        },
        "activities": activities,
        "gateways": gateways,
        "flows": {i: {"id": i, "source": s, "target": t, "is_default": False} for i, (s, t, _c) in lines.items()},
        "constants": {k: variable(k) | dict(v) for k, v in (constants or {}).items()},
        "outputs": list(outputs),
        "line": [
            {"id": i, "source": {"id": s, "arrow": "Right"}, "target": {"id": t, "arrow": "Left"}}
            for i, (s, t, _c) in lines.items()
        ],
        "location": [
            {"id": n, "type": _shape(n), "x": 80 + 200 * x, "y": 150, **({"name": n} if n in activities else {})}
            for x, n in enumerate(names)
        ],
    }


def variable(key: str, **changes: Any) -> dict[str, Any]:
    """Return a constant as the editor writes it, a shown custom input unless `changes` say otherwise."""
    return {
        "key": key, "name": key.strip("${}"), "index": 0, "desc": "", "source_type": "custom", "custom_type": "input",
        "source_tag": "", "source_info": {}, "show_type": "show", "value": "", "validation": "",
    } | changes  # fmt: skip


def output_of(key: str, node: str, tag: str, **changes: Any) -> dict[str, Any]:
    """Return a constant that takes the output `tag` of `node`."""
    return variable(
        key, source_type="component_outputs", custom_type="", source_info={node: [tag]}, show_type="hide", **changes
    )


def _read(drawing: str) -> tuple[list[str], dict[str, tuple[str, str, str]]]:
    names: list[str] = []
    lines: dict[str, tuple[str, str, str]] = {}
    for chain in drawing.split(";"):
        previous = ""
        for part in chain.split(">"):
            # A `>` inside a condition is written `gt`, so that arrows stay arrows.
            match = re.fullmatch(r"\s*(\w+)\s*(?:\[(.*)\])?\s*", part)
            assert match, f"cannot read {part!r} in {drawing!r}"
            name, condition = match.group(1), (match.group(2) or "").replace(" gt ", " > ")
            if name not in names:
                names.append(name)
            if previous:
                lines[f"f{len(lines) + 1}"] = (previous, name, condition)
            previous = name
    return names, lines


def _gateway(
    name: str, type_: str, incoming: list[str], outgoing: list[str], lines: Mapping[str, tuple[str, str, str]]
) -> dict[str, Any]:
    made: dict[str, Any] = {"id": name, "name": name, "type": type_, "incoming": incoming, "outgoing": outgoing}
    if type_ == "ConvergeGateway":
        made["outgoing"] = _one(outgoing)
    if type_ in ("ExclusiveGateway", "ConditionalParallelGateway"):
        made["conditions"] = {
            i: {"evaluate": lines[i][2], "tag": f"branch_{name}_{lines[i][1]}", "name": lines[i][2]}
            for i in outgoing
            if lines[i][2] not in ("", "else")
        }
        for i in outgoing:
            if lines[i][2] == "else":
                made["default_condition"] = {"name": "default", "tag": f"branch_{name}_{lines[i][1]}", "flow_id": i}
    return made


def _activity(
    name: str, incoming: list[str], outgoing: list[str], plugin: str, inputs: Mapping[str, Any]
) -> dict[str, Any]:
    return {
        "id": name, "type": "ServiceActivity", "name": name, "incoming": _one(incoming), "outgoing": _one(outgoing),
        "component": {"code": plugin, "data": {k: {"hook": False, "value": v} for k, v in inputs.items()}},
        "error_ignorable": False, "optional": False, "stage_name": "", "loop": None, "skippable": True, "retryable": True,
    }  # fmt: skip


def _subprocess(name: str, incoming: list[str], outgoing: list[str], tree: Mapping[str, Any] | None) -> dict[str, Any]:
    child = tree if tree is not None else flow("start > inner > end")
    return {
        "id": name, "type": "SubProcess", "name": name, "incoming": _one(incoming), "outgoing": _one(outgoing),
        "optional": False, "stage_name": "", "constants": {}, "hooked_constants": [], "template_id": "",
        "pipeline": {**child, "id": name},
    }  # fmt: skip


def _one(ids: list[str]) -> str | list[str]:
    return ids[0] if len(ids) == 1 else ids if ids else ""


def _shape(name: str) -> str:
    shapes = {"start": "startpoint", "end": "endpoint"}
    for prefix, shape in {"par": "parallelgateway", "xor": "branchgateway", "cpg": "conditionalparallelgateway",
                          "join": "convergegateway", "sub": "subflow"}.items():  # fmt: skip
        if re.fullmatch(rf"{prefix}\d*", name):
            shapes[name] = shape
    return shapes.get(name, "tasknode")


def dependencies(
    drawing: str,
    *,
    steps: Mapping[str, Mapping[str, Any]] | None = None,
    language: str = "functions",
    parallelism: int = 0,
    **options: Any,
) -> dict[str, Any]:
    """Return a tree of kind `dependencies`; lines from the start and to the end need not be drawn.

    `steps={"b": {"rule": "one_failed"}}` is what the tree says of its steps; other options are those of `flow`.
    """
    names, lines = _read(drawing)
    sources, targets = {s for s, _, _ in lines.values()}, {t for _, t, _ in lines.values()}
    ends = [f"start > {n}" for n in names if n not in targets] + [f"{n} > end" for n in names if n not in sources]
    tree = flow(" ; ".join([*ends, drawing]), **options)
    for node in [*tree["activities"].values(), tree["start_event"], tree["end_event"]]:
        for side in ("incoming", "outgoing"):
            node[side] = [node[side]] if isinstance(node[side], str) and node[side] else list(node[side])
    for name, step in (steps or {}).items():
        tree["activities"][name]["step"] = dict(step)
    return {**tree, "kind": "dependencies", "language": language, "parallelism": parallelism}
