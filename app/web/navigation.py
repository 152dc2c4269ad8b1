"""The rail: where a reader can go from every page, and how much waits for them there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import Flask, current_app, request, url_for
from flask_babel import lazy_gettext

from app.auth.sessions import actor, is_logged_in
from app.services.access import Project, visible_projects
from app.services.approvals import count_waiting

RAILS, THEMES = ("wide", "narrow"), ("light", "dark")


@dataclass(frozen=True, slots=True)
class Place:
    """A place of the rail: where it leads, its name and icon, whose pages it stands for, and the key after G."""

    endpoint: str
    name: Any
    icon: str
    blueprints: tuple[str, ...]
    key: str = ""


PLACES: Sequence[Place] = (
    Place("home.home", lazy_gettext("Home"), "home", ("home",), "h"),
    Place("flows.index", lazy_gettext("Flows"), "sitemap", ("flows",), "f"),
    Place("task_lists.index", lazy_gettext("Tasks"), "list-check", ("tasks", "task_lists", "archive"), "t"),
    Place("schedules.index", lazy_gettext("Schedules"), "calendar-time", ("schedules",), "s"),
    Place("approvals.index", lazy_gettext("Approvals"), "hand-stop", ("approvals",), "a"),
    Place("hosts.index", lazy_gettext("Hosts"), "server-2", ("hosts", "credentials"), "o"),
    Place("insights.index", lazy_gettext("Insights"), "chart-histogram", ("insights",), "i"),
    Place("settings.index", lazy_gettext("Settings"), "settings", ("settings", "settings_access", "audit"), "e"),
)  # fmt: skip
"""The pages of a project."""

SYSTEM = Place("system.index", lazy_gettext("System"), "heart-rate-monitor", ("system",), "y")
"""The pages of the installation, for administrators."""


def register(app: Flask) -> None:
    """Give every page what its rail shows."""
    app.context_processor(_choices)
    app.jinja_env.globals.update(
        places=places, system_place=SYSTEM, has_system=lambda: SYSTEM.endpoint in app.view_functions,
        address_of=address_of, is_logged_in=is_logged_in, visible_projects=lambda: visible_projects(actor()),
        rail_project=rail_project, waiting_count=lambda project: count_waiting(actor(), project),
    )  # fmt: skip


def places() -> tuple[Place, ...]:
    """Return the pages of a project that there are."""
    return tuple(place for place in PLACES if place.endpoint in current_app.view_functions)


def address_of(place: Place, project: Project | None) -> str:
    """Return where a place leads."""
    if place is SYSTEM:
        return url_for(place.endpoint)
    assert project is not None, "the places of a project are shown on its pages only"
    return url_for(place.endpoint, project_id=project.id)


def rail_project(project: Project | None) -> Project | None:
    """Return the project whose places a page shows: its own, else the first that the reader may see."""
    return project or next(iter(visible_projects(actor())), None)


def _choices() -> dict[str, object]:
    """Return what the reader has set the page to."""
    return {"rail": _chosen("rail", RAILS), "theme": _chosen("theme", THEMES)}


def _chosen(name: str, known: Sequence[str]) -> str:
    """Return what a cookie of our own scripts says, so that the page does not change once they run."""
    value = request.cookies.get(name, "")
    return value if value in known else ""
