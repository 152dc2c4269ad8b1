"""What the original says when it refuses, word by word: each message of its 16 first operations and of the actions on nodes.

`SAID` provokes messages by real calls and holds the whole reply against them; `NEVER` tells of those that cannot arise
here, and why. Together they are all that is known of the original's texts.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from sqlalchemy import text

from app.extensions import db
from app.services import accounts
from app.services.access import SYSTEM
from app.services.apps import create_app as register_app
from app.services.members import set_member
from app.services.tokens import create_token
from tests.api.bksops.cases import filled
from tests.api.bksops.world import STEPS, Ids, World
from tests.api.client import CREDENTIALS
from tests.drawing import flow

PARAMETERS, FORBIDDEN, NOT_THERE, OPERATION = 3540000, 3540100, 3540400, 3545000
SCRIPT = {"job_content": "exit 3", "job_script_type": "1", "job_ip_list": "127.0.0.1"}


@dataclass(frozen=True)
class Said:
    """A message of the original as it is known, the call that provokes it, and what is said to it here."""

    known: str
    path: str
    says: str
    code: int
    send: Mapping[str, Any] = field(default_factory=dict)
    given: tuple[str, ...] = ("task",)
    method: str = "POST"
    caller: str = ""
    raw: str | None = None
    is_beginning: bool = False
    more: Mapping[str, Any] = field(default_factory=dict)


def by_post(known: str, path: str, says: str, code: int, given: str = "task", **send: Any) -> Said:
    return Said(known, path, says, code, send, tuple(given.split(", ")))


def by_get(known: str, path: str, says: str, code: int, given: str = "task", **send: Any) -> Said:
    return Said(known, path, says, code, send, tuple(given.split(", ")), "GET")


def by_viewer(known: str, path: str, says: str, code: int, given: str = "task", **send: Any) -> Said:
    """Asked by bob, who may see the project, through an app that is not on the white list."""
    return Said(known, path, says, code, send, tuple(given.split(", ")), caller="viewer")


def on_node(known: str, says: str, given: str, code: int = OPERATION, **send: Any) -> Said:
    return by_post(known, "operate_node/2/{task}/", says, code, given, **{"node_id": "{node}", **send})


NO_JSON = "invalid param format"
NO_TASK = "task[id={t}] of business[bk_biz_id={b}] does not exist"
NO_TASK_HERE = "task[id=99] of business[bk_biz_id=2] does not exist"
NO_TEMPLATE = "template[id={t}] of business[bk_biz_id={b}] does not exist"
EXCLUDED, NOT_OPTIONAL = "task node[id=%s] is not in template pipeline tree", "task node[id=%s] is not optional"
WRONG_TASK = "task params is invalid: %s"
WRONG_STEP = "task with current_flow:%s cannot be started"
TRANSIT = "can't transit state(%s) from %s to %s"
TASK_FAILED, NODE_FAILED = "task[id=%s] action failed:%s", "task[id=%s] node[id=%s] action failed:%s"
NO_NODE = "node[node_id={n}] not found in task[task_id={t}]"
NOT_RUN = "node(%s) does not exist, may have not by executed"
NO_SCHEDULE = "task(%s) does not exist"
NOT_REACHED = "node not exists or not be executed yet"
NO_RETRY = "can't not retry a subprocess or this process has been revoked"
NO_SKIP = "can't not skip a subprocess or this process has been revoked"
ENDED = "invalid operation, this node is finished or pipeline have been revoked"
GATEWAY_ENDED = "invalid operation, this gateway is finished or pipeline have been revoked"
NO_PERM = "user[username={u}] does not have perm of business:[bk_biz_id={id}]"
BOB_MAY_NOT = "user[username=bob] does not have perm of business:[bk_biz_id=2]"

WHO = (
    by_get("business[bk_biz_id=%s] does not exist", "get_template_list/77/", "business[bk_biz_id=77] does not exist",
           NOT_THERE),
    by_get("user[username=%s] does not exist or has not logged in this APP", "get_template_list/2/",
           "user[username=bob] does not exist or has not logged in this APP", NOT_THERE, "bob who left", bk_username="bob"),
    by_viewer(NO_PERM, "create_periodic_task/{template}/2/", BOB_MAY_NOT, FORBIDDEN, name="x", cron={}),
    by_viewer(NO_PERM, "set_periodic_task_enabled/{schedule}/2/", BOB_MAY_NOT, FORBIDDEN, "schedule", enabled=True),
    by_viewer(NO_PERM, "modify_cron_for_periodic_task/{schedule}/2/", BOB_MAY_NOT, FORBIDDEN, "schedule", cron={}),
    by_viewer(NO_PERM, "modify_constants_for_periodic_task/{schedule}/2/", BOB_MAY_NOT, FORBIDDEN, "schedule"),
    by_viewer("user[username={u}] does not have perm[perm={p}] of template[id={t}]", "create_task/{template}/2/",
              "user[username=bob] does not have perm[perm=create_task] of template[id={template}]", FORBIDDEN, name="x"),
    by_viewer("user[username={u}] does not have perm[perm=common_create_task] of common template[id={t}]",
              "create_task/{template}/2/",
              "user[username=bob] does not have perm[perm=common_create_task] of common template[id={template}]", FORBIDDEN,
              "common template", name="x", template_source="common"),
    by_viewer("user[username={u}] does not have perm[perm=execute_task] of task[id={id}]", "start_task/{task}/2/",
              "user[username=bob] does not have perm[perm=execute_task] of task[id={task}]", FORBIDDEN),
    by_viewer("user[username={u}] does not have perm[perm=execute_task] of task[id={id}]", "operate_task/{task}/2/",
              "user[username=bob] does not have perm[perm=execute_task] of task[id={task}]", FORBIDDEN, action="pause"),
    by_viewer("template[id=%s] does not exist", "create_task/99/2/", "template[id=99] does not exist", NOT_THERE, name="x"),
    by_viewer("common template[id=%s] does not exist", "create_task/99/2/", "common template[id=99] does not exist",
              NOT_THERE, name="x", template_source="common"),
    by_viewer("task[id=%s] does not exist", "start_task/99/2/", "task[id=99] does not exist", NOT_THERE),
    by_viewer("task[id=%s] does not exist", "operate_task/99/2/", "task[id=99] does not exist", NOT_THERE, action="start"),
)  # fmt: skip
"""Who may call, and what is there for whom: before anything else."""

TEMPLATES_AND_TASKS = (
    by_get(NO_TEMPLATE, "get_template_info/99/2/", "template[id=99] of business[bk_biz_id=2] does not exist", NOT_THERE),
    by_get("common template[id={t}] does not exist", "get_template_info/99/2/", "common template[id=99] does not exist",
           NOT_THERE, template_source="common"),
    Said(NO_JSON, "create_task/{template}/2/", NO_JSON, PARAMETERS, raw="{nope"),
    Said(NO_JSON, "create_task/{template}/2/", NO_JSON, PARAMETERS, raw="[1]"),
    by_post(NO_TEMPLATE, "create_task/99/2/", "template[id=99] of business[bk_biz_id=2] does not exist", NOT_THERE),
    by_post("common template[id={t}] does not exist", "create_task/99/2/", "common template[id=99] does not exist",
            NOT_THERE, template_source="common"),
    Said(WRONG_TASK, "create_task/{template}/2/", "task params is invalid: 'name' is a required property", PARAMETERS,
         is_beginning=True),
    Said(WRONG_TASK, "create_task/{template}/2/",
         "task params is invalid: 'x' is not one of ['common', 'common_func']", PARAMETERS,
         {"name": "x", "flow_type": "x"}, is_beginning=True),
    Said("app_code cannot be empty, make sure api gateway has sent correct params", "create_task/{template}/2/",
         "app_code cannot be empty, make sure api gateway has sent correct params", FORBIDDEN, {"name": "x"},
         caller="nobody"),
    *(by_post(r"callback_url format error, must match ^https?://\w.+$", f"{operation}/{{template}}/2/",
              r"callback_url format error, must match ^https?://\w.+$", PARAMETERS, name="x", callback_url=url)
      for operation in ("create_task", "create_and_start_task") for url in ("ftp://example.org/", "https://", 7, ["http://x.y"])),
    by_post(r"callback_url format error, must match ^https?://\w.+$", "create_task/99/2/",
            r"callback_url format error, must match ^https?://\w.+$", PARAMETERS, callback_url="x"),
    by_post(EXCLUDED, "create_task/{template}/2/", "task node[id=x] is not in template pipeline tree", PARAMETERS, name="x",
            exclude_task_nodes_id=["x"]),
    by_post(NOT_OPTIONAL, "create_task/{template}/2/", "task node[id=say] is not optional", PARAMETERS, name="x",
            exclude_task_nodes_id=["say"]),
    by_post("template_schemes_id can not be used with pipeline_tree", "create_task/{template}/2/",
            "template_schemes_id can not be used with pipeline_tree", PARAMETERS, "scheme, drawn tree", name="x",
            template_schemes_id=["{template}-{scheme}"], pipeline_tree="{drawn}"),
    by_post("[API] create_task get invalid pipeline_tree: %s", "create_task/{template}/2/",
            "[API] create_task get invalid pipeline_tree: node a calls plugin nothing legacy, which does not exist; "
            "node b calls plugin nothing legacy, which does not exist", PARAMETERS, "template, broken tree", name="x",
            pipeline_tree="{drawn}"),
    by_post(WRONG_STEP, "start_task/{task}/2/", "task with current_flow:func_claim cannot be started", OPERATION,
            "function task"),
    by_post(WRONG_STEP, "start_task/{task}/2/", "task with current_flow:finished cannot be started", OPERATION, "finished"),
    *(by_post(WRONG_STEP, "operate_task/{task}/2/", f"task with current_flow:finished cannot be {action}ed", OPERATION,
              "finished", action=action) for action in ("start", "pause", "resume", "revoke", "danc")),
    by_post("task already started", "start_task/{task}/2/", "task already started", OPERATION, "waiting"),
    by_post("task already started", "operate_task/{task}/2/", "task already started", OPERATION, "waiting", action="start"),
    by_post("task not started", "operate_task/{task}/2/", "task not started", OPERATION, action="pause"),
    by_post("task not started", "operate_task/{task}/2/", "task not started", OPERATION, action="resume"),
    by_post("task not started", "operate_task/{task}/2/", "task not started", OPERATION, action="revoke"),
    by_post(TASK_FAILED, "start_task/{task}/2/",
            "task[id={task}] action failed:node {node} calls plugin gone legacy, which does not exist", PARAMETERS,
            "task whose plugin is gone"),
    by_post(TASK_FAILED, "operate_task/{task}/2/",
            "task[id={task}] action failed:node {node} calls plugin gone legacy, which does not exist", PARAMETERS,
            "task whose plugin is gone", action="start"),
    Said(NO_JSON, "operate_task/{task}/2/", NO_JSON, PARAMETERS, raw="{nope"),
    by_post("task action is invalid", "operate_task/{task}/2/", "task action is invalid", PARAMETERS, action="dance"),
    by_post("task action is invalid", "operate_task/{task}/2/", "task action is invalid", PARAMETERS),
    by_post(TRANSIT, "operate_task/{task}/2/", "can't transit state({tree}) from RUNNING to READY", OPERATION, "waiting",
            action="resume"),
    by_post(TRANSIT, "operate_task/{task}/2/", "can't transit state({tree}) from SUSPENDED to SUSPENDED", OPERATION,
            "paused", action="pause"),
    by_get("task[id={task_id}] get status error: {error}", "get_task_status/99/2/",
           "task[id=99] get status error: node(99) does not exist, may have not by executed", NOT_THERE),
    by_get(NO_TASK, "get_task_detail/99/2/", NO_TASK_HERE, NOT_THERE),
    Said(NO_TASK, "get_task_node_detail/99/2/", NO_TASK_HERE, NOT_THERE, {"node_id": "x"}, method="GET", more={"data": {}}),
    Said("subprocess_stack is not a valid array json", "get_task_node_detail/{task}/2/",
         "subprocess_stack is not a valid array json", PARAMETERS, {"node_id": "{node}", "subprocess_stack": "{}"},
         method="GET", more={"data": {}}),
    Said(NO_NODE, "get_task_node_detail/{task}/2/", "node[node_id=x] not found in task[task_id={task}]", NOT_THERE,
         {"node_id": "x"}, ("finished",), "GET", more={"data": {}}),
    Said(NOT_RUN, "get_task_node_detail/{task}/2/", "node({node}) does not exist, may have not by executed", NOT_THERE,
         {"node_id": "{node}"}, method="GET", more={"data": {}}),
    by_post("query_task_list params group_by[%s] is invalid", "query_task_count/2/",
            "query_task_list params group_by[x] is invalid", PARAMETERS, group_by="x"),
    by_post("query_task_list params conditions[%s] are invalid dict data", "query_task_count/2/",
            "query_task_list params conditions[[1]] are invalid dict data", PARAMETERS, group_by="status", conditions=[1]),
    Said("query_task_list params conditions[%s] have invalid key or value: %s", "query_task_count/2/",
         "query_task_list params conditions[{'x': 1}] have invalid key or value: ", PARAMETERS,
         {"group_by": "status", "conditions": {"x": 1}}, is_beginning=True),
)  # fmt: skip

SCHEDULES = (
    by_get(NO_SCHEDULE, "get_periodic_task_info/99/2/", "task(99) does not exist", NOT_THERE),
    by_post("template(%s) does not exist", "create_periodic_task/99/2/", "template(99) does not exist", NOT_THERE),
    Said(NO_JSON, "create_periodic_task/{template}/2/", NO_JSON, PARAMETERS, raw="{nope"),
    Said(WRONG_TASK, "create_periodic_task/{template}/2/", "task params is invalid: 'name' is a required property",
         PARAMETERS, is_beginning=True),
    by_post(EXCLUDED, "create_periodic_task/{template}/2/", "task node[id=x] is not in template pipeline tree", PARAMETERS,
            name="x", cron={}, exclude_task_nodes_id=["x"]),
    by_post(NOT_OPTIONAL, "create_periodic_task/{template}/2/", "task node[id=say] is not optional", PARAMETERS,
            name="x", cron={}, exclude_task_nodes_id=["say"]),
    Said("(the text of the exception)", "create_periodic_task/{template}/2/", "minute", PARAMETERS,
         {"name": "x", "cron": {"minute": "99"}}, is_beginning=True),
    Said(NO_JSON, "set_periodic_task_enabled/{schedule}/2/", NO_JSON, PARAMETERS, {}, ("schedule",), raw="{nope"),
    by_post(NO_SCHEDULE, "set_periodic_task_enabled/99/2/", "task(99) does not exist", NOT_THERE, enabled=True),
    by_post("can not modify cron when task is enabled", "modify_cron_for_periodic_task/{schedule}/2/",
            "can not modify cron when task is enabled", OPERATION, "enabled schedule", cron={}),
    Said("(the text of the exception)", "modify_cron_for_periodic_task/{schedule}/2/", "minute", PARAMETERS,
         {"cron": {"minute": "99"}}, ("schedule",), is_beginning=True),
    by_post("can not modify constants when task is enabled", "modify_constants_for_periodic_task/{schedule}/2/",
            "can not modify constants when task is enabled", OPERATION, "enabled schedule", constants={}),
)  # fmt: skip

CALLBACKS = (
    Said(NO_JSON, "node_callback/{task}/2/", NO_JSON, PARAMETERS, raw="{nope"),
    by_post(NO_TASK, "node_callback/99/2/", NO_TASK_HERE, NOT_THERE, node_id="x"),
    by_post("task[{tid}] does not have node[{nid}]", "node_callback/{task}/2/", "task[{task}] does not have node[x]",
            NOT_THERE, "waiting", node_id="x"),
    by_post(ENDED, "node_callback/{task}/2/", ENDED, OPERATION, "finished", node_id="{node}"),
    by_post(ENDED, "node_callback/{task}/2/", ENDED, OPERATION, "revoked", node_id="{node}"),
    Said("(the text of the exception)", "node_callback/{task}/2/", "node {gateway} is a", OPERATION,
         {"node_id": "{gateway}"}, ("failed gateway",), is_beginning=True),
)  # fmt: skip

NODES = (
    Said("request body is not a valid json", "operate_node/2/{task}/", "request body is not a valid json", PARAMETERS,
         raw="{nope"),
    on_node("data field is not a valid object", "data field is not a valid object", "waiting", PARAMETERS,
            action="callback", data="x"),
    on_node("inputs field is not a valid object", "inputs field is not a valid object", "waiting", PARAMETERS,
            action="retry", inputs=[]),
    on_node(NO_NODE, "node[node_id=x] not found in task[task_id={task}]", "waiting", NOT_THERE, node_id="x", action="skip"),
    on_node("task action is invalid", "task action is invalid", "waiting", PARAMETERS, action="dance"),
    on_node("task not started", "task not started", "task", action="skip"),
    on_node(NODE_FAILED, "task[id={task}] node[id={node}] action failed:no branch x leaves gateway {node}", "failed gateway",
            action="skip_exg", flow_id="x"),
    on_node(NODE_FAILED, "task[id={task}] node[id={node}] action failed:node {node} takes no inputs: it is a exclusive",
            "failed gateway", action="retry", inputs={"x": 1}),
    *(on_node(NOT_REACHED, NOT_REACHED, "waiting", node_id="{later}", action=action)
      for action in ("retry", "skip", "forced_fail", "resume", "skip_exg")),
    *(on_node(NOT_REACHED, NOT_REACHED, "waiting before a subprocess", node_id=node, action=action)
      for node, action in (("{sub}", "pause_subproc"), ("{sub}", "resume_subproc"), ("{inner}", "retry"))),
    on_node(NO_RETRY, NO_RETRY, "finished", action="retry"),
    on_node(NO_RETRY, NO_RETRY, "revoked", action="retry"),
    on_node(NO_RETRY, NO_RETRY, "failed and revoked", action="retry"),
    on_node(NO_RETRY, NO_RETRY, "waiting in a subprocess", node_id="{sub}", action="retry"),
    on_node(NO_SKIP, NO_SKIP, "finished", action="skip"),
    on_node(NO_SKIP, NO_SKIP, "failed and revoked", action="skip"),
    on_node(NO_SKIP, NO_SKIP, "waiting in a subprocess", node_id="{sub}", action="skip"),
    on_node("can't retry this type of node", "can't retry this type of node", "waiting at a converge", action="retry"),
    on_node("can't skip this type of node", "can't skip this type of node", "failed gateway", action="skip"),
    on_node("can't skip this type of node", "can't skip this type of node", "waiting at a converge", action="skip"),
    on_node("can't not forced fail this type of node", "can't not forced fail this type of node", "waiting at a converge",
            action="forced_fail"),
    on_node("the node is set to not be retried, try skip it please.",
            "the node is set to not be retried, try skip it please.", "failed for good", action="retry"),
    on_node("this node can not be skipped", "this node can not be skipped", "failed for good", action="skip"),
    on_node(TRANSIT, "can't transit state({node}) from RUNNING to READY", "waiting", action="retry"),
    on_node(TRANSIT, "can't transit state({node}) from RUNNING to FINISHED", "waiting", action="skip"),
    on_node(TRANSIT, "can't transit state({node}) from FAILED to FAILED", "failed", action="forced_fail"),
    on_node(TRANSIT, "can't transit state({node}) from RUNNING to SUSPENDED", "waiting", action="pause"),
    on_node(TRANSIT, "can't transit state({node}) from FAILED to SUSPENDED", "failed", action="pause"),
    on_node(TRANSIT, "can't transit state({node}) from FINISHED to SUSPENDED", "finished", action="pause"),
    on_node(TRANSIT, "can't transit state({later}) from SUSPENDED to SUSPENDED", "waiting before a paused node",
            node_id="{later}", action="pause"),
    on_node(TRANSIT, "can't transit state({sub}) from RUNNING to RUNNING", "waiting in a subprocess", node_id="{sub}",
            action="resume_subproc"),
    on_node(TRANSIT, "can't transit state({sub}) from SUSPENDED to SUSPENDED", "paused in a subprocess", node_id="{sub}",
            action="pause_subproc"),
    on_node(NOT_REACHED, NOT_REACHED, "waiting", action="resume"),
    on_node(ENDED, ENDED, "finished", action="forced_fail"),
    on_node(ENDED, ENDED, "revoked", action="forced_fail"),
    on_node(ENDED, ENDED, "finished", action="callback"),
    on_node(GATEWAY_ENDED, GATEWAY_ENDED, "passed gateway", action="skip_exg", flow_id="x"),
    on_node("invalid operation, this node is not a exclusive gateway",
            "invalid operation, this node is not a exclusive gateway", "waiting", action="skip_exg", flow_id="x"),
    on_node("node({}) type is not SubProcess", "node({node}) type is not SubProcess", "waiting", action="pause_subproc"),
)  # fmt: skip

LATER = (
    Said("request body is not a valid json", "claim_functionalization_task/{task}/2/", "request body is not a valid json",
         PARAMETERS, raw="{nope"),
    by_post("claim_functionalization_task fail: {}", "claim_functionalization_task/99/2/",
            f"claim_functionalization_task fail: {NO_TASK_HERE}", NOT_THERE),
    by_post("claim_functionalization_task fail: {}", "claim_functionalization_task/{task}/2/",
            f"claim_functionalization_task fail: name: '{'x' * 101}' is too long", PARAMETERS, "function task", name="x" * 101),
    by_post("task is not functional", "claim_functionalization_task/{task}/2/", "task is not functional", OPERATION),
    by_post("task with current_flow:%s cannot be claimed", "claim_functionalization_task/{task}/2/",
            "task with current_flow:execute_task cannot be claimed", OPERATION, "claimed task"),
    by_post("only {} templates can be copied once.", "copy_template_across_project/2/",
            "only 10 templates can be copied once.", OPERATION, "other project", new_project_id="{other_project}",
            template_ids=list(range(11))),
    by_viewer("you have no permission to call this api.", "copy_template_across_project/2/",
              "you have no permission to call this api.", FORBIDDEN, new_project_id=1, template_ids=[1]),
    by_post("task is started", "modify_constants_for_task/{task}/2/", "task is started", OPERATION, "waiting", constants={}),
    by_post("task is finished", "modify_constants_for_task/{task}/2/", "task is finished", OPERATION, "finished",
            constants={}),
    by_post("task_id_list must be a list", "get_tasks_status/2/", "task_id_list must be a list", PARAMETERS,
            task_id_list="x"),
    by_post("task_id_list is too long, maximum length is 50", "get_tasks_status/2/",
            "task_id_list is too long, maximum length is 50", PARAMETERS, task_id_list=list(range(51))),
    by_post("params is invalid, error: {error}", "create_clocked_task/{template}/2/",
            "params is invalid, error: 'plan_start_time' is a required property", PARAMETERS, task_name="x"),
    by_post("preview_task_tree fail: {}", "preview_task_tree/2/{template}/",
            "preview_task_tree fail: task node[id=x] is not in template pipeline tree", PARAMETERS,
            exclude_task_nodes_id=["x"]),
)  # fmt: skip
"""Messages of later operations."""

SAID = (*WHO, *TEMPLATES_AND_TASKS, *SCHEDULES, *CALLBACKS, *NODES, *LATER)

_QUEUE = "an order to start is a row in the database: it needs no worker and no queue, and waits for them"
_VALID = "a flow is checked when it is saved and a tree when a task is made of it, so none of these reaches a start"
_GENERATION = "the other generation says it otherwise, and its words are the ones given here"
_TRACE = "the second engine puts a trace of its own code behind it; the first engine's words for the same are given"
_INTERNAL = "of an address of the original's own pages; there is no such operation"

NEVER: Mapping[str, str] = {
    "pipeline instance already started.": f"{_GENERATION}: task already started",
    "task command is invalid": f"{_GENERATION}: task action is invalid",
    "[API] create_task create pipeline error: %s": _VALID,
    "[API] create_task create pipeline without tree error: {e}": f"{_GENERATION}: what is wrong with a node to leave out, alone",
    "template[id={t}] of project[project_id={p},biz_id={b}] does not exist": f"{_GENERATION}: of business",
    "task[id={t}] of project[id={p}] does not exist": f"{_GENERATION}: of business",
    "invalid json format": f"{_GENERATION}: invalid param format",
    "invalid params: %s": f"{_GENERATION}: params is invalid",
    "can not find celery workers, please check worker status": _QUEUE,
    "engine is frozen, can not perform operation": "there is nothing that freezes the engine",
    "redis connection error, check redis status please": _QUEUE,
    "redis connection error, please check redis configuration": _QUEUE,
    "celery worker status check failed with message: %s, check rabbitmq status please": _QUEUE,
    "task[id=%s] has invalid converge, message: %s, node_id: %s": _VALID,
    "task[id=%s] stream is invalid, message: %s, node_id: %s": _VALID,
    "task[id=%s] has isolate structure, message: %s": _VALID,
    "task[id=%s] connection check failed, message: %s, nodes: %s": _VALID,
    "任务操作失败: 已启动的任务不可再次启动 | start_v2": f"{_GENERATION}: task already started",
    "project id: {} reach the limit of starting tasks": "projects have no limit of starts; an app that calls too often gets 429",
    "relate process is none, this pipeline may be revoked.": "a task that has ended says so by its current_flow before that",
    "get component[component_code=%s] format error: %s": "component_code is not needed; the original hides this text too",
    "Periodic task number reaches limit: {}": "there is no limit on periodic tasks",
    "can't callback a poll schedule.": "a callback is kept for a node that polls, since it may wait for one later",
    "activity(%s) callback already finished": "callbacks are kept in order; a node that one has finished is told as finished",
    "timer node not exits or is finished": _INTERNAL,
    "reset timer failed, please try again later": _INTERNAL,
    "pipeline({}) state is: {}": _TRACE,
    "can not retry node({}) with can_retry({})": _TRACE,
    "{} state is not FAILED, actual {}": _TRACE,
    "{} state is not RUNNING, actual: {}": _TRACE,
    "can not find sleep process with current node id: {}": _TRACE,
    "can not skip this node": _TRACE,
    "can not use skip_node api for {}": _TRACE,
    "{} is not exclusive gateway, actual: {}": _TRACE,
    "node version {} not exist": _TRACE,
    "schedule is already finished": _TRACE,
    "schedule is already expired": _TRACE,
    "node({}) does not exist": _TRACE,
}

KNOWN: Mapping[str, tuple[str, ...]] = {
    "who calls": (
        "business[bk_biz_id=%s] does not exist", "user[username=%s] does not exist or has not logged in this APP", NO_PERM,
        "template[id=%s] does not exist", "common template[id=%s] does not exist", "task[id=%s] does not exist",
        "user[username={u}] does not have perm[perm={p}] of template[id={t}]",
        "user[username={u}] does not have perm[perm=common_create_task] of common template[id={t}]",
        "user[username={u}] does not have perm[perm=execute_task] of task[id={id}]",
    ),
    "get_template_info": (NO_TEMPLATE, "common template[id={t}] does not exist"),
    "create_task": (
        NO_JSON, NO_TEMPLATE, "common template[id={t}] does not exist", WRONG_TASK,
        "app_code cannot be empty, make sure api gateway has sent correct params", EXCLUDED, NOT_OPTIONAL,
        r"callback_url format error, must match ^https?://\w.+$", "template_schemes_id can not be used with pipeline_tree",
        "[API] create_task get invalid pipeline_tree: %s", "[API] create_task create pipeline error: %s",
        "[API] create_task create pipeline without tree error: {e}",
        "template[id={t}] of project[project_id={p},biz_id={b}] does not exist",
    ),
    "start_task": (
        WRONG_STEP, "pipeline instance already started.", "can not find celery workers, please check worker status",
        "engine is frozen, can not perform operation", "redis connection error, check redis status please",
        "redis connection error, please check redis configuration",
        "celery worker status check failed with message: %s, check rabbitmq status please",
        "task[id=%s] has invalid converge, message: %s, node_id: %s",
        "task[id=%s] stream is invalid, message: %s, node_id: %s", "task[id=%s] has isolate structure, message: %s",
        "task[id=%s] connection check failed, message: %s, nodes: %s", TASK_FAILED, "task already started",
        "任务操作失败: 已启动的任务不可再次启动 | start_v2", "project id: {} reach the limit of starting tasks",
    ),
    "operate_task": (
        NO_JSON, WRONG_STEP, "task action is invalid", "task command is invalid", TRANSIT,
        "relate process is none, this pipeline may be revoked.", TASK_FAILED, "task not started",
    ),
    "get_task_status": ("task[id={task_id}] get status error: {error}",),
    "get_task_detail": (NO_TASK,),
    "get_task_node_detail": (
        NO_TASK, "subprocess_stack is not a valid array json", NO_NODE, NOT_RUN,
        "get component[component_code=%s] format error: %s",
    ),
    "query_task_count": (
        "query_task_list params group_by[%s] is invalid", "query_task_list params conditions[%s] are invalid dict data",
        "query_task_list params conditions[%s] have invalid key or value: %s",
    ),
    "get_periodic_task_info": (NO_SCHEDULE,),
    "create_periodic_task": (
        "template(%s) does not exist", NO_JSON, WRONG_TASK, EXCLUDED, NOT_OPTIONAL, "(the text of the exception)",
        "Periodic task number reaches limit: {}",
    ),
    "set_periodic_task_enabled": (NO_JSON, NO_SCHEDULE),
    "modify_cron_for_periodic_task": ("can not modify cron when task is enabled", "(the text of the exception)"),
    "modify_constants_for_periodic_task": ("can not modify constants when task is enabled",),
    "node_callback": (
        NO_JSON, NO_TASK, "task[{tid}] does not have node[{nid}]", ENDED, "can't callback a poll schedule.",
        "activity(%s) callback already finished", "(the text of the exception)",
    ),
    "actions on nodes": (
        NO_NODE, "task action is invalid", NODE_FAILED, NOT_REACHED, NO_RETRY, "can't retry this type of node",
        "the node is set to not be retried, try skip it please.", NO_SKIP, "can't skip this type of node",
        "this node can not be skipped", GATEWAY_ENDED, "invalid operation, this node is not a exclusive gateway",
        "can't not forced fail this type of node", "timer node not exits or is finished",
        "reset timer failed, please try again later", "task command is invalid", "pipeline({}) state is: {}",
        "can not retry node({}) with can_retry({})", "{} state is not FAILED, actual {}",
        "{} state is not RUNNING, actual: {}", "can not find sleep process with current node id: {}",
        "can not skip this node", "can not use skip_node api for {}", "{} is not exclusive gateway, actual: {}",
        "node version {} not exist", "schedule is already finished", "schedule is already expired", "node({}) does not exist",
        "node({}) type is not SubProcess",
    ),
    "later operations": (
        "invalid json format", "request body is not a valid json", "data field is not a valid object",
        "inputs field is not a valid object", "task_id_list must be a list",
        "task_id_list is too long, maximum length is 50", "task[id={t}] of project[id={p}] does not exist",
        "params is invalid, error: {error}", "invalid params: %s", "claim_functionalization_task fail: {}",
        "task is not functional", "task with current_flow:%s cannot be claimed", "task is started", "task is finished",
        "preview_task_tree fail: {}", "you have no permission to call this api.",
        "only {} templates can be copied once.",
    ),
}  # fmt: skip
"""What is known of the original's messages, by the operation that gives them."""


