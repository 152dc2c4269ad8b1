"""The dialect's flows in our words: bodies of save, and the documents that import takes."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from app.api.enos import words
from app.api.enos.fields import Fields
from app.engine.core.values import dumps
from app.services.flow_saving import FlowWish
from app.services.flow_trees import Definition, FlowRef, FlowTask, Link

_VIRTUAL = re.compile(r"\s*(\d{1,10})\s*\((.*)\)\s*", re.DOTALL)
_MULTIPLE, _TYPED_IN = 2, 2
_MOST_KEYS = 1000


def saved_wish(body: Fields) -> FlowWish:
    """Read the body of save: the whole flow, but that absent nodes mean the nodes that it has."""
    tasks, references, links = body.objects("tasks"), body.objects("flows"), body.objects("relations")
    definition = None
    if tasks is not None or references is not None or links is not None:
        definition = Definition(
            [_placed_task(task) for task in tasks or ()],
            [_reference(reference) for reference in references or ()],
            [_relation(link) for link in links or ()],
        )
    wish = FlowWish(
        name=body.text("name", "flowName"), kind=body.whole("type"), expression=body.text("freq", "cron"),
        cycle=body.text("cycle"), owners=body.people("owners", "owner"), visitors=body.people("visitors", "visitor"),
        is_active=_active(body), starts_on=_date(body), alert_mode=body.whole("alertMode"), account=body.text("doAs", "submitter"),
        queue=body.text("queue", default="") if body.has("queue") else None,
        description=body.text("desc", default="") if body.has("desc") else None,
        parameters=body.pairs("parameters"), definition=definition,
    )  # fmt: skip
    body.check()
    return wish


def imported_wish(body: Fields) -> FlowWish:
    """Read the body of import; the document's own name does not count."""
    document = body.object("flowJson", required=True) or Fields({}, body.problems)
    tasks = [_whole_task(i, task) for i, task in enumerate(document.objects("tasks") or ())]
    ids = {task.name: task.id for task in tasks}
    references, named, links = _links_of(document, ids)
    for entry in document.objects("relations") or ():
        source, target = (_end(entry, ids, key) for key in ("sourceTaskName", "targetTaskName"))
        links.append(Link(source, target, entry.text("cycleGap", default="D0") or "D0", entry.flag("rerun")))
    description = body.text("desc", default="") or document.text("desc", default="")
    wish = FlowWish(
        name=body.text("flowName", default=""), kind=document.whole("type", default=0),
        expression=document.text("cron", "freq", default=""), cycle=document.text("cycle", default="D") or "D",
        owners=document.people("owners", "owner") if document.has("owners", "owner") else [],
        visitors=document.people("visitors", "visitor") if document.has("visitors", "visitor") else [],
        is_active=_active(document) if document.has("active") else False,
        starts_on=_date(document) or "", alert_mode=document.whole("alertMode", default=0),
        account=document.text("submitter", "doAs", default=""), queue=document.text("queue", default=""),
        sync_type=document.whole("syncType", default=0), description=description,
        parameters=document.pairs("parameters") or [], definition=Definition(tasks, references, links), named=named,
    )  # fmt: skip
    body.check()
    return wish


def _placed_task(given: Fields) -> FlowTask:
    number = given.whole("taskId", default=0)
    node_id = given.text("nodeId", default="") or f"t_{number}"
    return FlowTask(node_id, given.double("x") or 0.0, given.double("y") or 0.0, number, given.text("taskName"))


def _reference(given: Fields) -> FlowRef:
    """Read a node that stands for a flow; a virtual one is a task, `104891(tass)`, of another flow."""
    number, name = given.whole("flowId", default=0), given.text("flowName", default="")
    x, y = given.double("x") or 0.0, given.double("y") or 0.0
    node_id = given.text("nodeId", default="") or f"f_{number}"
    if not given.flag("isVirtual"):
        return FlowRef(node_id, x, y, flow=number, number=number, name=name)
    of_task = _VIRTUAL.fullmatch(name)
    if of_task is None:
        given.refuse("flowName", "a virtual flow is called like 104891(tass): a task's id, and its name in brackets")
    return FlowRef(node_id, x, y, task=int(of_task[1]) if of_task else 0, number=number, name=name)


