"""The pure variable types: how the value that a person gave becomes the value that a flow sees, and how the editor shows them.

To add one: a function in a file beside this one, and an entry in `_TYPES`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from app.engine.core.schema import Choice, Field, Widget
from app.engine.core.values import Json
from app.engine.core.variables.datatable import resolve_datatable
from app.engine.core.variables.ip import resolve_ip, resolve_ip_filter
from app.engine.core.variables.moments import WRITTEN, began_at, formatted_now, resolve_moment, units_of_now
from app.engine.core.variables.number import resolve_int
from app.engine.core.variables.select import resolve_select
from app.engine.core.variables.sets import resolve_allocation
from app.engine.core.variables.text import resolve_text


@dataclass(frozen=True, slots=True)
class VariableType:
    """One type of variable, named as in bk-sops; `source_tag` is what its editor writes beside `custom_type`.

    `widget` is the form in which people give the value. With `is_meta` the variable holds a definition, whose parts are
    `fields`, until somebody gives it a value; without, `fields` are the parts of a value that is an object. `default_validation`
    is the regular expression that a new one gets. `source` says where the value comes from: a person gives it, the `task`
    works it out of its beginning by `tell`, or a `cmdb` would, which there is none of here: that value stays as it is.
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
    source: Literal["given", "task", "cmdb"] = "given"
    tell: Callable[[Json, datetime], Json] | None = None


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

_UNITS = tuple(
    Choice(value, label)
    for value, label in (
        ("year", "Year"), ("month", "Month"), ("day", "Day"), ("hour", "Hour"), ("minute", "Minute"), ("second", "Second"),
    )
)  # fmt: skip
_ZONE = Field("time_zone", "Time zone", default="", help="as Asia/Shanghai; empty: the project's")
_FORMAT_HELP = (
    "as strftime reads it: %Y year, %m month, %d day, %H hour, %M minute, %S second, %j day of the year, %a weekday"
)
_MOMENT = (
    Field("datetime", "Date and time", widget="datetime"),
    Field("datetime_format", "Format", default=WRITTEN, help=_FORMAT_HELP),
)
_NOW = (
    Field("time_unit", "Parts", "array", "choice", default=[unit.value for unit in _UNITS], choices=_UNITS),
    _ZONE,
)
_NOW_IN_FORMAT = (Field("time_format", "Format", default=WRITTEN, help=_FORMAT_HELP), _ZONE)
_FILTER = (
    Field("origin_ips", "Addresses", widget="hosts"),
    Field("gse_agent_status", "State of the agent", widget="choice", default=1, type="any",
          choices=(Choice(1, "Online"), Choice(0, "Offline")), help="kept, but not asked: there is no GSE here"),
    Field("ip_cloud", "With cloud areas", "boolean", "switch", default=True),
    Field("ip_separator", "Separator", widget="choice", default=",", choices=(
        Choice(",", "Comma"), Choice(";", "Semicolon"), Choice("|", "Bar"), Choice("\n", "Line break"))),
)  # fmt: skip


def _of_cmdb(custom_type: str, source_tag: str, name: str, description: str) -> VariableType:
    return VariableType(custom_type, source_tag, name, description, resolve_text, "code", source="cmdb")


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
        "A date with a time, written as you say.", resolve_moment, "keyvalue", fields=_MOMENT,
    ),
    VariableType(
        "current_time", "current_time.current_time", "Time of the task", "The time at which the task began.",
        resolve_text, "code", fields=_NOW, source="task", tell=units_of_now,
    ),
    VariableType(
        "format_support_current_time", "format_support_current_time.format_support_current_time",
        "Time of the task in a format", "The time at which the task began, written as you say.", resolve_text, "keyvalue",
        fields=_NOW_IN_FORMAT, source="task", tell=formatted_now,
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
    VariableType(
        "ip_filter", "var_cmdb_ip_filter.ip_filter", "Filtered addresses", "Addresses, joined as you say.",
        resolve_ip_filter, "keyvalue", fields=_FILTER,
    ),
    VariableType(
        "set_module_ip_selector", "set_module_ip_selector.ip_selector", "Hosts of sets and modules",
        "Hosts by their addresses; sets and modules are the CMDB's.", resolve_ip, "hosts",
    ),
    VariableType(
        "set_allocation", "var_cmdb_resource_allocation.set_allocation", "Allocated sets",
        "Sets with the addresses of their modules, as they were allocated.", resolve_allocation, "code",
    ),
    _of_cmdb("attribute_query", "var_cmdb_attr_query.attr_query", "Attributes of hosts", "What the CMDB knows of some hosts."),
    _of_cmdb("set_filter_selector", "var_set_filter_selector.set_filter_selector", "Sets by a filter", "Sets of the CMDB."),
    _of_cmdb("set_group_selector", "var_set_group_selector.set_group_selector", "Sets of groups", "Groups of sets of the CMDB."),
    _of_cmdb(
        "set_module_selector", "var_set_module_selector.set_module_selector", "Set and modules",
        "A set of the CMDB with some of its modules.",
    ),
    _of_cmdb("gse_kit_ip_selector", "gse_kit_ip_selector.ip_selector", "Hosts of GSEKit", "Hosts by the processes of GSEKit."),
)  # fmt: skip

VARIABLE_TYPES: Mapping[str, VariableType] = {type_.custom_type: type_ for type_ in _TYPES}
"""Each type by bk-sops' name. A type that is not listed keeps its value as it is."""


def resolve(kind: str, value: Json, given: Mapping[str, Json] | None = None) -> Json:
    """Return what a flow sees of a variable of type `kind` whose rendered value is `value`, in a task that is `given` these."""
    found = VARIABLE_TYPES.get(kind)
    if found is None:
        return value
    if found.tell is None:
        return found.resolve(value)
    began = began_at(given or {})
    return value if began is None else found.tell(value, began)
