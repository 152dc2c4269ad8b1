"""What a plugin is: the code that a node calls, its contract with the engine, and what it may ask of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import ClassVar, Protocol

from app.engine.core.schema import Field
from app.engine.core.values import Json
from app.engine.plugins.instance_provider import InstanceProvider


@dataclass(frozen=True, slots=True)
class Done:
    """The node's work is done and gave `outputs`."""

    outputs: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Failed:
    """The node's work failed; `reason` is shown to people, `outputs` are kept all the same."""

    reason: str
    outputs: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Poll:
    """Call `poll` again `after` this long, with `memo` (JSON-plain); the wait is a row, not a sleeping worker."""

    after: timedelta
    memo: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Await:
    """Call `on_callback` with `memo` when a callback comes; `person` says that a person is expected to give it."""

    memo: Mapping[str, Json] = field(default_factory=dict)
    person: bool = False


Outcome = Done | Failed | Poll | Await


@dataclass(frozen=True, slots=True)
class HostAccess:
    """How to reach a host of the project's inventory. `secret` is a password or a private key, decrypted."""

    address: str
    port: int = 22
    user: str = ""
    password: str = field(default="", repr=False)
    private_key: str = field(default="", repr=False)
    host_key: str = ""
    is_local: bool = False


class Context(Protocol):
    """What a plugin may know and ask while it works on one attempt of a node."""

    @property
    def idempotency_key(self) -> str:
        """`run:node:loop:attempt`, the same for a second call of the same attempt."""

    @property
    def system(self) -> Mapping[str, Json]:
        """The `_system` values: task_id, task_name, operator, executor, project_id, project_name, bk_biz_id, time_zone, task_url."""

    @property
    def settings(self) -> PluginSettings:
        """What the operator of this installation allows."""

    def now(self) -> datetime:
        """The present, in UTC."""

    def host(self, address: str) -> HostAccess:
        """Look a host up in the project's inventory; raises NotFound."""

    def log(self, text: str) -> None:
        """Append text to the node's log, which people read while the node runs."""

    def is_cancelled(self) -> bool:
        """Say whether the task was revoked, or this attempt was forced to fail or timed out: stop what you do."""


@dataclass(frozen=True, slots=True)
class PluginSettings:
    """What the operator of this installation allows its plugins."""

    http_deny: Sequence[str] = ()
    local_execution: bool = True
    smtp_url: str = ""
    mail_from: str = ""
    instances: InstanceProvider | None = None


EVERY_NODE_GIVES = (
    Field("_result", "Whether it succeeded", type="boolean"),
    Field("_loop", "How often it was passed before", type="integer"),
    Field("_inner_loop", "How often it was passed before in its subprocess", type="integer"),
)
"""Outputs that every node has besides those of its plugin."""


class Plugin:
    """Base of every plugin: subclass it in a file of its own and add one line to `PLUGINS`.

    `icon` is the name of a Tabler icon.
    `idempotent`: calling twice with the same inputs does no more than calling once. A worker that died inside
    a plugin that is not leaves the node failed with "outcome unknown", for a person to decide.
    `blocking`: may wait for the outside world (network, processes); such calls run in a worker's thread pool,
    so that they do not hold up other flows.
    An exception that a method raises becomes a failed node with its text.
    """

    code: ClassVar[str]
    version: ClassVar[str] = "legacy"
    name: ClassVar[str]
    group: ClassVar[str] = "General"
    icon: ClassVar[str] = "puzzle"
    description: ClassVar[str] = ""
    inputs: ClassVar[Sequence[Field]] = ()
    outputs: ClassVar[Sequence[Field]] = ()
    idempotent: ClassVar[bool] = False
    blocking: ClassVar[bool] = False

    def is_idempotent(self, inputs: Mapping[str, Json]) -> bool:
        """Say whether this very call may be made twice (a GET may, a POST may not)."""
        return self.idempotent

    def execute(self, inputs: Mapping[str, Json], ctx: Context) -> Outcome:
        """Begin the work with rendered and checked inputs."""
        raise NotImplementedError

    def poll(self, inputs: Mapping[str, Json], memo: Mapping[str, Json], ctx: Context) -> Outcome:
        """Look again, after a `Poll`; may be called twice for one due time."""
        raise NotImplementedError

    def on_callback(
        self, inputs: Mapping[str, Json], memo: Mapping[str, Json], callback: Json, ctx: Context
    ) -> Outcome:
        """Take a callback, after an `Await`; by default it is the end of the work."""
        return Done({"callback_data": callback})

    def cancel(self, inputs: Mapping[str, Json], memo: Mapping[str, Json], ctx: Context) -> None:
        """Undo the wait of a node that was revoked, timed out or forced to fail.

        May be called twice, and when what was waited for has just come: there may be nothing left to undo.
        """
