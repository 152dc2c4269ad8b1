"""Writes a tree as the dialect's template: one that came from a client, or was drawn or changed on the canvas."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from app.api.oos.ids import template_id
from app.api.oos.operators import SWITCH, SWITCH_CODE, operator_of
from app.api.oos.words import RETRY_INTERVAL, RULE_NAMES, TIMEOUT
from app.engine.core.values import name_of

_KINDS = {"int": "number", "input": "string", "textarea": "string", "select": "string", "password": "string"}


def template_of(tree: Mapping[str, Any], name: str, type_: str = "INDIVIDUAL", description: str = "") -> dict[str, Any]:
    """Return a template without its id."""
    kept = tree.get("oos") or {}
    names = operator_names(tree)
    pairs = _pairs(tree, names)
    ordered = _ordered(list(names.values()), pairs)
    linear = bool(kept.get("linear", len(ordered) == 1)) and _is_chain(ordered, pairs)
    by_name = {named: id_ for id_, named in names.items()}
    ids = [by_name[named] for named in (ordered if linear else names.values())]
    template = {
        "name": name, "type": type_, "tags": kept.get("tags") or [], "linear": linear,
        "links": _links(kept.get("links") or [], pairs, linear),
        "operators": [operator_body(tree["activities"][id_], names) for id_ in ids],
        "properties": [_property(name_of(key), constant, is_run="execution" in kept) for key, constant in _shown(tree)],
    }  # fmt: skip
    if description:
        template["description"] = description
    if tree.get("parallelism"):
        template["parallelism"] = tree["parallelism"]
    return template


def operator_names(tree: Mapping[str, Any]) -> dict[str, str]:
    """Return the operators' names by the ids of their activities; where two are called alike, one gets a number."""
    names: dict[str, str] = {}
    taken: set[str] = set()
    for id_, activity in tree["activities"].items():
        wanted = name = str(activity.get("name") or "step")
        number = 2
        while name in taken:
            name, number = f"{wanted}_{number}", number + 1
        taken.add(name)
        names[id_] = name
    return names


