"""PostgreSQL's connections: a host that vanished must not hold its locks, nor wait, for longer than a few seconds.

Either end of a connection finds out by itself that the other is gone: by asking when nothing was said for a while, and by what
it sent not being acknowledged. Left to themselves the systems would wait for two hours and for a quarter of an hour.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Engine, event

ALIVE = {
    "keepalives_idle": 4,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
    "connect_timeout": 5,
}
"""Of our end: seconds, but for the time-out of what is not acknowledged, in milliseconds."""

_OF_THE_SERVER = {
    "tcp_keepalives_idle": 4,
    "tcp_keepalives_interval": 2,
    "tcp_keepalives_count": 3,
    "tcp_user_timeout": 10_000,
}


def tune(engine: Engine) -> None:
    """Set an engine's connections up, if they are PostgreSQL's; called once for each engine."""
    if engine.dialect.name == "postgresql":
        event.listen(engine, "connect", _prepare)


def _prepare(connection: Any, _record: Any) -> None:
    # Not as options of the connection: a pooler between would refuse what it does not know.
    connection.execute("; ".join(f"SET {name} = {value}" for name, value in _OF_THE_SERVER.items()))
    connection.commit()
