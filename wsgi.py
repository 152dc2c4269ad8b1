"""The application as a WSGI server, or the `flask` command, finds it."""

from __future__ import annotations

import os
import sys

from app.errors import InvalidInput
from app.factory import calm_collector, create_app
from app.settings import Settings

try:
    settings = Settings.from_environ(os.environ)
except InvalidInput as error:
    for problem in error.problems:
        print(problem.message, file=sys.stderr)
    sys.exit(2)

calm_collector()
app = create_app(settings)
