"""The queues of worker groups: one for each set of groups that workers serve, so that a worker listens to one only.

Workers show which queue they listen to every few seconds; whoever nudges sends to the queues whose workers serve the
group in question (docs/decisions/0019-groups-and-room.md).
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from typing import Any

from redis import Redis

from app.engine.core.groups import ANYONE, DEFAULT_GROUP

QUEUE = "sluice"
"""The queue of workers that serve whatever names no group."""

_LIVE = "sluice:queues"
"""When a worker last showed itself at each queue: {queue: seconds since 1970}."""

_LIVES_FOR_S = 30


def queue_of(groups: Iterable[str]) -> str:
    """Return the name of the queue of workers that serve these groups."""
    names = sorted(set(groups))
    return QUEUE if names == [DEFAULT_GROUP] else f"{QUEUE}:{'+'.join(names)}"


def groups_of(queue: str) -> frozenset[str]:
    """Return the groups that the workers of a queue serve."""
    _, _, names = queue.partition(":")
    return frozenset(names.split("+")) if names else frozenset({DEFAULT_GROUP})


def show_life(redis: Redis, queue: str) -> None:
    """Show that a worker listens to a queue."""
    redis.zadd(_LIVE, {queue: time.time()})


def live_queues(redis: Redis) -> Sequence[str]:
    """Return the queues that workers listen to, that of the default group first; that one alone where none is known."""
    seen: Any = redis.zrangebyscore(_LIVE, time.time() - _LIVES_FOR_S, "+inf")
    found = [name.decode() for name in seen]
    return sorted(found, key=lambda name: (DEFAULT_GROUP not in groups_of(name), name)) or [QUEUE]


def serving(queues: Sequence[str], group: str) -> Sequence[str]:
    """Return those of the queues whose workers may take what is of a group."""
    return queues[:1] if group == ANYONE else [name for name in queues if group in groups_of(name)]
