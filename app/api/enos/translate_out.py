"""Our flows in the dialect's words: as they are read, and as the documents that export gives."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.api.enos.shapes import stamped
from app.engine.core.values import dumps
from app.services.access import Actor, Project, may
from app.services.flow_settings import Flow, may_edit
from app.services.flow_trees import Definition, FlowRef, FlowTask, Link

_API = 1
_NO_MODE = '{"taskMode":1,"cpu":0.5,"memory":0.5,"maxParallel":0,"keyType":0,"datasourceId":0,"path":"","content":""}'


def flow_json(actor: Actor, project: Project, flow: Flow) -> dict[str, Any]:
    """Return a flow as get and loadForEdit tell it."""
    template, settings, definition = flow.template, flow.settings, flow.definition
    return {
        "flowId": flow.number, "flowName": template.name, "active": int(settings.is_active), "creator": template.creator,
        "updateUser": template.editor or template.creator, "createTime": stamped(template.created_at, project.time_zone),
        "updateTime": stamped(template.edited_at, project.time_zone), "freq": settings.expression, "cycle": settings.cycle,
        "type": settings.kind, "alertMode": settings.alert_mode, "doAs": settings.account, "desc": template.description,
        "queue": settings.queue, "owner": ";".join(flow.owners), "visitor": ";".join(flow.visitors),
        "parameters": parameters_text(definition), "graph": dumps(graph_json(flow, definition)), "entry": _API,
        "syncType": settings.sync_type, "startTime": settings.starts_on, "virtual": False, "locked": settings.is_locked,
        "isUserLocked": False, "hasEditPri": may_edit(actor, project, flow), "hasReadPri": may(actor, project, "view"),
    }  # fmt: skip


def graph_json(flow: Flow, definition: Definition) -> dict[str, Any]:
    """Return what stands in `graph`."""
    template, settings = flow.template, flow.settings
    return {
        "creator": template.creator, "freq": settings.expression, "alertMode": settings.alert_mode,
        "active": int(settings.is_active), "type": settings.kind, "owners": ";".join(flow.owners),
        "visitors": ";".join(flow.visitors), "startTime": settings.starts_on, "cycle": settings.cycle,
        "doAs": settings.account, "flows": [reference_json(reference) for reference in definition.references],
        "name": template.name, "syncType": settings.sync_type, "relations": [link_json(link) for link in definition.links],
        "parameters": parameters_text(definition), "tasks": [task_json(task) for task in definition.tasks],
        "queue": settings.queue, "desc": template.description,
    }  # fmt: skip


def task_json(task: FlowTask) -> dict[str, Any]:
    """Return a task as a graph shows it."""
    return {"taskName": task.name, "taskId": str(task.number), "x": task.x, "y": task.y, "nodeId": task.id}


def reference_json(reference: FlowRef) -> dict[str, Any]:
    """Return a reference as a graph shows it."""
    return {
        "flowId": str(reference.number or reference.flow), "flowName": reference.name, "nodeId": reference.id,
        "isVirtual": bool(reference.task), "x": reference.x, "y": reference.y,
    }  # fmt: skip


def link_json(link: Link) -> dict[str, Any]:
    """Return a relation as a graph shows it."""
    return {"cycleGap": link.gap, "source": link.source, "target": link.target, "rerun": link.rerun}


def parameters_text(definition: Definition) -> str:
    """Return parameters as the text of a list."""
    return dumps([{"key": key, "value": value} for key, value in definition.parameters])


def export_json(flow: Flow, awaited: Mapping[str, tuple[str, str]]) -> dict[str, Any]:
    """Return a flow as a document that import takes; `awaited` are the flows and tasks that its references mean, by name."""
    template, settings, definition = flow.template, flow.settings, flow.definition
    names = {task.id: task.name for task in definition.tasks}
    link_ids = {reference.id: str(i) for i, reference in enumerate(definition.references)}
    relations, link_relations = [], []
    for link in definition.links:
        gap = {} if link.gap == "D0" else {"cycleGap": link.gap}
        if link.source in link_ids:
            joined = {"linkId": link_ids[link.source], "targetTaskName": names[link.target], "rerun": link.rerun}
            link_relations.append({**joined, **gap})
        else:
            ends = {"sourceTaskName": names[link.source], "targetTaskName": names[link.target]}
            relations.append({**ends, "rerun": link.rerun, **gap})
    flow_links, task_links = _links(definition, link_ids, awaited)
    return {
        "name": template.name, "cycle": settings.cycle, "cron": settings.expression,
        "parameters": parameters_text(definition), "alertMode": settings.alert_mode, "submitter": settings.account,
        "owners": ";".join(flow.owners), "visitors": ";".join(flow.visitors), "type": settings.kind,
        "syncType": settings.sync_type, "desc": template.description, "startTime": settings.starts_on,
        "tasks": [_task(task) for task in definition.tasks], "flowLinks": flow_links, "taskLinks": task_links,
        "relations": relations, "linkRelations": link_relations,
    }  # fmt: skip


def _links(
    definition: Definition, link_ids: Mapping[str, str], awaited: Mapping[str, tuple[str, str]]
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    flow_links, task_links = [], []
    for reference in definition.references:
        flow_name, task_name = awaited[reference.id]
        link: dict[str, Any] = {"linkId": link_ids[reference.id], "sourceFlowName": flow_name}
        if task_name:
            task_links.append({**link, "sourceTaskName": task_name})
        else:
            flow_links.append(link)
    return flow_links, task_links


def _task(task: FlowTask) -> dict[str, Any]:
    details = task.details
    return {
        "name": task.name, "resource": details.get("resource") or "default", "type": details.get("type") or "COMMAND",
        "runMode": details.get("runMode") or _NO_MODE, "syncType": details.get("syncType") or 0, "cmd": task.command,
        "submitter": details.get("submitter") or "", "filePackage": details.get("filePackage") or "",
        "cron": details.get("cron") or "", "priorityLevel": task.priority, "timeout": task.timeout_s,
        "retryLimit": task.retries, "retryInterval": task.retry_after_s, "successCode": task.success_code,
        "asLink": task.is_linkable,
    }  # fmt: skip
