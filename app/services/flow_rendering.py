"""The trees of instances: parameters and times are put into commands, for they do not change any more."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.engine.core import names
from app.engine.core.business_time import time_value
from app.engine.core.values import Json
from app.models.flows import FlowInstance
from app.models.projects import Project
from app.services.flow_settings import Flow
from app.services.flow_trees import Definition, tree_of

_DEEPEST = 10
"""How many parameters may name one another in a chain."""


def tree_of_instance(definition: Definition, flow: Flow, project: Project, instance: FlowInstance) -> dict[str, Any]:
    """Return the tree of an instance: parameters and times put into its commands, for they do not change any more."""
    tree = {**tree_of(definition), "worker_group": flow.settings.queue}
    own = {**dict(definition.parameters), **dict(map(tuple, instance.parameters))}
    for task in definition.tasks:
        activity = tree["activities"][task.id]
        commands = [
            str(names.render(task.command, _Values({**own, **key}, flow, project, instance, task.number).of))
            for key in ([{"key": key} for key in task.keys] or [{}])
        ]
        activity["component"]["data"]["command"]["value"] = commands[0]
        if task.keys:
            activity["step"]["each"] = [{"command": command} for command in commands]
            activity["step"]["each_parallelism"] = {"ratio": 0, "count": task.parallel}
    for activity in tree["activities"].values():
        for given in activity["component"]["data"].values():
            given["need_render"] = False
    return tree


class _Values:
    """The parameters as one task of an instance sees them: its own above the system's, each of which may name others."""

    def __init__(
        self, own: Mapping[str, str], flow: Flow, project: Project, instance: FlowInstance, number: int
    ) -> None:
        self._own, self._trigger, self._zone = own, instance.trigger_at, project.time_zone
        self._system = {
            "task_id": str(number), "instance_id": f"{number}-{instance.stamp}",
            "env.APP_CUSTOMER": str(project.id), "env.APP_ID": str(flow.number),
        }  # fmt: skip
        self._known: dict[str, Json] = {}
        self._under_way: set[str] = set()

    def of(self, name: str) -> Json:
        """Return a value; raises KeyError for a name that there is not, or that leads back to itself."""
        if name in self._own:
            if name not in self._known:
                if name in self._under_way or len(self._under_way) >= _DEEPEST:
                    raise KeyError(name)
                self._under_way.add(name)
                try:
                    self._known[name] = names.render(self._own[name], self.of)
                finally:
                    self._under_way.discard(name)
            return self._known[name]
        if name in self._system:
            return self._system[name]
        return time_value(name, self._trigger, self._zone)