def started(world: World, tree: Mapping[str, Any], **names: str) -> Ids:
    """Make and start a task of a tree, and find its nodes by their names: {id's name: node's name}."""
    task, made = world.order(world.save(tree))
    assert world.client.post(f"start_task/{task}/2")["result"]
    world.client.drive()
    found = {node["name"]: id_ for part in ("activities", "gateways") for id_, node in made[part].items()}
    for node in made["activities"].values():
        found |= {inner["name"]: id_ for id_, inner in (node.get("pipeline") or {}).get("activities", {}).items()}
    return {"task": task, "tree": made["id"], **{name: found[wanted] for name, wanted in names.items()}}


def then(world: World, ids: Ids, **order: str) -> Ids:
    path = f"operate_node/2/{ids['task']}" if "node_id" in order else f"operate_task/{ids['task']}/2"
    answer = world.client.post(path, **order)
    assert answer["result"], answer
    return ids


def waiting(world: World) -> Ids:
    return started(world, flow("start > ask > later > end", plugin="pause_node"), node="ask", later="later")


def waiting_in_a_subprocess(world: World) -> Ids:
    inner = flow("start > inner > end", plugin="pause_node")
    return started(world, flow("start > sub > end", pipelines={"sub": inner}), sub="sub", inner="inner", node="inner")


