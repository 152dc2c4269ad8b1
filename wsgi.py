"""The application as a WSGI server, or the `flask` command, finds it."""

from __future__ import annotations

import os
import sys

from app import logs, tracing
from app.errors import InvalidInput
from app.factory import calm_collector, create_app
from app.settings import Settings

try:
    settings = Settings.from_environ(os.environ)
    tracing.set_up(settings.otel_url, "web")
except InvalidInput as error:
    for problem in error.problems:
        print(problem.message, file=sys.stderr)
    sys.exit(2)

if "FLASK_RUN_FROM_CLI" not in os.environ:
    # Commands tell what they do by themselves.
    logs.set_up(settings.log_format, settings.log_level)
calm_collector()
app = create_app(settings)
