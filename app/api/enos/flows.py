"""Flows: made, read, changed, enabled, triggered."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from app.api.enos import words
from app.api.enos.operation import NOTHING, Call, operation
from app.api.enos.paging import page_of
from app.api.enos.translate_in import imported_wish, saved_wish
from app.api.enos.translate_out import export_json, flow_json
from app.errors import InvalidInput, Problem
from app.services.flow_instances import trigger as ask_for_instance
from app.services.flow_nodes import awaited_names
from app.services.flow_saving import delete_flow, import_flow, save_flow, set_active
from app.services.flow_settings import find_flow, list_flows, may_edit

_INVALID_FLOW = (words.PARAMETER, words.VALIDATION + ": {told}")


@operation("flows", "import", {"directory": (words.PARAMETER, words.NO_DIRECTORY),
    "flow_name": (words.PARAMETER, "Invalid parameter: flowName"),
    "not_unique": (words.PARAMETER, f"{words.VALIDATION}: Flow name must be unique"),
    "flow": _INVALID_FLOW, "too_large": _INVALID_FLOW, "server": (words.SERVER, "Failed to create workflow"),})  # fmt: skip
def import_(call: Call) -> dict[str, int]:
    """Make a flow of a document; a flowId is used when nobody has it."""
    body = call.fields
    directory = body.text("dirId", "dir_id")
    number = body.whole("flowId", default=0)
    wish = imported_wish(body)
    return {"flowId": import_flow(call.actor, call.project, directory, wish, number or None)}


@operation("flows", "save", {"relied_on": (words.STATE, words.RELIED_ON), "circle": _INVALID_FLOW})
def save(call: Call) -> dict[str, int]:
    """Save a whole flow."""
    number = call.fields.whole("id", "flowId")
    wish = saved_wish(call.fields)
    return {"flowId": save_flow(call.actor, call.project, number, wish)}


@operation("flows", "get")
def get(call: Call) -> dict[str, Any]:
    """Return a flow."""
    return flow_json(call.actor, call.project, find_flow(call.actor, call.project, call.number("flowId")))


@operation("flows", "loadForEdit")
def load_for_edit(call: Call) -> dict[str, Any]:
    """Return a flow that is to be changed; nothing is held meanwhile."""
    return flow_json(call.actor, call.project, find_flow(call.actor, call.project, call.number("flowId")))


@operation("flows", "export", {"missing": (words.PARAMETER, "Flow validation exception")})
def export(call: Call) -> dict[str, Any]:
    """Return a flow as a document that import takes."""
    flow = find_flow(call.actor, call.project, call.number("flowId"))
    return export_json(flow, awaited_names(call.actor, call.project, flow))


@operation("flows", "getMyFlow")
def get_my_flow(call: Call) -> list[dict[str, Any]]:
    """Return the flows that the user made, owns or visits."""
    like = call.fields.text("expression", default="").strip()
    call.fields.check()
    return [
        {
            "flowId": str(flow.number), "editable": may_edit(call.actor, call.project, flow),
            "flowName": flow.template.name, "cycle": flow.settings.cycle,
        }
        for flow in list_flows(call.actor, call.project, like=like, mine=True)
    ]  # fmt: skip


@operation("flows", "search", {"sorter": (words.PARAMETER, words.WRONG_SORTER)})
def search(call: Call) -> list[dict[str, Any]]:
    """Return a page of the flows of the organization."""
    like = call.fields.text("expression", default="").strip()
    page = page_of(call.fields, words.SORT_FIELDS)
    found = list_flows(call.actor, call.project, like=like, order=page.order, first=page.first, most=page.size)
    return [{"flowId": str(flow.number), "flowName": flow.template.name} for flow in found]


@operation("flows", "delete", {"relied_on": (words.STATE, words.RELIED_ON)})
def delete(call: Call) -> str:
    """Take a flow away with its instances."""
    delete_flow(call.actor, call.project, call.number("flowId"))
    return NOTHING


@operation("flows", "enable", {"circle": _INVALID_FLOW})
def enable(call: Call) -> str:
    """Let a flow run by its times."""
    set_active(call.actor, call.project, call.number("flowId"), is_active=True)
    return NOTHING


@operation("flows", "disable")
def disable(call: Call) -> str:
    """Let a flow run no more by its times."""
    set_active(call.actor, call.project, call.number("flowId"), is_active=False)
    return NOTHING


_TRIGGERED = {"no_task": (words.STATE, words.NO_TASK), "repeated": (words.PARAMETER, words.NOT_CREATED)}


@operation("flows", "trigger", _TRIGGERED)
def trigger(call: Call) -> dict[str, str]:
    """Ask for an instance of a flow."""
    number, at = call.fields.whole("flowId"), _moment(call)
    return {"flowInstanceId": ask_for_instance(call.actor, call.project, number, at)}


@operation("flows", "updateAndTrigger", _TRIGGERED)
def update_and_trigger(call: Call) -> dict[str, str]:
    """Ask for an instance of a flow with parameters of its own."""
    number, parameters = call.fields.whole("flowId"), call.fields.pairs("parameters")
    if parameters is None:
        call.fields.refuse("parameters", "a list of key and value is wanted")
    at = _moment(call)
    return {"flowInstanceId": ask_for_instance(call.actor, call.project, number, at, parameters=parameters)}


@operation("flows", "triggerFromTask", {**_TRIGGERED,
    "missing": (words.PARAMETER, words.NOT_CREATED), "invalid": (words.PARAMETER, words.INVALID_BODY),})  # fmt: skip
def trigger_from_task(call: Call) -> dict[str, str]:
    """Ask for an instance of one task of a flow and all that comes after it."""
    number, task = call.fields.whole("flowId"), call.fields.whole("taskId")
    return {"flowInstanceId": ask_for_instance(call.actor, call.project, number, _moment(call), from_task=task)}


def _moment(call: Call) -> datetime:
    """Read the trigger time, milliseconds since 1970; raises InvalidInput with everything that is wrong so far."""
    milliseconds = call.fields.whole("triggerTime")
    call.fields.check()
    try:
        return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=milliseconds)
    except OverflowError as error:
        raise InvalidInput(Problem("field", "triggerTime: it lies too far away", "triggerTime")) from error
