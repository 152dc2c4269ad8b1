"""A workshop for the engine: tasks on a real database, driven in this process with a clock that tests can turn."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from app.engine.core.groups import DEFAULT_GROUP
from app.engine.core.schema import Field
from app.engine.core.values import Json
from app.engine.dispatch import InlineDispatcher
from app.engine.plugins import registry
from app.engine.plugins.base import Await, Context, Done, Failed, HostAccess, Outcome, Plugin, PluginSettings, Poll
from app.engine.room import House, Room, open_room
from app.engine.store import Tx
from app.errors import NotFound
from app.extensions import db
from app.models.projects import Project
from app.services import engine as engine_binding
from app.services.access import SYSTEM
from app.services.nodes import NodeOrder, operate_node
from app.services.reading import TaskStatus, node_detail, task_detail, task_status
from app.services.tasks import Wish, create_task_of_tree, operate_task, start_task


class Recorder(Plugin):
    """Writes down each call, in the order of the calls, and does what the test told it for the node's name."""

    code = "recorder"
    name = "Recorder"
    inputs: Sequence[Field] = (Field("value", "Value", type="any"), Field("do", "Do", type="any"))
    calls: list[tuple[str, Mapping[str, Json]]]

    def __init__(self) -> None:
        self.calls = []
        self.plans: dict[str, list[Outcome | BaseException | Callable[[], Outcome]]] = {}

    def execute(self, inputs: Mapping[str, Json], ctx: Context) -> Outcome:
        """Record, then follow the plan."""
        return self._next(inputs, ctx)

    def poll(self, inputs: Mapping[str, Json], memo: Mapping[str, Json], ctx: Context) -> Outcome:
        """Record, then follow the plan."""
        return self._next(inputs, ctx)

    def _next(self, inputs: Mapping[str, Json], ctx: Context) -> Outcome:
        node = ctx.idempotency_key.split(":")[1]
        name = NAMES.get(node, node)
        self.calls.append((name, inputs))
        plan = self.plans.get(name)
        outcome: Any = plan.pop(0) if plan else Done({"out": inputs.get("value")})
        if isinstance(outcome, BaseException):
            raise outcome
        return outcome() if callable(outcome) else outcome


NAMES: dict[str, str] = {}
"""Which drawn node a new id belongs to."""


class Workshop:
    """Makes tasks of drawn flows and drives them until nothing is due."""

    def __init__(self, plugins: Sequence[Plugin] = (), *, lease_s: float = 15, rerun_limit: int = 100) -> None:
        self.recorder = Recorder()
        self.now = datetime(2030, 1, 1, 8, 0, tzinfo=UTC)
        self.fault: Callable[[str], None] = lambda point: None
        self._plugins = {(p.code, p.version): p for p in (self.recorder, *plugins)}
        self.dispatcher = InlineDispatcher()
        self.project = Project(name="Test", biz_id=7, time_zone="Asia/Shanghai", created_at=self.now)
        db.session.add(self.project)
        db.session.commit()
        bound = engine_binding.bound()
        bound.loader._rerun_limit = rerun_limit
        engine_binding.bind(engine_binding.Engine(bound.loader, self.dispatcher, lambda: self.now))
        self.rerun_limit, self.lease_s = rerun_limit, lease_s
        self.room = self.open_room()

    def open_room(self, *groups: str) -> Room:
        """Make an engine, as another worker would have it, one that serves some groups."""
        house = House(
            "http://sluice.test", PluginSettings(), _no_host, self.find_plugin, self.rerun_limit,
            timedelta(seconds=self.lease_s), 60.0, lambda point: self.fault(point),  # noqa: PLW0108 - tests change the fault
            worker_groups=groups or (DEFAULT_GROUP,),
        )  # fmt: skip
        return open_room(db.engine, house, lambda clockwork: self.dispatcher, threads=0, clock=lambda: self.now)

    def find_plugin(self, code: str, version: str) -> Plugin | None:
        """Find a plugin of the test's, or a real one."""
        return self._plugins.get((code, version)) or registry.find_plugin(code, version)

    def make(self, tree: Mapping[str, Any], constants: Mapping[str, Json] | None = None) -> Ordered:
        """Make a task and start it."""
        made = create_task_of_tree(SYSTEM, self.project, tree, Wish("test", constants=constants or {}))
        ordered = Ordered(self, made.task_id, _ids(tree, made.tree))
        NAMES.update({new: old for old, new in ordered.ids.items()})
        start_task(SYSTEM, self.project, made.task_id)
        return ordered

    def run(self, tree: Mapping[str, Any], constants: Mapping[str, Json] | None = None) -> Ordered:
        """Make a task, start it and drive it until nothing is due."""
        ordered = self.make(tree, constants)
        self.drive()
        return ordered

    def drive(self, room: Room | None = None) -> None:
        """Drive whatever is due, until nothing is; another worker's engine does only what is due for that one."""
        room = room or self.room
        while room.store.due_roots(_micros(self.now), 1):
            room.driver.drive_due()
        db.session.rollback()

    def pass_time(self, seconds: float) -> None:
        """Let time pass, and drive what has fallen due."""
        self.now += timedelta(seconds=seconds)
        self.drive()

    @property
    def calls(self) -> list[str]:
        """The nodes that the recorder was called for, in order."""
        return [name for name, _ in self.recorder.calls]


