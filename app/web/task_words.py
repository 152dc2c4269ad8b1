"""What people asked of a task, in words."""

from __future__ import annotations

from flask_babel import lazy_gettext

DEEDS = {
    "create": lazy_gettext("made the task"),
    "start": lazy_gettext("started it"),
    "pause": lazy_gettext("paused it"),
    "resume": lazy_gettext("resumed it"),
    "revoke": lazy_gettext("revoked it"),
    "retry": lazy_gettext("retried"),
    "skip": lazy_gettext("skipped"),
    "callback": lazy_gettext("confirmed or called back"),
    "forced_fail": lazy_gettext("failed by force"),
    "skip_exg": lazy_gettext("chose a branch of"),
    "skip_cpg": lazy_gettext("chose branches of"),
    "pause_subproc": lazy_gettext("paused the subprocess"),
    "resume_subproc": lazy_gettext("resumed the subprocess"),
    "modify_constants": lazy_gettext("changed variables"),
    "claim": lazy_gettext("claimed the task"),
    "reject": lazy_gettext("rejected the order"),
    "transfer": lazy_gettext("handed the order on"),
}