def operator_body(activity: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    """Return an operator as it stands in a template."""
    step, kept = activity.get("step") or {}, activity.get("oos") or {}
    body: dict[str, Any] = {"name": names.get(activity["id"], activity.get("name", ""))}
    body |= {key: kept[key] for key in ("label", "description", "tags", "category") if kept.get(key)}
    properties = _properties(activity, names)
    if activity.get("type") == "SubProcess":
        body["template"] = _nested(activity)
    else:
        component = activity.get("component") or {}
        is_switch = component.get("code") == SWITCH_CODE
        body["operator"] = SWITCH if is_switch else _operator_name(component)
    retry = activity.get("auto_retry") or {}
    timeout = activity.get("timeout_config") or {}
    body |= {
        "retries": int(step.get("retries") or (retry.get("times") if retry.get("enable") else 0) or 0),
        "retryInterval": int(step.get("retry_after_ms", RETRY_INTERVAL)),
        "timeout": int(step.get("timeout_ms") or (timeout.get("seconds", 0) * 1000 if timeout.get("enable") else 0) or TIMEOUT),
        "manually": bool(step.get("manual", False)), "scheduleDelayMilli": int(step.get("delay_ms") or 0),
        "pauseOnFailure": bool(step.get("pause_on_failure", False)), "properties": properties,
        "initContext": dict(step.get("context") or {}),
    }  # fmt: skip
    rule = RULE_NAMES.get(str(step.get("rule") or ""), "ALL_SUCCESS")
    if rule != "ALL_SUCCESS":
        body["triggerRule"] = rule
    if "condition" in step:
        body["condition"] = step["condition"]
    if "each" in step:
        body["loops"] = step["each"]
    for key, prefix in (("each_parallelism", "parallelism"), ("allowed_failures", "allowedFailure")):
        share = step.get(key)
        if share:
            ratio, count = float(share.get("ratio") or 0), int(share.get("count") or 0)
            body |= {
                f"{prefix}Ratio": ratio,
                f"{prefix}Count": count,
                f"{prefix}Control": {"ratio": ratio, "count": count},
            }
    return body


def given_properties(tree: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values that an execution was started with."""
    given = ((tree.get("oos") or {}).get("execution") or {}).get("properties")
    if isinstance(given, Mapping):
        return dict(given)
    return {name_of(key): constant.get("value") for key, constant in _shown(tree)}


def _properties(activity: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    if activity.get("type") == "SubProcess":
        return {name_of(key): constant.get("value") for key, constant in (activity.get("constants") or {}).items()}
    data = (activity.get("component") or {}).get("data") or {}
    properties = {k: v["value"] if isinstance(v, Mapping) and "value" in v else v for k, v in data.items()}
    switch = (activity.get("step") or {}).get("switch")
    if isinstance(switch, Mapping):
        cases = [{**case, "next": names.get(case.get("next"), "")} for case in switch.get("cases") or []]
        properties["switch"] = cases
        if switch.get("default"):
            properties["default"] = names.get(switch["default"], "")
    return properties


def _nested(activity: Mapping[str, Any]) -> dict[str, Any]:
    number = str(activity.get("template_id") or "")
    return {"ref": template_id(int(number)) if number.isdecimal() else ""}


def _operator_name(component: Mapping[str, Any]) -> str:
    return operator_of(str(component.get("code") or ""), str(component.get("version") or "legacy"))


def _pairs(tree: Mapping[str, Any], names: Mapping[str, str]) -> list[tuple[str, str]]:
    ends = [(flow.get("source"), flow.get("target")) for flow in (tree.get("flows") or {}).values()]
    return list(dict.fromkeys((names[s], names[t]) for s, t in ends if s in names and t in names))


def _links(kept: Sequence[Any], pairs: Sequence[tuple[str, str]], linear: bool) -> list[dict[str, str]]:
    """Return the links, in the order in which they came where they are still the same."""
    told = [link for link in kept if isinstance(link, Mapping)]
    if linear:
        return [dict(link) for link in told]
    if {(link.get("src"), link.get("dst")) for link in told} == set(pairs):
        return [{"src": str(link["src"]), "dst": str(link["dst"])} for link in told]
    return [{"src": source, "dst": target} for source, target in pairs]


def _ordered(names: Sequence[str], pairs: Sequence[tuple[str, str]]) -> list[str]:
    """Return names in an order in which they can run."""
    after: dict[str, list[str]] = {name: [] for name in names}
    waits = dict.fromkeys(names, 0)
    for source, target in pairs:
        after[source].append(target)
        waits[target] += 1
    free = [name for name in reversed(names) if not waits[name]]
    order = []
    while free:
        order.append(free.pop())
        for target in after[order[-1]]:
            waits[target] -= 1
            if not waits[target]:
                free.append(target)
    return order if len(order) == len(names) else list(names)


def _is_chain(ordered: Sequence[str], pairs: Sequence[tuple[str, str]]) -> bool:
    return set(pairs) == set(pairwise(ordered))


def _shown(tree: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any]]]:
    """Return the variables that are the template's parameters: no outputs of nodes, nor what an execution added."""
    constants = [
        (key, c) for key, c in (tree.get("constants") or {}).items()
        if c.get("source_type", "custom") == "custom" and not (c.get("oos") or {}).get("undeclared")
    ]  # fmt: skip
    return sorted(constants, key=lambda pair: pair[1].get("index") or 0)


def _property(name: str, constant: Mapping[str, Any], *, is_run: bool) -> dict[str, Any]:
    kept = dict(constant.get("oos") or {})
    label, default = kept.pop("label", None), kept.pop("default", None)
    shown = str(constant.get("name") or "")
    if label is None or (shown and shown not in (name, label)):
        # It was made, or renamed, on the canvas.
        label = "" if shown == name else shown
    value = constant.get("value")
    own = default if default is not None else kept.get("value")
    body: dict[str, Any] = {
        "name": name, "type": _KINDS.get(str(constant.get("custom_type")), "string"), "required": False,
        "multiple": False, "description": str(constant.get("desc") or ""), "options": [], "properties": [], **kept,
    }  # fmt: skip
    if label:
        body["label"] = label
    if value not in (None, "") and value != own and not is_run:
        body["defaultValue"] = value
        body.pop("value", None)
    elif default is not None:
        body["defaultValue"] = default
    return body
