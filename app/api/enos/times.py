"""The server's time and zone."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from flask import current_app

from app.api.enos.operation import Call, operation
from app.api.enos.shapes import offset_of
from app.services.reading import present


@operation("time", "getCurrentTime", is_for_users=False)
def get_current_time(call: Call) -> int:
    """Return milliseconds since 1970."""
    return int(present().timestamp() * 1000)


@operation("time", "getTimeZone", is_for_users=False)
def get_time_zone(call: Call) -> dict[str, str]:
    """Return the zone of the server as `GMT+8`."""
    zone: str = current_app.config["SLUICE"].timezone
    moment: datetime = present().astimezone(ZoneInfo(zone))
    return {"timezone": offset_of(moment)}
