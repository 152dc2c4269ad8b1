"""Workers as processes of their own: forked, killed, stopped and raced, on a real database."""

from __future__ import annotations

import os
import signal
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from app.engine.core.values import Json
from app.engine.dispatch import Dispatcher, InlineDispatcher
from app.engine.plugins import registry
from app.engine.plugins.base import Await, Context, Done, Outcome, Plugin, PluginSettings, Poll
from app.engine.room import House, Room, open_room
from app.extensions import db
from app.models.projects import Project
from app.models.tasks import Task
from app.services import engine as engine_binding
from app.services.access import SYSTEM
from app.services.nodes import NodeOrder, operate_node
from app.services.reading import TaskStatus, task_status
from app.services.tasks import Wish, create_task_of_tree, operate_task, start_task


class Effect(Plugin):
    """Leaves one line in a file for each time that its effect happens; must not be called twice."""

    code = "effect"
    name = "Effect"
    blocking = False

    def __init__(self, path: Path, afterwards: Callable[[], None] = lambda: None) -> None:
        self.path, self.afterwards = path, afterwards

    def leave(self, ctx: Context) -> None:
        """Append the node's id in one write, as an effect in the outside world; then work on as long as it takes."""
        descriptor = os.open(self.path, os.O_APPEND | os.O_CREAT | os.O_WRONLY)
        os.write(descriptor, (ctx.idempotency_key + "\n").encode())
        os.close(descriptor)
        self.afterwards()

    def execute(self, inputs: Mapping[str, Json], ctx: Context) -> Outcome:
        """Have the effect."""
        self.leave(ctx)
        return Done({"n": int(ctx.idempotency_key.split(":")[2])})


class PollingEffect(Effect):
    """Has its effect when it begins, then is looked at once."""

    code = "polling"

    def execute(self, inputs: Mapping[str, Json], ctx: Context) -> Outcome:
        """Have the effect, and wait."""
        self.leave(ctx)
        return Poll(timedelta(seconds=1))

    def poll(self, inputs: Mapping[str, Json], memo: Mapping[str, Json], ctx: Context) -> Outcome:
        """Be done."""
        return Done()


class AwaitingEffect(Effect):
    """Has its effect when it begins, then waits for a callback."""

    code = "awaiting"

    def execute(self, inputs: Mapping[str, Json], ctx: Context) -> Outcome:
        """Have the effect, and wait."""
        self.leave(ctx)
        return Await()


def effects_at(path: Path, afterwards: Callable[[], None] = lambda: None) -> Sequence[Effect]:
    """Make the plugins whose effects are lines of the file at `path`."""
    return [kind(path, afterwards) for kind in (Effect, PollingEffect, AwaitingEffect)]


class Site:
    """A project on a database, with an effects file, and processes that drive its tasks.

    `offset` is how far the clock of processes that are forked from now on is ahead.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / "effects"
        self.offset = timedelta()
        self.fault: Callable[[str], None] = lambda point: None
        self._plugins = {(p.code, p.version): p for p in effects_at(self.path)}
        self.project = Project(name="Test", biz_id=7, time_zone="UTC", created_at=datetime.now(UTC))
        db.session.add(self.project)
        db.session.commit()
        self.project_id = self.project.id
        db.session.expunge(self.project)
        self.nudge_through(InlineDispatcher())

    def nudge_through(self, dispatcher: Dispatcher) -> None:
        """Let the orders of this process send their nudges through `dispatcher`."""
        engine_binding.bind(engine_binding.Engine(engine_binding.bound().loader, dispatcher, self.now))

    def now(self) -> datetime:
        """The present of this process."""
        return datetime.now(UTC) + self.offset

    def known(self) -> set[tuple[str, str]]:
        """The plugins that these tests use."""
        return {*self._plugins, *registry.known_plugins()}

    def make(self, tree: Mapping[str, Any]) -> tuple[int, int, Mapping[str, Any]]:
        """Make a task and start it; returns its id, its root run's and its tree."""
        made = create_task_of_tree(SYSTEM, self.project, tree, Wish("test"))
        start_task(SYSTEM, self.project, made.task_id)
        task = db.session.get(Task, made.task_id)
        assert task is not None
        root_id = task.run_id or 0
        db.session.rollback()
        return made.task_id, root_id, made.tree

    def room(self) -> Room:
        """Make an engine for this process."""
        house = House(
            "", PluginSettings(), lambda p, a: (_ for _ in ()).throw(AssertionError), self._find, 100, timedelta(seconds=15),
            600.0, lambda point: self.fault(point),  # noqa: PLW0108 - tests change the fault
        )  # fmt: skip
        return open_room(db.engine, house, lambda clockwork: InlineDispatcher(), threads=0, clock=self.now)

    def _find(self, code: str, version: str) -> Plugin | None:
        return self._plugins.get((code, version)) or registry.find_plugin(code, version)

    def drive(self, root_id: int) -> None:
        """Drive a task in this process until nothing of it is due."""
        self.room().driver.drive(root_id)
        db.session.rollback()

    def fork(self, work: Callable[[], None]) -> int:
        """Run `work` in a process of its own, with connections of its own; returns its id."""
        db.session.remove()
        sys.stdout.flush()
        child = os.fork()
        if child:
            return child
        code = 1
        try:
            db.engine.dispose(close=False)
            work()
            code = 0
        except BaseException:
            traceback.print_exc()
        finally:
            sys.stderr.flush()
            os._exit(code)

    def effects(self) -> Counter[str]:
        """How often each node's effect happened, by node id and pass."""
        text = self.path.read_text() if self.path.exists() else ""
        return Counter(":".join(line.split(":")[:3]) for line in text.split())

    def status(self, task_id: int) -> TaskStatus:
        """Read a task's status."""
        status = task_status(SYSTEM, self.project, task_id)
        db.session.rollback()
        return status

    def order(self, task_id: int, node_id: str, action: str, **given: Any) -> None:
        """Give an order to a node."""
        operate_node(SYSTEM, self.project, task_id, NodeOrder(node_id, action, **given))

    def operate(self, task_id: int, action: Any) -> None:
        """Give an order to a task."""
        operate_task(SYSTEM, self.project, task_id, action)


