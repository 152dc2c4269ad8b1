"""Instances of flows and tasks as the dialect shows them."""

from __future__ import annotations

from typing import Any

from app.api.enos import words
from app.api.enos.shapes import as_java, shown, stamped
from app.api.enos.translate_out import link_json, reference_json, task_json
from app.engine.core.business_time import business_date
from app.engine.core.status import NodeStatus
from app.engine.core.values import dumps
from app.services.access import Actor, Project, may
from app.services.flow_runs import InstanceView, NodesView, TaskView
from app.services.flow_settings import may_edit


def instance_json(actor: Actor, project: Project, view: InstanceView, nodes: NodesView) -> dict[str, Any]:
    """Return an instance by itself."""
    zone = project.time_zone
    return {
        **_common(actor, project, view, nodes), "alertMode": view.flow.settings.alert_mode,
        "calDt": business_date(view.instance.trigger_at, zone).isoformat(),
    }  # fmt: skip


def listed_json(actor: Actor, project: Project, view: InstanceView, nodes: NodesView) -> dict[str, Any]:
    """Return an instance as lists show it."""
    return {**_common(actor, project, view, nodes), "isCancelled": view.state == "cancelled"}


def task_instance_json(project: Project, view: TaskView) -> dict[str, Any]:
    """Return a task of an instance."""
    instance, task, zone = view.instance.instance, view.task, project.time_zone
    number, name = node_state(view.status, view.instance)
    last = view.attempts[-1] if view.attempts else None
    first = view.attempts[0] if view.attempts else None
    return {
        "instanceId": view.id, "taskId": task.number, "taskName": task.name, "cycle": view.instance.flow.settings.cycle,
        "status": number, "runNum": len(view.attempts), "type": words.number_of_type(str(task.details.get("type") or "COMMAND")),
        "syncType": task.details.get("syncType"), "freq": task.details.get("cron") or None, "ifPre": 0, "stsDesc": name,
        "recallNum": max(len(view.attempts) - 1, 0), "triggerTime": shown(instance.trigger_at, zone),
        "timeout": task.timeout_s, "recallLimit": task.retries, "recallInterval": task.retry_after_s,
        "startTime": shown(first.started_at if first else None, zone),
        "endTime": shown(last.finished_at if last else None, zone), "timeStamp": as_java(instance.created_at, zone),
        "isTimeout": number == words.TIMEOUT[0], "flowInstId": view.instance.id,
        "doAs": task.details.get("submitter") or view.instance.flow.settings.account,
        "alert": number in (words.NODE_STATES["failed"][0], words.TIMEOUT[0]),
        "runMode": task.details.get("runMode") or "{}", "cmd": task.command, "hasResourceBefore": False,
        "resourceName": str(task.details.get("resource") or ""), "fileName": str(task.details.get("filePackage") or ""),
        "resourceVersion": "",
    }  # fmt: skip


def node_state(status: NodeStatus | None, view: InstanceView) -> tuple[int, str]:
    """Return the number and name of a task's state; one that an ended instance never reached was cancelled with it."""
    if status is None:
        return words.STATES["cancelled"] if view.state == "cancelled" else words.INIT
    if status.state == "failed" and status.reason.startswith("timed out"):
        return words.TIMEOUT
    return words.NODE_STATES.get(status.state, words.NODE_STATES["running"])


def _common(actor: Actor, project: Project, view: InstanceView, nodes: NodesView) -> dict[str, Any]:
    flow, instance, zone = view.flow, view.instance, project.time_zone
    number, name = words.STATES[view.state]
    parameters = dict(nodes.definition.parameters) | dict(map(tuple, instance.parameters))
    told = dumps([{"key": key, "value": value} for key, value in parameters.items()])
    return {
        "instanceId": view.id, "flowId": flow.number, "flowName": flow.template.name, "freq": flow.settings.expression,
        "cycle": flow.settings.cycle, "parameters": told, "doAs": flow.settings.account,
        "graph": dumps(_graph(view, nodes, told)), "status": number, "statusDesc": name,
        "triggerTime": shown(instance.trigger_at, zone), "startTime": shown(view.started_at, zone),
        "endTime": shown(view.finished_at, zone), "timestamp": stamped(instance.created_at, zone), "virtual": False,
        "owner": ";".join(flow.owners), "hasEditPri": may_edit(actor, project, flow),
        "hasReadPri": may(actor, project, "view"),
    }  # fmt: skip


def _graph(view: InstanceView, nodes: NodesView, parameters: str) -> dict[str, Any]:
    flow, stamp = view.flow, view.instance.stamp
    tasks = [
        {
            **task_json(task),
            "taskInstId": f"{task.number}-{stamp}",
            "status": node_state(nodes.states.get(task.id), view)[1],
        }
        for task in nodes.definition.tasks
    ]
    flows = [
        {
            **reference_json(reference), "flowInstId": "",
            "status": node_state(nodes.states[reference.id], view)[1] if reference.id in nodes.states else words.NONE,
        }
        for reference in nodes.definition.references
    ]  # fmt: skip
    return {
        "creator": flow.template.creator, "freq": flow.settings.expression, "alertMode": flow.settings.alert_mode,
        "owners": ";".join(flow.owners), "cycle": flow.settings.cycle, "doAs": flow.settings.account, "flows": flows,
        "name": flow.template.name, "instId": view.id, "id": flow.number,
        "relations": [link_json(link) for link in nodes.definition.links], "parameters": parameters, "tasks": tasks,
    }  # fmt: skip
