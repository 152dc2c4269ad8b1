"""The postman: delivers notices in a thread of its own, since a mail server that hangs must not hold up nudges."""

from __future__ import annotations

import logging
import threading
from datetime import timedelta

from flask import Flask

from app.engine.insisting import DATABASE_ERRORS
from app.engine.plugins.base import PluginSettings
from app.engine.room import utc_now
from app.services.notices import deliver_due, forget_notices

log = logging.getLogger(__name__)

_KEPT = timedelta(days=90)
_FORGETS_EVERY = timedelta(hours=1)


class Postman:
    """Goes on a round when called, unless it is on one; any number of them may, in any number of processes."""

    def __init__(self, app: Flask, settings: PluginSettings) -> None:
        self._app, self._settings = app, settings
        self._busy = threading.Lock()
        self._forgot_at = utc_now()

    def call(self) -> None:
        """Go on a round in the background; returns at once."""
        if self._busy.acquire(blocking=False):
            threading.Thread(target=self._round, name="postman", daemon=True).start()

    def _round(self) -> None:
        try:
            with self._app.app_context():
                while deliver_due(self._settings):
                    pass
                if utc_now() - self._forgot_at > _FORGETS_EVERY:
                    self._forgot_at = utc_now()
                    while forget_notices(utc_now() - _KEPT):
                        pass
        except DATABASE_ERRORS as error:
            # What is owed stays owed; the next call tries again.
            log.warning("round-broken-off error=%s", error)
        finally:
            self._busy.release()
