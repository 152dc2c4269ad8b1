"""Flows whose nodes leave one mark each, on several hosts: whether any was lost or doubled can be counted."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable

from flask import Flask
from sqlalchemy import create_engine, func, select

from app.engine.dispatch import RqDispatcher
from app.extensions import db
from app.factory import create_app, nudging_redis_of
from app.models.base import Base
from app.models.runs import RunRow, TokenRow
from app.models.tasks import Task
from app.services import accounts
from app.services.access import SYSTEM
from app.services.nodes import NodeOrder, operate_node
from app.services.reading import task_status
from app.services.tasks import Wish, create_task_of_tree
from app.settings import Settings
from tests.drawing import flow
from tests.hosts import Hosts

_LOOKS_AFTER_S = 3.0
"""A script on a host that is cut off works on. Who looked for its mark too early would have it done twice."""


class Harbour:
    """A project on the hosts' database. A node appends its task's number and its own name to a file that all hosts have."""

    def __init__(self, hosts: Hosts) -> None:
        self.hosts, self.marks = hosts, hosts.folder / "marks"
        self.marks.touch()
        self._make_tables()
        settings = Settings.from_environ({
            "SLUICE_DATA_DIR": str(hosts.folder / "test"), "SLUICE_DATABASE_URL": hosts.database_url,
            "SLUICE_REDIS_URL": hosts.queue_url, "SLUICE_SECRET_KEY": "test" * 8,
        })  # fmt: skip
        self.app: Flask = create_app(settings, RqDispatcher(nudging_redis_of(settings)))
        with self.app.app_context():
            self.project = accounts.create_project("Harbour", None, "UTC")
        self.nodes: dict[int, set[str]] = {}
        self._failed_since: dict[tuple[int, str], float] = {}

    def start(self, drawing: str, names: str, *, seconds: float = 0.2) -> int:
        """Start a task whose nodes, a letter each, leave their marks and take a while."""
        number = len(self.nodes)
        script = f"sleep {seconds}; echo {number}-%s >> {self.marks}"
        inputs = {n: {"job_content": script % n, "job_ip_list": "127.0.0.1"} for n in names}
        tree = flow(drawing, plugin="job_fast_execute_script", inputs=inputs)
        made = create_task_of_tree(SYSTEM, self.project, tree, Wish(f"task {number}"), starts=True)
        self.nodes[made.task_id] = {f"{number}-{name}" for name in names}
        return made.task_id

    def attend(self) -> set[int]:
        """Be the person who sees to nodes of which nobody knows whether they were carried out; returns what still runs."""
        db.session.rollback()
        running = set(db.session.scalars(select(Task.id).where(Task.state == "running", Task.id.in_(self.nodes))))
        failed = select(RunRow.task_id).join(TokenRow, TokenRow.root_id == RunRow.id).where(TokenRow.wait == "failed")
        for task_id in set(db.session.scalars(failed)):
            for node in task_status(SYSTEM, self.project, task_id).nodes.values():
                if node.state == "failed":
                    self._decide(task_id, node)
        return running

    def eventually(self, what: Callable[[], object], patience_s: float) -> None:
        """Attend until something holds."""
        end = time.monotonic() + patience_s
        while not what():
            assert time.monotonic() < end, f"{what} does not come true; still running: {self.attend()}"
            time.sleep(0.2)

    def see_to_end(self, patience_s: float) -> None:
        """Attend until every task has ended."""
        self.eventually(lambda: not self.attend(), patience_s)

    def require_each_mark_once(self) -> None:
        """Assert that nothing was lost and nothing doubled."""
        left = Counter(self.marks.read_text().split())
        assert left == Counter(mark for marks in self.nodes.values() for mark in marks)
        states = db.session.execute(
            select(Task.state, func.count()).where(Task.id.in_(self.nodes)).group_by(Task.state)
        )
        assert dict(tuple(row) for row in states) == {"finished": len(self.nodes)}
        assert db.session.scalar(select(func.count()).select_from(TokenRow)) == 0

    def _decide(self, task_id: int, node) -> None:
        """Look, after a while, whether the node has left its mark: then it is skipped, else tried again."""
        since = self._failed_since.setdefault((task_id, node.node_id), time.monotonic())
        if time.monotonic() - since < _LOOKS_AFTER_S:
            return
        del self._failed_since[task_id, node.node_id]
        number = next(iter(self.nodes[task_id])).partition("-")[0]
        mark = f"{number}-{node.name}"
        action = "skip" if mark in self.marks.read_text().split() else "retry"
        operate_node(SYSTEM, self.project, task_id, NodeOrder(node.node_id, action))

    def _make_tables(self) -> None:
        engine = create_engine(self.hosts.database_url.replace("postgresql://", "postgresql+psycopg://"))
        Base.metadata.create_all(engine)
        engine.dispose()
