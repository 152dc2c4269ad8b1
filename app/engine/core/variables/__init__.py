"""The pure variable types: how the value that a person gave becomes the value that a flow sees, and how the editor shows them.

To add one: a function in a file beside this one, and an entry in `_TYPES`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from app.engine.core.schema import Choice, Field, Widget
from app.engine.core.values import Json
from app.engine.core.variables.datatable import resolve_datatable
from app.engine.core.variables.ip import resolve_ip
from app.engine.core.variables.number import resolve_int
from app.engine.core.variables.select import resolve_select
from app.engine.core.variables.text import resolve_text


@dataclass(frozen=True, slots=True)
class VariableType:
    """One type of variable, named as in bk-sops; `source_tag` is what its editor writes beside `custom_type`.

    `widget` is the form in which people give the value. With `is_meta` the variable holds a definition, whose parts are
    `fields`, until somebody gives it a value. `default_validation` is the regular expression that a new one gets.
    """

    custom_type: str
    source_tag: str
    name: str
    description: str
    resolve: Callable[[Json], Json]
    widget: Widget = "text"
    is_meta: bool = False
    fields: Sequence[Field] = ()
    default_validation: str = ""


_CHOICES = (
    Field("datasource", "Source", widget="choice", default="0", choices=(Choice("0", "Typed in"), Choice("1", "Fetched"))),
    Field("items_text", "Choices", widget="textarea", required=True,
          help='[{"text": "shown", "value": "given"}], or the address that returns such a list'),
    Field("type", "How many", widget="choice", default="0", choices=(Choice("0", "One"), Choice("1", "Several"))),
    Field("default", "Default", widget="text", default="", help="a value of the list; several are joined by commas"),
)  # fmt: skip
_COLUMNS = (
    Field("columns", "Columns", widget="textarea", required=True,
          help='[{"tag_code": "ip", "type": "input", "attrs": {"name": "Address"}}]'),
    Field("default", "Default rows", widget="textarea", default="", help='[{"ip": "10.0.0.7"}]'),
)  # fmt: skip

_TYPES: Sequence[VariableType] = (
    VariableType("input", "input.input", "Text", "One line of text.", resolve_text, default_validation="^.+$"),
    VariableType(
        "textarea", "textarea.textarea", "Long text", "Several lines of text.", resolve_text, "textarea",
        default_validation=r"^[\s\S]+$",
    ),
    VariableType("int", "int.int", "Whole number", "A whole number.", resolve_int, "number"),
    VariableType("password", "password.password", "Password", "A text that is never shown.", resolve_text, "password"),
    VariableType("datetime", "datetime.datetime", "Date and time", "A date with a time.", resolve_text, "datetime"),
    VariableType("date", "date.date", "Date", "A date.", resolve_text, "date"),
    VariableType("time", "time.time", "Time", "A time of day.", resolve_text, "time"),
    VariableType(
        "format_support_datetime", "format_support_datetime.format_support_datetime", "Date and time in a format",
        "A date with a time, written as you say.", resolve_text, "datetime",
    ),
    VariableType(
        "select", "select.select", "Choice", "One or several of a list.", resolve_select, "choice", True, _CHOICES
    ),
    VariableType(
        "text_value_select", "text_value_select.text_value_select", "Choice with labels",
        "One or several of a list, each with a label.", resolve_select, "choice", True, _CHOICES,
    ),
    VariableType(
        "datatable", "datatable.datatable", "Table", "Rows with the columns that you define.", resolve_datatable, "table",
        True, _COLUMNS,
    ),
    VariableType("ip", "var_ip_picker.ip_picker", "Addresses", "Hosts by their addresses.", resolve_ip, "hosts"),
    VariableType(
        "ip_selector", "var_cmdb_ip_selector.ip_selector", "Hosts", "Hosts of the inventory.", resolve_ip, "hosts"
    ),
    VariableType(
        "bk_user_selector", "bk_manage_user_selector.bk_user_selector", "People", "Users, by name.", resolve_select, "list"
    ),
    VariableType(
        "staff_group_selector", "staff_group_multi_selector.staff_group_selector", "Groups of people",
        "Groups of users, by name.", resolve_select, "list",
    ),
)  # fmt: skip

VARIABLE_TYPES: Mapping[str, VariableType] = {type_.custom_type: type_ for type_ in _TYPES}
"""Each type by bk-sops' name. A type that is not listed keeps its value as it is."""


def resolve(kind: str, value: Json) -> Json:
    """Return what a flow sees of a variable of type `kind` whose rendered value is `value`."""
    found = VARIABLE_TYPES.get(kind)
    return value if found is None else found.resolve(value)