def _relation(given: Fields) -> Link:
    gap = given.text("cycleGap", default="D0") or "D0"
    return Link(given.text("source"), given.text("target"), gap, given.flag("rerun"))


def _whole_task(i: int, given: Fields) -> FlowTask:
    mode = given.object("runMode") or Fields({}, given.problems)
    keys, parallel = _keys(mode)
    details: dict[str, Any] = {
        "type": _type(given), "resource": given.text("resource", default="default"),
        "runMode": dumps(mode.given) if given.has("runMode") else "", "syncType": given.whole("syncType", default=0),
        "submitter": given.text("submitter", default=""), "filePackage": given.text("filePackage", default=""),
        "cron": given.text("cron", default=""), "waitCode": given.text("waitCode", default=""),
    }  # fmt: skip
    return FlowTask(
        f"task_{i}", given.double("x"), given.double("y"), 0, given.text("name"), given.text("cmd", default=""),
        given.text("successCode", default="0"), details["resource"], given.whole("priorityLevel", default=0),
        given.whole("timeout", default=0), given.whole("retryLimit", default=0), given.whole("retryInterval", default=0),
        keys, parallel, given.flag("asLink", default=True), mode.double("cpu") or 0.0, mode.double("memory") or 0.0, details,
    )  # fmt: skip


def _keys(mode: Fields) -> tuple[tuple[str, ...], int]:
    """Read for which keys a task runs, and how many at once; only those that are typed in can be known here."""
    if mode.whole("taskMode", default=1) != _MULTIPLE or mode.whole("keyType", default=0) != _TYPED_IN:
        return (), 0
    keys = [key for part in re.split(r"[\r\n,;]+", mode.text("content", default="")) if (key := part.strip())]
    if len(keys) > _MOST_KEYS:
        mode.refuse("content", f"at most {_MOST_KEYS} keys are wanted")
    return tuple(keys[:_MOST_KEYS]), mode.whole("maxParallel", default=0)


def _type(given: Fields) -> str:
    value = given.text("type", default="COMMAND")
    if value.isascii() and value.isdecimal():
        return words.TYPES[int(value)] if int(value) < len(words.TYPES) else value
    return value


def _links_of(document: Fields, ids: Mapping[str, str]) -> tuple[list[FlowRef], dict[str, tuple[str, str]], list[Link]]:
    """Read the references to other flows and their tasks, and what comes after each."""
    references: list[FlowRef] = []
    named: dict[str, tuple[str, str]] = {}
    of_link: dict[str, str] = {}
    entries: Sequence[tuple[str, Fields]] = [
        *(("", entry) for entry in document.objects("flowLinks") or ()),
        *(("task", entry) for entry in document.objects("taskLinks") or ()),
    ]
    for i, (kind, entry) in enumerate(entries):
        link_id, node_id = entry.text("linkId"), f"link_{i}"
        task_name = entry.text("sourceTaskName") if kind else ""
        if link_id in of_link:
            entry.refuse("linkId", f"{link_id} stands twice")
        of_link[link_id], named[node_id] = node_id, (entry.text("sourceFlowName"), task_name)
        references.append(FlowRef(node_id, entry.double("x"), entry.double("y")))
    links = []
    for entry in document.objects("linkRelations") or ():
        link_id = entry.text("linkId")
        if link_id not in of_link:
            entry.refuse("linkId", f"there is no link {link_id}")
        gap = entry.text("cycleGap", default="D0") or "D0"
        target = _end(entry, ids, "targetTaskName")
        links.append(Link(of_link.get(link_id, ""), target, gap, entry.flag("rerun")))
    return references, named, links


def _end(entry: Fields, ids: Mapping[str, str], key: str) -> str:
    name = entry.text(key)
    if name not in ids:
        entry.refuse(key, f"there is no task {name[:80]!r}")
    return ids.get(name, "")


def _active(given: Fields) -> bool:
    value = given.whole("active")
    if value not in (0, 1):
        given.refuse("active", "0 or 1 is wanted")
    return value == 1


def _date(given: Fields) -> str | None:
    """Read the day from which a flow runs; a time of day after it does not count."""
    if not given.has("startTime"):
        return None
    text = given.text("startTime").strip()
    return text[:10] if re.fullmatch(r"\d{4}-\d\d-\d\d[ T].*", text) else text
