"""Host addresses, as the address picker of bk-sops writes them."""

from __future__ import annotations

import re
from collections.abc import Mapping

from app.engine.core.values import Json
from app.engine.core.variables.joining import Joiner


def resolve_ip(value: Json) -> Json:
    """Return the addresses that were typed in, joined by commas: `{"var_ip_method": "custom", …}` or plain text.

    Addresses picked from a tree need a CMDB, which there is none of here; such a value stays as it is.
    """
    if isinstance(value, Mapping):
        typed = value.get("var_ip_custom_value", value.get("ip"))
        if value.get("var_ip_method", "custom") != "custom" or not isinstance(typed, str):
            return value
        value = typed
    if isinstance(value, str):
        return ",".join(_addresses(value))
    return value


def resolve_ip_filter(value: Json) -> Json:
    """Return the addresses of `{"origin_ips": …, "ip_separator": …, "ip_cloud": …}`, joined by its separator.

    All of them: the state of their agents, by which bk-sops leaves some out, is GSE's, which there is none of here.
    Without `ip_cloud` an address loses the number of the cloud area before it.
    """
    if not isinstance(value, Mapping):
        return resolve_ip(value)
    typed = value.get("origin_ips")
    if not isinstance(typed, str):
        return value
    has_cloud = value.get("ip_cloud", True) not in (False, "false")
    found = [part if has_cloud else re.sub(r"^\d+:(?=\d+\.)", "", part) for part in _addresses(typed)]
    return Joiner(value.get("ip_separator")).join(found)


def _addresses(text: str) -> list[str]:
    return [part for part in re.split(r"[\s,;]+", text) if part]
