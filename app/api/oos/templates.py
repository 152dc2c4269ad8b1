"""Templates: created, checked, updated, deleted, shown and listed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response

from app.api.oos.envelope import refusal
from app.api.oos.fields import Fields
from app.api.oos.ids import read_template_id, template_id
from app.api.oos.operation import Call, operation
from app.api.oos.operator_in import Known
from app.api.oos.operators import known_operators
from app.api.oos.paging import page_of, paged
from app.api.oos.template_in import Given, read_template
from app.api.oos.template_out import template_of
from app.engine.core.values import Json
from app.errors import InvalidInput, NotFound, Problem
from app.services import oos_templates
from app.services.oos_templates import Stored, Wanted


@operation("POST", "/v2/template")
def create_template(call: Call) -> Mapping[str, Any]:
    """Save a new template."""
    given = wanted_template(call)
    number = oos_templates.create_named(call.actor, call.project, given.name, given.description, given.tree)
    return {"id": template_id(number)}


@operation("POST", "/v2/template/check")
def check_template(call: Call) -> Mapping[str, Any] | Response:
    """Say everything that is wrong with a template; nothing is saved."""
    reason = "; ".join(reasons(call, read(call, call.body)))
    if call.is_newer and reason:
        return refusal(400, reason)
    return {"isValid": not reason, "valid": not reason, "reason": reason}


@operation("PUT", "/v2/template")
def update_template(call: Call) -> Mapping[str, Any]:
    """Save the next version of a template; executions keep the one that they began with."""
    stored = _stored(call, str(call.body.get("id") or ""))
    given = wanted_template(call, stored)
    oos_templates.update_named(call.actor, call.project, stored.row.id, given.name, given.description, given.tree)
    return {"id": template_id(stored.row.id)}


@operation("DELETE", "/v2/template")
def delete_template(call: Call) -> Mapping[str, Any]:
    """Delete a template; executions go on."""
    stored = _stored(call, call.query.get("id", ""))
    oos_templates.require_editable(call.actor, is_common=stored.source == "common")
    oos_templates.delete_named(call.actor, call.project, stored.row.id)
    return {"id": template_id(stored.row.id)}


@operation("GET", "/v2/template")
def template_detail(call: Call) -> Mapping[str, Any]:
    """Show a template, by its id, or by its name and type."""
    if call.query.get("id"):
        return body_of(_stored(call, call.query["id"]))
    if not call.query.get("name"):
        raise InvalidInput(Problem("template", "id, or name, is required"))
    is_common = call.query.get("type") == "GLOBAL"
    return body_of(oos_templates.find_named(call.actor, call.project, call.query["name"], is_common=is_common))


@operation("POST", "/v2/template/list")
def list_templates(call: Call) -> Mapping[str, Any]:
    """List templates by part of their name, newest first unless it is said otherwise."""
    page = page_of(call)
    problems: list[Problem] = []
    fields = Fields(call.body, "", problems)
    keyword, id_, type_ = fields.text("name"), fields.text("id"), fields.text("type")
    if problems:
        raise InvalidInput.of(problems)
    number = read_template_id(id_) or 0 if id_ else None
    found, total = oos_templates.page_of_templates(
        call.actor, call.project, Wanted(type_ == "GLOBAL", keyword, id=number), by_name=page.sort == "name",
        ascending=page.ascending, offset=page.offset, limit=page.size,
    )  # fmt: skip
    return paged(page, "templates", [body_of(stored) for stored in found], total)


def body_of(stored: Stored) -> dict[str, Any]:
    """Return a stored template as the dialect shows it."""
    row = stored.row
    type_ = "GLOBAL" if stored.source == "common" else "INDIVIDUAL"
    return {
        "id": template_id(row.id), **template_of(stored.tree, row.name, type_, row.description),
        "description": row.description, "updatedTime": row.edited_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "supportedInstanceTypes": [],
    }  # fmt: skip


def read(call: Call, given: Any, before: Mapping[str, Any] | None = None) -> Given:
    """Read a template that came with a call."""
    return read_template(given, Known(known_operators(), _finder(call)), before)


def reasons(call: Call, given: Given, own_id: int | None = None) -> list[str]:
    """Return everything that is wrong with a template that was read."""
    told = [f"{p.where} {p.message}".strip() for p in given.problems]
    # What is wrong by itself would be told again in the words of trees, about things that nobody has written.
    return told or oos_templates.saving_problems(call.project, given.name, given.tree, own_id)


def wanted_template(call: Call, before: Stored | None = None) -> Given:
    """Read the template that a call wants saved; raises InvalidInput with everything that is wrong with it."""
    given = read(call, call.body, before.tree if before is not None else None)
    told = reasons(call, given, before.row.id if before is not None else None)
    if given.type == "GLOBAL":
        told.append("type GLOBAL is that of the common templates, which are not made by this API")
    if told:
        raise InvalidInput(*told)
    return given


def _stored(call: Call, text: str) -> Stored:
    number = read_template_id(text)
    if number is None:
        raise NotFound("template", text[:80] or "(no id)")
    try:
        return oos_templates.find_stored(call.actor, call.project, number)
    except NotFound as error:
        raise NotFound("template", text) from error


def _finder(call: Call) -> Any:
    def find(number: int) -> tuple[str, Mapping[str, Json]] | None:
        try:
            stored = oos_templates.find_stored(call.actor, call.project, number)
        except NotFound:
            return None
        return stored.source, stored.tree

    return find
