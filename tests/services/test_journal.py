"""Every change is in the journal: who made it, through which app, from where."""

from __future__ import annotations

import ast
from pathlib import Path

from sqlalchemy import select

from app.extensions import db
from app.models.runs import JournalRow
from app.services.access import SYSTEM
from tests.api.bksops.world import World

SERVICES = Path(__file__).parent.parent.parent / "app" / "services"
RECORDING = {
    "record",
    "record_task",
    "_change",
    "add_template",
    "add_version",
    "_import",
    "save",
    "_edited",
    "_begin",
    "_publish",
}
NO_CHANGE = {
    "actor_of_password", "_admit", "_seal", "_make_user", "owner_of", "_fire", "_release", "_fail", "_drop",
    "forget_notices", "_claim", "_write_down", "save_filter", "delete_filter", "add_favourite", "remove_favourite",
    "_note", "issue_token", "refresh_token", "actor_of_identity", "_make_due", "_start_waiting", "_settle", "_name", "_take_out",
    "end_session", "_replace", "_delete_some_older_than",
}  # fmt: skip
"""What these write is no change that somebody asked for: a hash made stronger, a secret sealed, a time of last use, a user
first named or bound to a provider's subject, a short-lived token, a fire, an instance or a notice, which is a record of its
own, what somebody keeps of the lists for themselves, a task that goes to the archive, and from it, by the retention, a
logout, a secret sealed anew."""


def test_each_service_that_writes_says_so_in_the_journal():
    silent = []
    for path in sorted(SERVICES.glob("*.py")):
        for function in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(function, ast.FunctionDef) and function.name not in NO_CHANGE:
                called = {name(call) for call in ast.walk(function) if isinstance(call, ast.Call)}
                if "writing" in called and not called & RECORDING:
                    silent.append(f"{path.name}:{function.name}")
    assert silent == []


def name(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def test_a_row_says_who_through_which_app_and_from_where(make_app, sqlite_url):
    with make_app(sqlite_url).app_context():
        world = World.of(_app())
        world.give("waiting")
        rows = db.session.execute(
            select(JournalRow.kind, JournalRow.action, JournalRow.actor, JournalRow.app_code, JournalRow.address)
        ).all()

    assert ("task", "create", "alice", "tester", "127.0.0.1") in rows
    assert ("task", "start", "alice", "tester", "127.0.0.1") in rows
    assert ("template", "create", SYSTEM.username, "", "") in rows
    assert ("app", "create", SYSTEM.username, "", "") in rows


def _app():
    from flask import current_app

    return current_app._get_current_object()
