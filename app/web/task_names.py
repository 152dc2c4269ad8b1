"""What a new task is called when nobody says otherwise: after its flow, with the time by the project's clocks."""

from __future__ import annotations

import re
from datetime import datetime
from zoneinfo import ZoneInfo

from app.services.access import Project
from app.services.task_forms import LONGEST_NAME, TaskForm

_TIME = re.compile(r" \d{4}-\d{2}-\d{2} \d{2}:\d{2}$")


def suggested_name(form: TaskForm, project: Project, now: datetime) -> str:
    """Return the name that stands in the form; a task that is run again keeps its own, with another time."""
    written = f" {now.astimezone(ZoneInfo(project.time_zone)):%Y-%m-%d %H:%M}"
    name = _TIME.sub("", form.earlier.name if form.earlier else form.flow_name)
    return name[: LONGEST_NAME - len(written)] + written
