"""The pure variable types: how the value that a person gave becomes the value that a flow sees."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from app.engine.core.values import Json
from app.engine.core.variables.datatable import resolve_datatable
from app.engine.core.variables.ip import resolve_ip
from app.engine.core.variables.number import resolve_int
from app.engine.core.variables.select import resolve_select
from app.engine.core.variables.text import resolve_text

VARIABLE_TYPES: Mapping[str, Callable[[Json], Json]] = {
    "input": resolve_text,
    "textarea": resolve_text,
    "password": resolve_text,
    "datetime": resolve_text,
    "date": resolve_text,
    "time": resolve_text,
    "format_support_datetime": resolve_text,
    "int": resolve_int,
    "select": resolve_select,
    "text_value_select": resolve_select,
    "bk_user_selector": resolve_select,
    "staff_group_selector": resolve_select,
    "ip": resolve_ip,
    "ip_selector": resolve_ip,
    "datatable": resolve_datatable,
}
"""Each type by bk-sops' name. A type that is not listed keeps its value as it is."""


def resolve(kind: str, value: Json) -> Json:
    """Return what a flow sees of a variable of type `kind` whose rendered value is `value`."""
    resolver = VARIABLE_TYPES.get(kind)
    return value if resolver is None else resolver(value)
