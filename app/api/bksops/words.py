"""The dialect's words: states, messages, codes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from app.errors import InvalidInput, NotAllowed, NotFound, Refused, SluiceError
from app.services.grants import PERMISSIONS

STATES: Mapping[str, str] = {
    "running": "RUNNING",
    "waiting_person": "RUNNING",
    "waiting_callback": "RUNNING",
    "waiting_timer": "RUNNING",
    "retrying": "RUNNING",
    "finished": "FINISHED",
    "skipped": "FINISHED",
    "failed": "FAILED",
    "paused": "SUSPENDED",
    "revoked": "REVOKED",
    "created": "CREATED",
}
"""Our states in the dialect's words."""

CLASSES: Mapping[str, str] = {
    "start": "<class 'pipeline.core.flow.event.EmptyStartEvent'>",
    "end": "<class 'pipeline.core.flow.event.EmptyEndEvent'>",
    "root": "<class 'pipeline.core.pipeline.Pipeline'>",
    "exclusive": "<class 'pipeline.core.flow.gateway.ExclusiveGateway'>",
    "parallel": "<class 'pipeline.core.flow.gateway.ParallelGateway'>",
    "conditional": "<class 'pipeline.core.flow.gateway.ConditionalParallelGateway'>",
    "converge": "<class 'pipeline.core.flow.gateway.ConvergeGateway'>",
    "activity": "<class 'pipeline.core.flow.activity.ServiceActivity'>",
    "subprocess": "<class 'pipeline.core.flow.activity.SubProcess'>",
}
"""What the original shows as the name of an element that has none."""

CREATE_METHODS: Mapping[str, str] = {
    "app": "手动", "api": "API网关", "app_maker": "轻应用", "periodic": "周期任务", "mobile": "移动端", "clocked": "计划任务",
}  # fmt: skip
"""How a task came to be."""

FLOW_TYPES: Mapping[str, str] = {"common": "默认任务流程", "common_func": "职能化任务流程"}
"""Whether a task is claimed before it is carried out."""

STATUS_GROUPS: Mapping[str, str] = {"CREATED": "未执行", "EXECUTING": "执行中", "FINISHED": "已完成"}
"""How far tasks are."""

_CATEGORIES: Mapping[str, str] = {
    "OpsTools": "运维工具", "MonitorAlarm": "监控告警", "ConfManage": "配置管理", "DevTools": "开发工具",
    "EnterpriseIT": "企业IT", "OfficeApp": "办公应用", "Other": "其它",
}  # fmt: skip


def category_names(used: Iterable[str]) -> dict[str, str]:
    """Return the names of the known categories, and of those in use, which stand for themselves."""
    return {**_CATEGORIES, **{code: code for code in sorted(used) if code not in _CATEGORIES}}


_CODES: Mapping[type[SluiceError], int] = {
    InvalidInput: 3540000,
    NotAllowed: 3540100,
    NotFound: 3540400,
    Refused: 3545000,
}

_REFUSALS: Mapping[str, str] = {
    "already_started": "task already started",
    "not_started": "task not started",
    "finished": "invalid operation, this node is finished or pipeline have been revoked",
    "not_failed": "task[id={task_id}] node[id={node}] action failed:{reason}",
    "not_skippable": "this node can not be skipped",
    "wrong_state": "can't transit state({task_id}) from {before} to {after}",
    "not_retryable": "the node is set to not be retried, try skip it please.",
}
"""Refusals that the dialect words in its own way; others tell our reason."""

_AFTER: Mapping[str, str] = {"pause": "SUSPENDED", "resume": "RUNNING", "revoked": "REVOKED"}
"""What an order would have made of a run."""


def code_of(error: SluiceError) -> int:
    """Return the dialect's error code."""
    return next((code for family, code in _CODES.items() if isinstance(error, family)), 3599999)


def status_of(error: SluiceError) -> int:
    """Return the HTTP status: 200 for errors too, except to those who ask too often."""
    return 429 if isinstance(error, Refused) and error.rule == "too_many" else 200


def message_of(error: SluiceError, ids: Mapping[str, int], operation: str) -> str:
    """Return the dialect's message for an error."""
    match error:
        case InvalidInput():
            return _invalid(error, operation)
        case NotFound():
            return _not_found(error, ids, operation)
        case Refused():
            return _refused(error, ids)
        case NotAllowed() if error.action in ("view", "operate", "edit", "manage"):
            project = ids.get("project_id", 0)
            return f"user[username={error.actor}] does not have perm of business:[bk_biz_id={project}]"
        case NotAllowed() if error.action in PERMISSIONS:
            return _not_granted(error)
        case NotAllowed() if error.action == "import":
            return "you have no permission to call this api."
        case _:
            return str(error)


def _not_granted(error: NotAllowed) -> str:
    kind, _, number = error.thing.partition(" ")
    prefix = "common_" if kind == "common_template" else ""
    thing = f"{kind.replace('_', ' ')}[id={number}]"
    return f"user[username={error.actor}] does not have perm[perm={prefix}{error.action}] of {thing}"


_TASK_PARAMS = ("create_task", "create_and_start_task", "create_periodic_task")


def _invalid(error: InvalidInput, operation: str) -> str:
    first = error.problems[0]
    if first.rule in ("format", "dat"):
        return first.message
    if operation == "create_clocked_task" and first.rule == "plan_start_time":
        return first.message
    if operation.startswith("preview_"):
        return f"preview_task_tree fail: {error}"
    if first.rule == "not_in_tree":
        return f"task node[id={first.where}] is not in template pipeline tree"
    if first.rule == "not_optional":
        return f"task node[id={first.where}] is not optional"
    if first.rule == "unknown_action":
        return "task action is invalid"
    told = ",".join(f"{p.where}: {p.message}" if p.where else p.message for p in error.problems)
    return f"task params is invalid: {told}" if operation in _TASK_PARAMS else f"params is invalid, error: {told}"


def _not_found(error: NotFound, ids: Mapping[str, int], operation: str) -> str:
    project, task = ids.get("project_id"), ids.get("task_id")
    match error.kind:
        case "project":
            return f"business[bk_biz_id={error.key}] does not exist"
        case "user":
            return f"user[username={error.key}] does not exist or has not logged in this APP"
        case "schedule":
            return f"task({error.key}) does not exist"
        case "template" if operation == "create_periodic_task":
            return f"template({error.key}) does not exist"
        case "task" if operation == "get_task_status":
            text = f"node({error.key}) does not exist, may have not by executed"
            return f"task[id={error.key}] get status error: {text}"
        case "task" | "template":
            return f"{error.kind}[id={error.key}] of business[bk_biz_id={project}] does not exist"
        case "common template":
            return f"common template[id={error.key}] does not exist"
        case "node" if operation == "node_callback":
            return f"task[{task}] does not have node[{error.key}]"
        case "node":
            return f"node[node_id={error.key}] not found in task[task_id={task}]"
        case "node run":
            return f"node({error.key}) does not exist, may have not by executed"
        case _:
            return str(error)


def _refused(error: Refused, ids: Mapping[str, int]) -> str:
    text = _REFUSALS.get(error.rule)
    if text is None:
        return str(error)
    before, after = str(error.data.get("state", "")), str(error.data.get("to", ""))
    return text.format(
        task_id=ids.get("task_id", ""), node=error.data.get("node", ""), reason=error,
        before=STATES.get(before, before), after=_AFTER.get(after, after),
    )  # fmt: skip
