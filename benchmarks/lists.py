"""How long lists and statuses take in a large installation: 100,000 tasks and 10,000 flows on SQLite."""

from __future__ import annotations

import statistics
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import insert

from app.engine.dispatch import InlineDispatcher
from app.engine.room import open_room, utc_now
from app.extensions import db
from app.factory import calm_collector, create_app, house_of
from app.models.base import Base
from app.models.projects import Project
from app.models.tasks import Task, TaskTree
from app.models.templates import Template
from app.services.access import SYSTEM
from app.services.apps import create_app as register_app
from app.services.tasks import Wish, create_task_of_tree, start_task
from app.settings import Settings
from tests.drawing import flow

ROUNDS = 7
CREDENTIALS = {"bk_app_code": "bench", "bk_app_secret": "bench-secret", "bk_username": "bench"}


def measure_lists() -> None:
    """Make the installation, ask, and print the medians."""
    calm_collector()
    with tempfile.TemporaryDirectory(prefix="sluice-lists-") as folder:
        environ = {
            "SLUICE_DATA_DIR": folder,
            "SLUICE_DATABASE_URL": f"sqlite:///{Path(folder) / 'l.db'}",
            "SLUICE_API_RATE": "",
        }
        app = create_app(Settings.from_environ(environ), InlineDispatcher())
        with app.app_context():
            Base.metadata.create_all(db.engine)
            project = _project()
            _fill(project.id)
            register_app("bench", "bench-secret", is_trusted=True)
            task_id = _large_task(app, project)
            _ask(app, task_id)
            db.session.remove()
            db.engine.dispose()


def _project() -> Project:
    project = Project(name="Bench", biz_id=2, time_zone="Asia/Shanghai", created_at=utc_now())
    db.session.add(project)
    db.session.commit()
    db.session.refresh(project)
    db.session.expunge(project)
    db.session.rollback()
    return project


def _fill(project_id: int) -> None:
    now = utc_now()
    tree = TaskTree(body={"start_event": {"id": "s"}, "activities": {}, "flows": {}})
    db.session.add(tree)
    db.session.flush()
    states = ("created", "running", "finished", "finished", "revoked")
    db.session.execute(
        insert(Template),
        [
            {
                "project_id": project_id, "name": f"flow {i}", "creator": "bench",
                "created_at": now - timedelta(minutes=7 * i), "edited_at": now - timedelta(minutes=3 * i),
            }
            for i in range(10_000)
        ],
    )  # fmt: skip
    db.session.execute(
        insert(Task),
        [
            {
                "project_id": project_id, "template_id": i % 10_000, "name": f"task {i}", "creator": f"user{i % 50}",
                "tree_id": tree.id, "state": states[i % 5], "created_at": now - timedelta(minutes=i),
                "create_method": ("api", "app")[i % 2],
                "started_at": now if i % 5 else None, "finished_at": now if i % 5 > 1 else None, "category": "Other",
            }
            for i in range(100_000)
        ],
    )  # fmt: skip
    db.session.commit()


def _large_task(app: Flask, project: Project) -> int:
    tree = flow("start > " + " > ".join(f"a{i}" for i in range(1000)) + " > end")
    task_id = create_task_of_tree(SYSTEM, project, tree, Wish("large")).task_id
    start_task(SYSTEM, project, task_id)
    room = open_room(db.engine, house_of(app.config["SLUICE"], db.engine), lambda c: InlineDispatcher(), threads=0)
    while room.store.due_roots(2**62, 1):
        room.driver.drive_due()
    db.session.rollback()
    return task_id


def _ask(app: Flask, task_id: int) -> None:
    client = app.test_client()
    print("SQLite with 100,000 tasks and 10,000 flows, medians, the whole call")
    for name, path, query in (
        ("get_template_list, all 10,000", "get_template_list/2/", {}),
        ("get_task_list, the newest 100", "get_task_list/2/", {}),
        ("get_task_list, without their number", "get_task_list/2/", {"without_count": "true"}),
        ("get_task_list, by a word that few have", "get_task_list/2/", {"keyword": "9999"}),
        ("get_task_list, by executor and state", "get_task_list/2/", {"creator": "user7", "is_finished": "true"}),
        ("get_task_list, far back", "get_task_list/2/", {"offset": 90_000}),
        ("get_task_count", "get_task_count/2/", {"is_started": "true"}),
        ("query_task_count by status", "query_task_count/2/", None),
        ("get_task_status of 1,000 nodes", f"get_task_status/{task_id}/2/", {}),
    ):
        times = [_time(client, path, query) for _ in range(ROUNDS)]
        print(f"  {name:44} {statistics.median(times) * 1000:7.1f} ms")


def _time(client: Any, path: str, query: dict[str, Any] | None) -> float:
    begin = time.perf_counter()
    if query is None:
        answer = client.post(f"/apigw/{path}", json={**CREDENTIALS, "group_by": "status"})
    else:
        answer = client.get(f"/apigw/{path}", query_string={**CREDENTIALS, **query})
    took = time.perf_counter() - begin
    assert answer.get_json()["result"], answer.get_json()
    return took


if __name__ == "__main__":
    measure_lists()
