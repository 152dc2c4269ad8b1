"""What the audit calls things and deeds; a deed without a word here is shown as it is stored."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import lazy_gettext

KINDS: Mapping[str, object] = {
    "task": lazy_gettext("task"),
    "template": lazy_gettext("flow"),
    "schedule": lazy_gettext("schedule"),
    "scheme": lazy_gettext("scheme"),
    "host": lazy_gettext("host"),
    "credential": lazy_gettext("credential"),
    "constant": lazy_gettext("constant"),
    "member": lazy_gettext("member"),
    "grant": lazy_gettext("permission"),
    "app": lazy_gettext("app"),
    "notice": lazy_gettext("notice"),
    "project": lazy_gettext("project"),
}
"""The kinds of things that people and apps change."""

ACTIONS: Mapping[str, object] = {
    "create": lazy_gettext("made"),
    "update": lazy_gettext("changed"),
    "change": lazy_gettext("changed"),
    "change_details": lazy_gettext("changed the details of"),
    "edit": lazy_gettext("changed"),
    "set": lazy_gettext("set"),
    "delete": lazy_gettext("deleted"),
    "remove": lazy_gettext("removed"),
    "drop": lazy_gettext("removed"),
    "start": lazy_gettext("started"),
    "pause": lazy_gettext("paused"),
    "resume": lazy_gettext("resumed"),
    "revoke": lazy_gettext("revoked"),
    "retry": lazy_gettext("retried a node of"),
    "retry_subprocess": lazy_gettext("retried a subprocess of"),
    "skip": lazy_gettext("skipped a node of"),
    "skip_exg": lazy_gettext("chose a branch of"),
    "skip_cpg": lazy_gettext("chose branches of"),
    "forced_fail": lazy_gettext("made a node fail in"),
    "callback": lazy_gettext("confirmed a node of"),
    "pause_subproc": lazy_gettext("paused a subprocess of"),
    "resume_subproc": lazy_gettext("resumed a subprocess of"),
    "claim": lazy_gettext("claimed"),
    "reject": lazy_gettext("rejected"),
    "transfer": lazy_gettext("handed on"),
    "set_executor_proxy": lazy_gettext("said in whose name tasks run in"),
    "modify_constants": lazy_gettext("changed the variables of"),
    "draft": lazy_gettext("began a draft of"),
    "overwrite_draft": lazy_gettext("overwrote the draft of"),
    "discard_draft": lazy_gettext("discarded the draft of"),
    "publish_unchanged": lazy_gettext("published, without a change,"),
    "import": lazy_gettext("imported"),
    "enable": lazy_gettext("switched on"),
    "disable": lazy_gettext("switched off"),
    "grant": lazy_gettext("gave a permission to"),
    "deactivate": lazy_gettext("closed"),
    "try_again": lazy_gettext("sent again"),
}
"""What was done to a thing, as it stands between who did it and what it was done to."""
