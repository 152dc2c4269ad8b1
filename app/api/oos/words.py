"""The dialect's words for states and rules, its defaults, and the names of its operators in Chinese."""

from __future__ import annotations

from collections.abc import Mapping

RETRY_INTERVAL, TIMEOUT = 300_000, 21_600_000
"""What an operator has that does not say, in milliseconds."""

LONGEST_NAME = 128
"""Of what clients call things; the names of templates are held to what flows may be called."""

EXECUTION_STATES: Mapping[str, str] = {
    "created": "PENDING", "running": "RUNNING", "paused": "PAUSED", "finished": "SUCCESS", "failed": "FAILED",
    "revoked": "CANCELED",
}  # fmt: skip
"""Our states of a task in the dialect's words."""

TASK_STATES: Mapping[str, str] = {
    "running": "RUNNING", "waiting_person": "RUNNING", "waiting_callback": "RUNNING", "waiting_timer": "RUNNING",
    "paused": "PENDING", "retrying": "UP_FOR_RETRY", "finished": "SUCCESS", "failed": "FAILED",
    "upstream_failed": "UPSTREAM_FAILED", "skipped": "SKIPPED", "ignored": "IGNORED", "revoked": "CANCELED",
}  # fmt: skip
"""Our states of a node in the dialect's words. IGNORED is a failure that a person has passed over."""

RULES: Mapping[str, str] = {
    "ALL_SUCCESS": "all_success", "ONE_SUCCESS": "one_success", "ALL_FAILED": "all_failed", "ONE_FAILED": "one_failed",
    "ALWAYS": "always",
}  # fmt: skip
"""The dialect's trigger rules in ours."""

RULE_NAMES: Mapping[str, str] = {ours: theirs for theirs, ours in RULES.items()}

TYPES = ("INDIVIDUAL", "GLOBAL")
"""Templates of one's own, and those for everybody."""

TRIGGERS: Mapping[str, str] = {"periodic": "CRON", "clocked": "CRON"}
"""What started an execution, by how its task was made; anything else is MANUAL."""

OPERATOR_WORDS: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "zh": {
        "BCE::SwitchTo": ("条件分支", "按条件选择接下来执行的步骤。"),
        "BCE::Agent::ExecuteHttp": ("执行HTTP请求", "由平台发起HTTP请求,2xx 为成功。"),
        "BCE::Agent::ExecuteShell": ("执行Shell脚本", "在项目主机上依次执行Shell脚本,退出码 0 为成功。"),
        "BCE::BCC::StartInstance": ("启动实例", "执行为实例配置的启动命令。"),
        "BCE::BCC::StopInstance": ("停止实例", "执行为实例配置的停止命令。"),
    }
}
"""Labels and descriptions of operators by language; a language or an operator that is missing keeps its English ones."""