def waiting_before_a_subprocess(world: World) -> Ids:
    inner = flow("start > inner > end")
    tree = flow("start > ask > sub > end", plugin="pause_node", pipelines={"sub": inner})
    return started(world, tree, sub="sub", inner="inner", node="ask")


def waiting_at_a_converge(world: World) -> Ids:
    pause = {"ask": {"component": {"code": "pause_node", "data": {}}}}
    tree = flow("start > par ; par > ask ; par > say ; ask > join ; say > join ; join > end", nodes=pause)
    return started(world, tree, node="join")


def failed_gateway(world: World) -> Ids:
    tree = flow("start > xor ; xor > a [1 == 2] ; xor > b [1 == 3] ; a > end ; b > end")
    return started(world, tree, node="xor", gateway="xor")


def passed_gateway(world: World) -> Ids:
    return started(world, flow("start > xor ; xor > a [1 == 1] ; xor > b [else] ; a > end ; b > end"), node="xor")


def failed(world: World, **node: Any) -> Ids:
    tree = flow("start > run > end", plugin="job_fast_execute_script", inputs={"run": SCRIPT}, nodes={"run": node})
    return started(world, tree, node="run")


def task_whose_plugin_is_gone(world: World) -> Ids:
    world.give("task")
    with db.engine.begin() as connection:
        change = "UPDATE task_tree SET plugins = replace(plugins, 'bk_display', 'gone'), body = replace(body, 'bk_display', 'gone')"
        connection.execute(text(change))
    return {}


