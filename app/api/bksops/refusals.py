"""What the dialect says when it refuses: the original's messages, which its clients know, and its codes.

Where its generations differ, it is the older one's words (V3.3) that are given: those of its second engine end in a trace
of that engine's own code, which nobody can compare. `task not started` and `task already started` are the newer one's,
since the older one lets an order spoil a task that has not started.
"""

from __future__ import annotations

from collections.abc import Mapping

from app.api.bksops.words import STATES
from app.errors import Archived, InvalidInput, NotAllowed, NotFound, Problem, Refused, SluiceError
from app.services.access import Actor
from app.services.grants import PERMISSIONS

_CODES: Mapping[type[SluiceError], int] = {
    InvalidInput: 3540000,
    NotAllowed: 3540100,
    NotFound: 3540400,
    Refused: 3545000,
}
_UNKNOWN_ERROR = 3599999

_NOT_JSON: Mapping[str, str] = dict.fromkeys(
    ("operate_node", "claim_functionalization_task"), "request body is not a valid json"
)
_TASK_PARAMS = ("create_task", "create_and_start_task", "create_periodic_task")
_PREVIEWS = ("preview_task_tree", "preview_common_task_tree")
_STARTS = ("start_task", "operate_task")
_SCHEDULES = ("create_periodic_task", "modify_cron_for_periodic_task", "modify_constants_for_periodic_task")

_NOT_REACHED = "node not exists or not be executed yet"
_ENDED = "invalid operation, this node is finished or pipeline have been revoked"
_GATEWAY_ENDED = "invalid operation, this gateway is finished or pipeline have been revoked"

_REFUSALS: Mapping[str, str] = {
    "already_started": "task already started",
    "not_started": "task not started",
    "finished": _ENDED,
    "not_reached": _NOT_REACHED,
    "not_held": _NOT_REACHED,
    "not_skippable": "this node can not be skipped",
    "not_retryable": "the node is set to not be retried, try skip it please.",
    "not_a_subprocess": "node({node}) type is not SubProcess",
    "too_many_copies": "only {most} templates can be copied once.",
}
"""Refusals by rule, whatever was asked for."""

_GONE: Mapping[str, str] = {
    "retry": "can't not retry a subprocess or this process has been revoked",
    "retry_subprocess": "can't not retry a subprocess or this process has been revoked",
    "skip": "can't not skip a subprocess or this process has been revoked",
    "skip_exg": _GATEWAY_ENDED,
    "skip_cpg": _GATEWAY_ENDED,
    "forced_fail": _ENDED,
}
"""By what was asked of a node: that it has ended, or was never where this could be asked of it."""

_WRONG_TYPE: Mapping[str, str] = {
    "retry": "can't retry this type of node",
    "retry_subprocess": "node({node}) type is not SubProcess",
    "skip": "can't skip this type of node",
    "skip_exg": "invalid operation, this node is not a exclusive gateway",
    "skip_cpg": "invalid operation, this node is not a conditional parallel gateway",
    "forced_fail": "can't not forced fail this type of node",
}

_NEXT: Mapping[str, str] = {
    "retry": "READY", "retry_subprocess": "READY", "skip": "FINISHED", "skip_exg": "FINISHED", "skip_cpg": "FINISHED",
    "forced_fail": "FAILED", "pause": "SUSPENDED", "pause_subproc": "SUSPENDED", "resume_subproc": "RUNNING",
    "revoke": "REVOKED",
}  # fmt: skip
"""The state that an order would bring about; to go on, a pipeline becomes ready first."""


def code_of(error: SluiceError) -> int:
    """Return the dialect's error code."""
    return next((code for family, code in _CODES.items() if isinstance(error, family)), _UNKNOWN_ERROR)


def status_of(error: SluiceError) -> int:
    """Return the HTTP status: 200 for errors too, except to those who ask too often."""
    return 429 if isinstance(error, Refused) and error.rule == "too_many" else 200


def message_of(error: SluiceError, ids: Mapping[str, int], operation: str, actor: Actor | None = None) -> str:
    """Return the dialect's message for an error that came of `operation`; `actor` is who asked, if that is known."""
    match error:
        case InvalidInput():
            return _invalid(error, ids, operation)
        case NotFound() if operation == "claim_functionalization_task" and error.kind == "task":
            return f"claim_functionalization_task fail: {_not_found(error, ids, operation, actor)}"
        case NotFound():
            return _not_found(error, ids, operation, actor)
        case Refused():
            return _refused(error, ids, operation)
        case NotAllowed():
            return _not_allowed(error, ids, operation)
        case _:
            return str(error)