class Person:
    """Does what a person does for one task: calls back once, skips what is unknown, chooses a branch.

    A gateway that lacks the value of a skipped node is sent along its default branch. `skipped` are the passes of
    nodes that were skipped, named as effects are.
    """

    def __init__(self, site: Site, task_id: int, tree: Mapping[str, Any]) -> None:
        self._site, self._task_id, self._gateways = site, task_id, tree["gateways"]
        self.skipped: set[str] = set()
        self._called_back: set[str] = set()
        self._runs: set[str] = set()

    def attend(self) -> TaskStatus:
        """Do what is to be done now; returns the status that was seen."""
        status = self._site.status(self._task_id)
        for node in all_nodes(status.nodes):
            name = f"{node.run_id}:{node.node_id}:{node.loop}"
            if node.state == "failed" and node.kind == "exclusive":
                default = self._gateways[node.node_id]["default_condition"]["flow_id"]
                self._site.order(self._task_id, node.node_id, "skip_exg", flow_ids=[default])
            elif node.state == "failed":
                assert "outcome unknown" in node.reason
                self._site.order(self._task_id, node.node_id, "skip")
                self.skipped.add(name)
            elif node.state == "waiting_callback" and name not in self._called_back:
                self._site.order(self._task_id, node.node_id, "callback")
                self._called_back.add(name)
        self._runs = {str(node.run_id) for node in all_nodes(status.nodes)}
        return status

    def effects(self) -> Counter[str]:
        """How often each effect happened in the runs of this task that were seen, by run, node and pass."""
        return Counter({name: n for name, n in self._site.effects().items() if name.split(":")[0] in self._runs})

    def wrongs(self, repeated: Collection[str] = ()) -> list[str]:
        """Say what is wrong with the end of the task: it has finished, and each pass of each node had its effect once.

        One that was skipped may lack its effect; one in `repeated` had it twice.
        """
        status, effects = self.attend(), self.effects()
        found = [] if status.state == "finished" else [f"the task is {status.state}: {status}"]
        works = [node for node in all_nodes(status.nodes) if node.kind == "activity"]
        passes = {f"{n.run_id}:{n.node_id}:{loop}" for n in works for loop in range(1, n.loop + 1)}
        found += [f"{name} is no pass of a node" for name in effects.keys() - passes]
        for name in passes:
            wanted = 1 + (name in repeated)
            if effects[name] != wanted and not (name in self.skipped and effects[name] == 0):
                found.append(f"{name} had its effect {effects[name]} times, not {wanted}")
        return found


def signal_at(number: int, point: str, nth: int) -> Callable[[str], None]:
    """Return a fault that sends the process a signal the `nth` time that it comes to `point`."""
    seen = Counter[str]()

    def fault(at: str) -> None:
        seen[at] += 1
        if at == point and seen[at] == nth:
            os.kill(os.getpid(), number)

    return fault


def ended(children: Sequence[int], patience_s: float = 60) -> list[int]:
    """Wait for processes and return how they ended (negative for a signal)."""
    codes, end = [], time.monotonic() + patience_s
    for child in children:
        while True:
            pid, status = os.waitpid(child, os.WNOHANG)
            if pid:
                codes.append(os.waitstatus_to_exitcode(status))
                break
            if time.monotonic() > end:
                os.kill(child, signal.SIGKILL)
                raise AssertionError("a worker did not end")
            time.sleep(0.005)
    return codes


def all_nodes(nodes: Mapping[str, Any]) -> list[Any]:
    """Return node statuses, those inside subprocesses too."""
    return [found for node in nodes.values() for found in (node, *all_nodes(node.children))]
