"""Categories of flows: the codes that bk-sops gives them, and what they are called."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import lazy_gettext

CATEGORIES: Mapping[str, object] = {
    "OpsTools": lazy_gettext("Operations tools"),
    "MonitorAlarm": lazy_gettext("Monitoring and alarms"),
    "ConfManage": lazy_gettext("Configuration"),
    "DevTools": lazy_gettext("Development tools"),
    "EnterpriseIT": lazy_gettext("Enterprise IT"),
    "OfficeApp": lazy_gettext("Office"),
    "Other": lazy_gettext("Other"),
    "Default": lazy_gettext("Other"),
}
"""What the known categories are called; any other stands for itself."""