def bob_who_left(world: World) -> Ids:
    accounts.create_user("bob", "a password")
    with db.engine.begin() as connection:
        connection.execute(text("UPDATE \"user\" SET is_active = false WHERE username = 'bob'"))
    return {}


def claimed_task(world: World) -> Ids:
    world.give("function task")
    assert world.client.post(f"claim_functionalization_task/{world.ids['task']}/2")["result"]
    return {}


GIVEN: Mapping[str, Callable[[World], Ids]] = {
    **STEPS,
    "waiting": waiting,
    "waiting in a subprocess": waiting_in_a_subprocess,
    "waiting before a subprocess": waiting_before_a_subprocess,
    "waiting at a converge": waiting_at_a_converge,
    "waiting before a paused node": lambda w: then(w, ids := waiting(w), node_id=ids["later"], action="pause"),
    "paused": lambda w: then(w, waiting(w), action="pause"),
    "paused in a subprocess": lambda w: then(
        w, ids := waiting_in_a_subprocess(w), node_id=ids["sub"], action="pause_subproc"
    ),
    "revoked": lambda w: then(w, waiting(w), action="revoke"),
    "failed": failed,
    "failed for good": lambda w: failed(w, retryable=False, skippable=False),
    "failed and revoked": lambda w: then(w, failed(w), action="revoke"),
    "failed gateway": failed_gateway,
    "passed gateway": passed_gateway,
    "task whose plugin is gone": task_whose_plugin_is_gone,
    "claimed task": claimed_task,
    "bob who left": bob_who_left,
}


