"""Puts an engine together for one process: its parts, from the database connection to the driver."""

from __future__ import annotations

import os
import socket
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine

from app.engine.admission import NO_LIMITS, Limits
from app.engine.attempts import Leases, Site
from app.engine.claiming import Claims, Habits
from app.engine.core.groups import DEFAULT_GROUP
from app.engine.dispatch import Dispatcher
from app.engine.loading import Loader
from app.engine.meter import Meter, NoMeter
from app.engine.plugins.base import HostAccess, Plugin, PluginSettings
from app.engine.pool import Pool
from app.engine.runner import Driver
from app.engine.store import Store
from app.engine.timers import Clockwork


@dataclass(frozen=True, slots=True)
class House:
    """What the engine is given: where plugins find what they need, and how long things may take."""

    base_url: str
    plugin_settings: PluginSettings
    host_of: Callable[[int, str], HostAccess]
    find_plugin: Callable[[str, str], Plugin | None]
    rerun_limit: int = 100
    lease: timedelta = timedelta(seconds=15)
    slice_s: float = 2.0
    fault: Callable[[str], None] = lambda point: None
    meter: Meter = field(default_factory=NoMeter)
    worker_groups: Sequence[str] = (DEFAULT_GROUP,)
    limits: Limits = NO_LIMITS


@dataclass(frozen=True, slots=True)
class Room:
    """The engine of one process that drives tasks."""

    store: Store
    driver: Driver
    clockwork: Clockwork
    pool: Pool
    limits: Limits


def utc_now() -> datetime:
    """The present."""
    return datetime.now(UTC)


def open_room(
    engine: Engine,
    house: House,
    dispatcher_of: Callable[[Clockwork], Dispatcher],
    *,
    threads: int = 16,
    clock: Callable[[], datetime] = utc_now,
) -> Room:
    """Make the parts that drive tasks in this process; the clockwork is made but not started.

    `threads` is how many plugins that may block can run at once; with 0 they run in the burst itself.
    """
    store, leases = Store(engine, house.worker_groups), Leases()
    clockwork = Clockwork(store, leases, clock, house.lease)
    habits = Habits(_owner(), house.lease, house.slice_s, house.find_plugin, house.fault, house.meter)
    site = Site(clock, house.plugin_settings, house.host_of)
    loader = Loader(house.base_url, house.rerun_limit, house.limits)
    claims = Claims(store, loader.open, site, habits, Pool(threads))
    driver = Driver(claims, dispatcher_of(clockwork), leases)
    return Room(store, driver, clockwork, claims.pool, house.limits)


def _owner() -> str:
    return f"{socket.gethostname()[:32]}:{os.getpid()}:{uuid.uuid4().hex[:8]}"
