"""Host addresses, as the address picker of bk-sops writes them."""

from __future__ import annotations

import re
from collections.abc import Mapping

from app.engine.core.values import Json


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
        return ",".join(part for part in re.split(r"[\s,;]+", value) if part)
    return value