@pytest.fixture
def world(make_app, sqlite_url):
    app = make_app(sqlite_url)
    with app.app_context():
        yield World.of(app)


def credentials_of(world: World, caller: str) -> Mapping[str, str]:
    if caller != "viewer":
        return {} if caller else CREDENTIALS
    accounts.create_user("bob", "a password")
    set_member(SYSTEM, world.project, "bob", "viewer")
    app = register_app("tool", None, is_trusted=False)
    return {"bk_app_code": app.code, "bk_app_secret": app.secret, "access_token": create_token("bob")}


def answer_to(world: World, said: Said) -> Any:
    credentials = credentials_of(world, said.caller)
    for step in said.given:
        world.ids.update(GIVEN[step](world))
    path, send = filled(said.path, world.ids), {**credentials, **filled(dict(said.send), world.ids)}
    if said.method == "GET":
        return world.client.raw("GET", path, query_string=send)
    return world.client.raw("POST", path, data=json.dumps(send) if said.raw is None else said.raw)


@pytest.mark.parametrize("said", SAID, ids=lambda said: f"{said.path.partition('/')[0]}: {said.says}")
def test_a_message(world, said: Said):
    answer = answer_to(world, said)

    body, says = answer.get_json(), filled(said.says, world.ids)
    assert answer.status_code == 200
    if said.is_beginning:
        assert body["message"].startswith(says), body
        says = body["message"]
    assert body == {"result": False, "message": says, "code": said.code, **said.more}


def test_every_message_that_is_known_is_said_or_there_is_a_reason():
    known = {message for messages in KNOWN.values() for message in messages}
    said = {said.known for said in SAID}

    assert said & set(NEVER) == set()
    assert said | set(NEVER) == known
    assert all(NEVER.values())


def test_a_component_that_is_not_there_is_no_refusal(world):
    world.give("finished")
    answer = world.client.get(
        f"get_task_node_detail/{world.ids['task']}/2", node_id=world.ids["node"], component_code="nothing"
    )
    assert answer["result"], answer


def test_through_the_esb_the_messages_are_the_same(world):
    world.ids.update(waiting(world))
    world.client.prefix = "/api/c/compapi/v2/sops"
    answer = world.client.post("operate_task", bk_biz_id=2, task_id=world.ids["task"], action="resume")
    assert answer["message"] == f"can't transit state({world.ids['tree']}) from RUNNING to READY"