class Ordered:
    """A task that a test ordered; nodes are named as they were drawn."""

    def __init__(self, workshop: Workshop, task_id: int, ids: Mapping[str, str]) -> None:
        self.workshop, self.task_id, self.ids = workshop, task_id, ids

    def status(self) -> TaskStatus:
        """Read the task's status."""
        return task_status(SYSTEM, self.workshop.project, self.task_id)

    @property
    def state(self) -> str:
        """The task's state."""
        return self.status().state

    def states(self) -> dict[str, str]:
        """The state of each node that was reached, in subprocesses too."""
        names = {new: old for old, new in self.ids.items()}

        def of(nodes: Mapping[str, Any]) -> dict[str, str]:
            found = {}
            for node in nodes.values():
                found[names[node.node_id]] = node.state
                found.update(of(node.children))
            return found

        return of(self.status().nodes)

    def detail(self, name: str) -> Any:
        """Read a node in detail."""
        return node_detail(SYSTEM, self.workshop.project, self.task_id, self.ids[name])

    def outputs(self) -> dict[str, Json]:
        """The task's outputs by key."""
        return {o.key: o.value for o in task_detail(SYSTEM, self.workshop.project, self.task_id).outputs}

    def operate(self, action: Any) -> None:
        """Pause, resume or revoke the task."""
        operate_task(SYSTEM, self.workshop.project, self.task_id, action)

    def node(self, name: str, action: str, **order: Any) -> None:
        """Give an order to a node, without driving."""
        if "flows" in order:
            order["flow_ids"] = [self.ids[f] for f in order.pop("flows")]
        operate_node(SYSTEM, self.workshop.project, self.task_id, NodeOrder(self.ids[name], action, **order))


def _ids(tree: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, str]:
    """Which new id each drawn id became: nodes keep their order and lines theirs."""
    ids = {tree["start_event"]["id"]: new["start_event"]["id"], tree["end_event"]["id"]: new["end_event"]["id"]}
    for part in ("activities", "gateways", "flows"):
        ids.update(zip(tree[part], new[part], strict=True))
    for old, made in zip(tree["activities"].values(), new["activities"].values(), strict=True):
        if "pipeline" in old:
            inner = _ids(old["pipeline"], made["pipeline"])
            ids.update({f"{old['id']}.{k}" if k in ids else k: v for k, v in inner.items()})
    return ids


def _no_host(project_id: int, address: str) -> HostAccess:
    raise NotFound("host", address)


def _micros(moment: datetime) -> int:
    from app.models.base import to_micros

    return to_micros(moment)


__all__ = ["Await", "Done", "Failed", "Poll", "Tx", "Workshop"]