def _not_allowed(error: NotAllowed, ids: Mapping[str, int], operation: str) -> str:
    if error.action in ("view", "operate", "edit", "manage"):
        project = ids.get("project_id", 0)
        return f"user[username={error.actor}] does not have perm of business:[bk_biz_id={project}]"
    if error.action in PERMISSIONS:
        kind, _, number = error.thing.partition(" ")
        prefix = "common_" if kind == "common_template" else ""
        thing = f"{kind.replace('_', ' ')}[id={number}]"
        return f"user[username={error.actor}] does not have perm[perm={prefix}{error.action}] of {thing}"
    if error.action == "import":
        return "you have no permission to call this api."
    if error.actor == "(no app code)" and operation in ("create_task", "create_and_start_task"):
        return "app_code cannot be empty, make sure api gateway has sent correct params"
    return str(error)


def _invalid(error: InvalidInput, ids: Mapping[str, int], operation: str) -> str:
    first = error.problems[0]
    if operation in _PREVIEWS and first.rule not in ("format", "not_json"):
        return f"preview_task_tree fail: {_excluded(first) or error}"
    match first.rule:
        case "not_json":
            return _NOT_JSON.get(operation, first.message)
        case "format" | "dat":
            return first.message
        case "not_in_tree" | "not_optional":
            return _excluded(first)
        case "unknown_action":
            return "task action is invalid"
        case "given_tree":
            return f"[API] {operation} get invalid pipeline_tree: {first.message}"
        case "plan_start_time" if operation == "create_clocked_task":
            return first.message
    if operation in _STARTS:
        return f"task[id={ids.get('task_id')}] action failed:{error}"
    if operation in _SCHEDULES and all(problem.rule != "params" for problem in error.problems):
        return str(error)
    return _wrong_parameters(error, operation)


def _excluded(problem: Problem) -> str:
    """Say what is wrong with a node that was to be left out; "" for any other problem."""
    wrong = {"not_in_tree": "is not in template pipeline tree", "not_optional": "is not optional"}.get(problem.rule)
    return f"task node[id={problem.where}] {wrong}" if wrong else ""


def _wrong_parameters(error: InvalidInput, operation: str) -> str:
    """Say what is wrong with parameters, each with its name; the original tells one, before its name."""
    if operation in _TASK_PARAMS:
        return f"task params is invalid: {','.join(_with_place(problem) for problem in error.problems)}"
    told = ",".join(f"{p.where}: {p.message}" if p.where else p.message for p in error.problems)
    if operation == "claim_functionalization_task":
        return f"claim_functionalization_task fail: {told}"
    return f"params is invalid, error: {told}"


def _with_place(problem: Problem) -> str:
    return f"{problem.message} ({problem.where})" if problem.where else problem.message


def _not_found(error: NotFound, ids: Mapping[str, int], operation: str, actor: Actor | None) -> str:
    project, task = ids.get("project_id"), ids.get("task_id")
    # To callers that are not on its white list the original says so while it asks what they may, without the business.
    is_asked_first = actor is not None and not actor.is_trusted
    if isinstance(error, Archived):
        what = "get status error: it" if operation == "get_task_status" else f"of business[bk_biz_id={project}]"
        return f"task[id={error.key}] {what} is archived, see {error.place}"
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
        case "task" if operation in _STARTS and is_asked_first:
            return f"task[id={error.key}] does not exist"
        case "template" if operation == "create_task" and is_asked_first:
            return f"template[id={error.key}] does not exist"
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


def _refused(error: Refused, ids: Mapping[str, int], operation: str) -> str:
    data = error.data
    action, node, state = (str(data.get(key, "")) for key in ("action", "node", "state"))
    if error.rule in _REFUSALS:
        return _REFUSALS[error.rule].format(node=node, most=data.get("most"))
    match error.rule:
        case "not_failed" | "not_running" | "not_a_gateway" if state == "not reached":
            return _NOT_REACHED
        case "not_failed" | "not_running":
            return _not_ready_for(action, node, state, data)
        case "wrong_kind" | "not_a_gateway" if action in _WRONG_TYPE:
            return _WRONG_TYPE[action].format(node=node)
        case "already_reached":
            return _transit(node, state, "SUSPENDED")
        case "already_held":
            return _transit(node, "paused", "SUSPENDED")
        case "wrong_step":
            return f"task with current_flow:{data['step']} cannot be {action}ed"
        case "wrong_state":
            return _transit(str(data.get("pipeline") or node), state, _NEXT.get(action, "READY"))
        case _ if node and operation == "operate_node":
            return f"task[id={ids.get('task_id')}] node[id={node}] action failed:{error}"
        case _:
            return str(error)


def _not_ready_for(action: str, node: str, state: str, data: Mapping[str, object]) -> str:
    """Say why an order does not fit a node that has been reached."""
    kind = data.get("kind")
    if not data.get("is_there") or kind == "subprocess":
        return _GONE[action]
    if kind != "activity":
        return _WRONG_TYPE[action].format(node=node)
    return _transit(node, state, _NEXT[action])


def _transit(thing: str, state: str, after: str) -> str:
    return f"can't transit state({thing}) from {STATES.get(state, 'RUNNING')} to {after}"
