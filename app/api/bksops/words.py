"""The dialect's words for states, kinds of nodes, and the groups in which tasks are counted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

STATES: Mapping[str, str] = {
    "running": "RUNNING",
    "waiting_person": "RUNNING",
    "waiting_callback": "RUNNING",
    "waiting_timer": "RUNNING",
    "retrying": "RUNNING",
    "finished": "FINISHED",
    "skipped": "FINISHED",
    "failed": "FAILED",
    "upstream_failed": "FAILED",
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
    "opening": "<class 'pipeline.core.flow.event.EmptyStartEvent'>",
    "step": "<class 'pipeline.core.flow.activity.ServiceActivity'>",
    "closing": "<class 'pipeline.core.flow.event.EmptyEndEvent'>",
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
