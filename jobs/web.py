"""The web server. `python -m jobs.web` becomes Granian, as the settings say."""

from __future__ import annotations

import os
import sys

from app.errors import InvalidInput
from app.settings import Settings

# A page that watches a task holds a thread: there are more threads than such pages (`app/web/live.py`).
_THREADS = 400


def main() -> int:
    """Take the place of this process with the server; returns only where the settings are wrong."""
    try:
        settings = Settings.from_environ(os.environ)
    except InvalidInput as error:
        print("\n".join(p.message for p in error.problems), file=sys.stderr)
        return 2
    os.execv(sys.executable, command(settings))


def command(settings: Settings) -> list[str]:
    """Return the command of the server: one process with many threads, which open streams cannot keep from stopping."""
    return [
        sys.executable, "-m", "granian", "--interface", "wsgi", "--host", settings.host, "--port", str(settings.port),
        "--workers", "1", "--blocking-threads", str(_THREADS), "--workers-kill-timeout", "3", "--no-ws",
        "--log-level", "error", "--respawn-failed-workers", "wsgi:app",
    ]  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
