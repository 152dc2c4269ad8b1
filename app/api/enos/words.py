"""The dialect's words and numbers: codes of errors, states of instances, types of tasks."""

from __future__ import annotations

from collections.abc import Mapping

IDENTITY, PARAMETER, PRIVILEGE, STATE, LOCKED, SERVER = 62101, 62102, 62103, 62104, 62105, 62109
"""The codes of refusals."""

NO_IDENTITY = "userId does not exist, or it does not match to orgId."
NO_PRIVILEGE = "User has no privilege"
INCORRECT = "Incorrect parameter"
INVALID_BODY = "Invalid request body."
BROKEN = "Internal server exception"
ACCOUNT_LOCKED = "Your account has been locked"
FLOW_LOCKED = "This workflow has been locked."
RELIED_ON = "This workflow is relied on by other workflows and cannot be deleted."
NO_TASK = "This workflow has no task. You cannot trigger it."
NOT_CREATED = (
    "Cannot create workflow instance. Please check if the workflow or task exist, and do not trigger the same workflow"
    " repeatedly in 1 minute."
)
NO_INSTANCE = "Instance not found"
HAS_ENDED = "This workflow instance has ended. You cannot cancel it."
VALIDATION = "Workflow validation failed"
NO_DIRECTORY = "Directory does not exist"

STATES: Mapping[str, tuple[int, str]] = {
    "failed": (-1, "FAIL"),
    "succeeded": (1, "SUCCESS"),
    "running": (2, "RUNNING"),
    "paused": (3, "SUSPEND"),
    "broken": (4, "INTERNAL_ERROR"),
    "waiting": (5, "WAIT"),
    "cancelled": (8, "CANCEL"),
}
"""States of instances of flows: {ours: (number, name)}."""

NODE_STATES: Mapping[str, tuple[int, str]] = {
    "running": (2, "RUNNING"),
    "paused": (3, "SUSPEND"),
    "waiting_person": (5, "WAIT"),
    "waiting_callback": (5, "WAIT"),
    "waiting_timer": (5, "WAIT"),
    "retrying": (9, "RERUN"),
    "finished": (1, "SUCCESS"),
    "failed": (-1, "FAIL"),
    "revoked": (8, "CANCEL"),
    "skipped": (10, "SKIP"),
    "upstream_failed": (8, "CANCEL"),
}
"""States of tasks in instances; one that was not reached is 0, INIT, and one that took too long 7, TIMEOUT."""

INIT, TIMEOUT, NONE = (0, "INIT"), (7, "TIMEOUT"), "NONE"

TYPES = ("DATA_INTEGRATION", "WORMHOLE", "CALCULATE", "SHELL", "CANAAN", "HIVE", "MR")
"""Types of tasks by their numbers."""

SORT_FIELDS = {"create_time": "create_time", "createtime": "create_time", "update_time": "update_time",
               "updatetime": "update_time", "start_time": "start_time", "starttime": "start_time"}  # fmt: skip
INSTANCE_SORT_FIELDS = {**SORT_FIELDS, "trigger_time": "trigger_time", "triggertime": "trigger_time",
                        "end_time": "end_time", "endtime": "end_time"}  # fmt: skip
"""Fields that lists are sorted by, in both spellings, without case."""

WRONG_SORTER = "Illegal field, should be one of [create_time, update_time, start_time]."
WRONG_INSTANCE_SORTER = "The sorters field parameter is invalid"


def number_of_type(name: str) -> int:
    """Return the number of a task's type; 7, as the vendor's samples show, for one that its table does not have."""
    if name == "COMMAND":
        return TYPES.index("SHELL")
    return TYPES.index(name) if name in TYPES else 7
