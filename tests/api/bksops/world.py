"""What the case files of the dialect build on: `given` steps, each of which puts ids under names that cases use.

A case says `given: [started]` and may then write `{task}` wherever text stands.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Flask

from app.services import accounts, exchange, schedules, schemes, templates
from app.services.access import SYSTEM, find_project
from app.services.members import set_member
from tests.api.client import Client
from tests.drawing import flow

Ids = dict[str, Any]


class World:
    """An application with a project, an app and a client; `ids` are the names that steps have given."""

    def __init__(self, client: Client, biz_id: int = 2) -> None:
        self.client, self.biz_id = client, biz_id
        self.project = find_project(SYSTEM, biz_id)
        self.ids: Ids = {"project": self.project.id}

    @classmethod
    def of(cls, app: Flask) -> World:
        """Make the first project of an application, with an app and a client."""
        return cls(Client(app))

    def give(self, step: str) -> None:
        """Take one step."""
        self.ids.update(STEPS[step](self))

    def save(self, tree: Mapping[str, Any], name: str = "Restart a service") -> int:
        """Save a flow of the project."""
        return templates.create_template(SYSTEM, self.project, name, tree).id

    def order(self, template: int, **wish: Any) -> tuple[int, Mapping[str, Any]]:
        """Make a task of a flow through the API."""
        made = self.client.post(f"create_task/{template}/{self.biz_id}", **{"name": "restart", **wish})
        assert made["result"], made
        return made["data"]["task_id"], made["data"]["pipeline_tree"]


def _template(world: World) -> Ids:
    """A flow of one node with a variable that is shown."""
    tree = flow(
        "start > say > end", inputs={"say": {"bk_display_message": "hello ${who}"}},
        constants={"${who}": {"name": "Who", "value": "world"}, "${unused}": {"value": "1"}}, outputs=["${who}"],
    )  # fmt: skip
    return {"template": world.save(tree)}


def _optional(world: World) -> Ids:
    """A flow with the optional nodes b and c."""
    optional = {"b": {"optional": True}, "c": {"optional": True}}
    return {"template": world.save(flow("start > a > b > c > end", nodes=optional))}


def _scheme(world: World) -> Ids:
    """A flow with optional nodes, and a scheme that takes b."""
    ids = _optional(world)
    return {**ids, "scheme": schemes.create_scheme(SYSTEM, world.project, ids["template"], "only b", ["b"]).id}


def _task(world: World) -> Ids:
    """A task that has not started."""
    ids = _template(world)
    task, tree = world.order(ids["template"])
    return {**ids, "task": task, "node": next(iter(tree["activities"])), "tree": tree["id"]}


def _finished(world: World) -> Ids:
    """A task that has ended well."""
    ids = _task(world)
    assert world.client.post(f"start_task/{ids['task']}/{world.biz_id}")["result"]
    world.client.drive()
    return ids


def _waiting(world: World) -> Ids:
    """A task whose node waits for a person."""
    template = world.save(flow("start > ask > end", plugin="pause_node"), "Ask first")
    task, tree = world.order(template)
    assert world.client.post(f"start_task/{task}/{world.biz_id}")["result"]
    world.client.drive()
    return {"template": template, "task": task, "node": next(iter(tree["activities"])), "tree": tree["id"]}


def _failed(world: World) -> Ids:
    """A task whose script has failed."""
    script = {"job_content": "exit 3", "job_script_type": "1", "job_ip_list": "127.0.0.1"}
    template = world.save(
        flow("start > run > end", plugin="job_fast_execute_script", inputs={"run": script}), "Run a script"
    )
    task, tree = world.order(template)
    assert world.client.post(f"start_task/{task}/{world.biz_id}")["result"]
    world.client.drive()
    return {"template": template, "task": task, "node": next(iter(tree["activities"])), "tree": tree["id"]}


def _function_task(world: World) -> Ids:
    """A functionalized task that nobody has claimed."""
    ids = _template(world)
    task, _ = world.order(ids["template"], flow_type="common_func")
    return {**ids, "task": task}


def _common(world: World) -> Ids:
    """A common flow with an optional node."""
    tree = flow("start > a > b > end", nodes={"b": {"optional": True}})
    return {"template": templates.create_template(SYSTEM, None, "For everybody", tree).id}


def _drawn(world: World) -> Ids:
    """A tree that can be saved."""
    return {"drawn": flow("start > a > b > end")}


def _broken(world: World) -> Ids:
    """A tree whose nodes call a plugin that does not exist."""
    return {"drawn": flow("start > a > b > end", plugin="nothing")}


def _dat(world: World) -> Ids:
    """The content of a .dat file with one flow."""
    other = accounts.create_project("elsewhere", 77, "UTC")
    template = templates.create_template(SYSTEM, other, "Brought in", flow("start > a > end"))
    return {"dat": exchange.export_dat(SYSTEM, other, [template.id])}


def _schedule(world: World) -> Ids:
    """A periodic task of a flow, disabled."""
    ids = _template(world)
    plan = schedules.Plan("bksops", "0 15 * * *")
    made = schedules.create_schedule(SYSTEM, world.project, ids["template"], "every day at three", plan)
    return {**ids, "schedule": made.id}


def _enabled_schedule(world: World) -> Ids:
    """A periodic task that is enabled."""
    ids = _schedule(world)
    schedules.set_enabled(SYSTEM, world.project, ids["schedule"], True)
    return ids


def _clocked(world: World) -> Ids:
    """A task that is to be started once, tomorrow."""
    ids = _template(world)
    plan = schedules.Plan("once", starts_at=datetime.now(UTC) + timedelta(days=1))
    return {**ids, "clocked": schedules.create_schedule(SYSTEM, world.project, ids["template"], "once", plan).id}


def _other_project(world: World) -> Ids:
    """A second project, with business id 3."""
    return {"other_project": accounts.create_project("other", 3, "UTC").id}


def _manager(world: World) -> Ids:
    """A person, bob, who manages the project."""
    accounts.create_user("bob", "a password")
    set_member(SYSTEM, world.project, "bob", "manager")
    return {}


STEPS: Mapping[str, Callable[[World], Ids]] = {
    "template": _template, "optional nodes": _optional, "scheme": _scheme, "task": _task, "finished": _finished,
    "waiting": _waiting, "failed": _failed, "function task": _function_task, "other project": _other_project,
    "manager": _manager, "schedule": _schedule, "enabled schedule": _enabled_schedule, "clocked task": _clocked,
    "common template": _common, "drawn tree": _drawn, "broken tree": _broken, "dat file": _dat,
}  # fmt: skip
