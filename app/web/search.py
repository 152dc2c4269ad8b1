"""What Ctrl-K finds: flows, tasks, nodes, pages and actions of a project, as options of a list box."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask import Blueprint, current_app, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.auth.sessions import actor, require_login
from app.engine.core.values import plain_text
from app.services.access import Permission, Project, find_project, may
from app.services.search import Found, FoundNode, FoundTask, search
from app.web.drawing import MARKS, WORDS
from app.web.navigation import SYSTEM, address_of, places

if TYPE_CHECKING:
    from sqlalchemy import Row

blueprint = Blueprint("search", __name__, url_prefix="/projects/<int:project_id>/search")
blueprint.before_request(require_login)


@dataclass(frozen=True, slots=True)
class Option:
    """Something that can be opened: its name, where it leads, and what stands beside it."""

    name: str
    url: str
    icon: str
    more: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Options of one kind under their heading."""

    title: str
    options: Sequence[Option]


@blueprint.get("/")
def find(project_id: int) -> ResponseReturnValue:
    """Answer the options that have the text of `q` in their names; without one, the actions and pages."""
    project = find_project(actor(), project_id, "project")
    text = plain_text(request.args.get("q", ""))
    groups = [group for group in _groups(project, text, search(actor(), project, text)) if group.options]
    return render_template("palette_list.html", groups=groups, text=text)


def _groups(project: Project, text: str, found: Found) -> Iterator[Group]:
    yield Group(gettext("Flows"), [Option(f.name, _flow(project, f), "sitemap", _kind(f)) for f in found.flows])
    yield Group(gettext("Tasks"), [_task(project, task) for task in found.tasks])
    yield Group(gettext("Nodes"), [_node(project, node) for node in found.nodes])
    yield Group(gettext("Actions"), [option for option in _actions(project) if _matches(option, text)])
    yield Group(gettext("Pages"), [option for option in _pages(project) if _matches(option, text)])


def _flow(project: Project, flow: Row[Any]) -> str:
    endpoint = "editor_page.edit" if flow.is_draft else "flows.show"
    return url_for(endpoint, project_id=project.id, template_id=flow.id)


def _kind(flow: Row[Any]) -> str:
    return gettext("common") if flow.is_common else gettext("draft") if flow.is_draft else ""


def _task(project: Project, task: FoundTask) -> Option:
    url = url_for("tasks.show", project_id=project.id, task_id=task.id)
    return Option(task.name, url, "list-check", f"{MARKS.get(task.state, '○')} {WORDS.get(task.state, task.state)}")


def _node(project: Project, node: FoundNode) -> Option:
    url = url_for("editor_page.edit", project_id=project.id, template_id=node.template_id, node=node.node_id)
    return Option(node.name, url, "activity", node.template_name)


def _actions(project: Project) -> Iterator[Option]:
    wanted: Sequence[tuple[str, str, str, Permission]] = (
        ("editor_page.new", gettext("Draw a flow"), "brush", "edit"),
        ("task_creation.new", gettext("Run a flow"), "player-play", "operate"),
        ("schedules.new", gettext("New schedule"), "calendar-time", "edit"),
        ("schedules.new_once", gettext("Run a flow once, later"), "clock", "edit"),
        ("settings.members", gettext("Add a member"), "users", "manage"),
        ("settings_access.tokens", gettext("Make an access token"), "key", "view"),
    )
    for endpoint, name, icon, permission in wanted:
        if endpoint in current_app.view_functions and may(actor(), project, permission):
            yield Option(name, url_for(endpoint, project_id=project.id), icon)


def _pages(project: Project) -> Iterator[Option]:
    for place in places():
        yield Option(str(place.name), address_of(place, project), place.icon, f"G {place.key.upper()}")
    if actor().is_admin and SYSTEM.endpoint in current_app.view_functions:
        yield Option(str(SYSTEM.name), address_of(SYSTEM, None), SYSTEM.icon, f"G {SYSTEM.key.upper()}")
    yield Option(gettext("API reference"), url_for("reference.page"), "api")


def _matches(option: Option, text: str) -> bool:
    return text.strip().casefold() in option.name.casefold()
