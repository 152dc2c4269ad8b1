"""What run views watch: a stream of server-sent events, and the same by asking, for networks that break streams."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Flask, Response, current_app, jsonify, request
from flask.typing import ResponseReturnValue

from app.auth.sessions import actor
from app.engine.core.run import OVER
from app.errors import Unavailable
from app.extensions import db
from app.languages import DEFAULT, language
from app.services.access import Actor, Project, find_project
from app.services.following import Following, Position, database_look
from app.services.run_views import RunView, RunViews
from app.services.tasks import find_task
from app.web.json_edge import prepare, require_person
from app.web.reasons import reason_in

blueprint = Blueprint("live", __name__, url_prefix="/projects/<int:project_id>/tasks/<int:task_id>")
blueprint.before_request(require_person)
prepare(blueprint)

_QUIET_S = 15.0
"""How long a stream is silent at most: proxies cut those that are for longer."""

_LONGEST_S = 300.0
"""How long a stream lasts; the page comes back then, and who may no longer look is turned away."""

MOST_STREAMS = 300
"""How many streams a process holds at once, each on a thread; pages beyond them ask instead."""

_CALM_S = 0.2
"""How long a stream rests after it sent something: a quick run is told of a few times a second."""


def register(app: Flask) -> None:
    """Add the addresses, and what they share in this process."""
    with app.app_context():
        app.extensions["sluice_watch"] = Watch(
            Following(database_look(db.engine)), RunViews(), threading.Semaphore(MOST_STREAMS)
        )
    app.register_blueprint(blueprint)


@dataclass(frozen=True, slots=True)
class Watch:
    """What all streams of a process share."""

    following: Following
    views: RunViews
    places: threading.Semaphore


@blueprint.get("/events")
def events(project_id: int, task_id: int) -> ResponseReturnValue:
    """Stream a task: first the whole view, then what changes. Its events are view, changed, log and over."""
    who, project = actor(), find_project(actor(), project_id, "project")
    find_task(who, project, task_id)
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    stream = _Stream(app, who, project, task_id)
    if not stream.take_place():
        raise Unavailable("too many pages watch at once; ask for the state instead")
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    response = Response(stream.events(time.monotonic), mimetype="text/event-stream", headers=headers)
    response.call_on_close(stream.give_place_back)
    return response


@blueprint.get("/state")
def state(project_id: int, task_id: int) -> ResponseReturnValue:
    """Answer the whole view, or 204 while the task is where the asker has seen it (`seen`, from the last answer)."""
    project = find_project(actor(), project_id, "project")
    find_task(actor(), project, task_id)
    watch: Watch = current_app.extensions["sluice_watch"]
    position = watch.following.wait(task_id, None, 1.0)
    if position is None or _mark(position) == request.args.get("seen"):
        return "", 204
    return jsonify(_whole(watch.views.at(actor(), project, task_id, position), position, language()))


class _Stream:
    """One page's stream. It holds no connection to the database while it waits."""

    def __init__(self, app: Flask, who: Actor, project: Project, task_id: int) -> None:
        self._app, self._who, self._project, self._task_id = app, who, project, task_id
        # Events are written when the request is over.
        self._locale = language()
        self._watch: Watch = app.extensions["sluice_watch"]
        self._has_place = False

    def take_place(self) -> bool:
        """Take one of the places for streams; false when all are taken."""
        self._has_place = self._watch.places.acquire(blocking=False)
        return self._has_place

    def give_place_back(self) -> None:
        """Give the place back; may be called twice."""
        if self._has_place:
            self._has_place = False
            self._watch.places.release()

    def events(self, clock: Callable[[], float]) -> Iterator[str]:
        """Write the events, until the task is over or the stream is old."""
        until, seen, shown = clock() + _LONGEST_S, None, None
        yield "retry: 1000\n\n"
        while clock() < until:
            position = self._watch.following.wait(self._task_id, seen, _QUIET_S)
            if position is None or position == seen:
                yield ": still here\n\n"
                continue
            view = self._view(position)
            yield from _told(view, shown, position, seen, self._locale)
            if position.state in OVER:
                yield _event("over", {}, position)
                return
            seen, shown = position, view
            time.sleep(_CALM_S)

    def _view(self, position: Position) -> RunView:
        with self._app.app_context():
            try:
                return self._watch.views.at(self._who, self._project, self._task_id, position)
            finally:
                db.session.remove()


def _told(
    view: RunView, shown: RunView | None, position: Position, seen: Position | None, locale: str
) -> Iterator[str]:
    if shown is None or seen is None:
        yield _event("view", _whole(view, position, locale), position)
        return
    if view is not shown:
        changes = view.changes(shown)
        yield _event("changed", {**changes, "nodes": _in_words(changes["nodes"], locale)}, position)
    if position.log_id != seen.log_id:
        yield _event("log", {"log_id": position.log_id}, position)


def _whole(view: RunView, position: Position, locale: str) -> dict[str, Any]:
    return {"task": view.task, "nodes": _in_words(view.nodes, locale), "seen": _mark(position)}


def _in_words(nodes: Mapping[str, Mapping[str, Any]], locale: str) -> Mapping[str, Mapping[str, Any]]:
    """Return nodes with their reasons in the reader's language; the views themselves are shared by readers of all."""
    if locale == DEFAULT:
        return nodes
    told = {path: reason_in(locale, node["reason"]) for path, node in nodes.items() if node["reason"]}
    return {path: {**node, "reason": told[path]} if path in told else node for path, node in nodes.items()}


def _mark(position: Position) -> str:
    return f"{position.state}.{position.version}.{position.log_id}.{position.order}"


def _event(name: str, body: Any, position: Position) -> str:
    return f"id: {_mark(position)}\nevent: {name}\ndata: {json.dumps(body, separators=(',', ':'))}\n\n"
