"""sleep_timer: waits for a span of time, or until a date. The wait is a row in the database, not a sleeping worker."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from app.engine.core.schema import Field, as_number
from app.engine.core.values import Json
from app.engine.plugins.base import Context, Done, Failed, Outcome, Plugin, Poll
from app.sentences import say

_FORMAT = "%Y-%m-%d %H:%M:%S"
_LONGEST_S = 10**9


class SleepTimer(Plugin):
    """Waits."""

    code = "sleep_timer"
    name = "Wait for a time"
    icon = "clock"
    description = "Waits for so many seconds, or until a date and time in the project's time zone."
    inputs = (
        Field("bk_timing", "Seconds, or YYYY-MM-DD HH:MM:SS", type="any", required=True),
        Field("force_check", "Fail for a date that has passed", type="boolean", widget="switch", default=True),
    )
    outputs = (Field("timing_time", "When the wait ended"),)
    idempotent = True

    def execute(self, inputs: Mapping[str, Json], ctx: Context) -> Outcome:
        """Work out when to go on, and wait until then."""
        timing = inputs["bk_timing"]
        seconds = as_number(timing)
        if seconds is not None:
            if not 0 <= seconds <= _LONGEST_S:
                return Failed(
                    say(
                        "bk_timing must be between 0 and {most} seconds, not {seconds:g}",
                        most=_LONGEST_S,
                        seconds=seconds,
                    )
                )
            return self._wait_until(ctx.now() + timedelta(seconds=seconds), ctx)
        try:
            naive = datetime.strptime(str(timing).strip(), _FORMAT)  # noqa: DTZ007 - the project's zone is set below
        except ValueError:
            return Failed(
                say("bk_timing must be seconds or a date like 2030-01-31 08:00:00, not {timing!r}", timing=timing)
            )
        moment = naive.replace(tzinfo=ZoneInfo(str(ctx.system.get("time_zone") or "UTC")))
        if moment <= ctx.now() and inputs.get("force_check") not in (False, "false"):
            return Failed(
                say("bk_timing {timing} has passed already; give a later time, or turn force_check off", timing=timing)
            )
        return self._wait_until(moment, ctx)

    def poll(self, inputs: Mapping[str, Json], memo: Mapping[str, Json], ctx: Context) -> Outcome:
        """See whether the time has come."""
        return self._wait_until(datetime.fromisoformat(str(memo["until"])), ctx)

    def _wait_until(self, moment: datetime, ctx: Context) -> Outcome:
        left = moment - ctx.now()
        if left <= timedelta():
            return Done({"timing_time": moment.isoformat(sep=" ", timespec="seconds")})
        return Poll(left, {"until": moment.isoformat()})
