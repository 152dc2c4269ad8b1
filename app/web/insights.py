"""Insights: how many tasks ended well, and how long they took."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from app.auth.sessions import actor, require_login
from app.services.access import Project, find_project
from app.services.node_statistics import node_statistics
from app.services.statistics import SPANS, USUAL, Statistics, Wanted, statistics
from app.services.template_lists import template_rows
from app.web.moments import length

blueprint = Blueprint("insights", __name__, url_prefix="/projects/<int:project_id>/insights")
blueprint.before_request(require_login)


@blueprint.get("/")
def index(project_id: int) -> ResponseReturnValue:
    """Show a project's statistics, of all flows or of one."""
    project = find_project(actor(), project_id, "project")
    wanted = _wanted()
    found = statistics(actor(), project, wanted)
    nodes = node_statistics(actor(), project, wanted) if wanted.template_id is not None else ()
    return render_template(
        "insights.html", project=project, wanted=wanted, found=found, nodes=nodes, spans=SPANS, length=length,
        templates=_choices(project), chart=_chart(found),
    )  # fmt: skip


def _wanted() -> Wanted:
    weeks = request.args.get("weeks", USUAL, type=int)
    template_id = request.args.get("template", type=int)
    is_one = template_id is not None and 0 < template_id < 2**31
    return Wanted(weeks if weeks in SPANS else USUAL, template_id if is_one else None)


def _choices(project: Project) -> Sequence[object]:
    return template_rows(actor(), project, limit=500)


def _chart(found: Statistics) -> dict[str, list[float | None]]:
    """Return the weeks as the charts take them: one list for each line, times as seconds since 1970."""
    weeks = found.weeks
    return {
        "begins": [week.begins.timestamp() for week in weeks],
        "ended": [week.numbers.ended for week in weeks],
        "well": [week.numbers.well for week in weeks],
        "p50": [week.numbers.p50_s for week in weeks],
        "p95": [week.numbers.p95_s for week in weeks],
    }
