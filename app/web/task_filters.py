"""Filters of the list of tasks: as they stand in its address, as its form shows them, and as the service takes them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import gettext, lazy_gettext
from werkzeug.datastructures import MultiDict

from app.services.access import Project
from app.services.task_lists import DRY_RUN, TaskFilter
from app.services.task_states import SHOWN_STATES
from app.web.spans import SPANS, day_begins, day_ends

METHODS: Mapping[str, object] = {
    "app": lazy_gettext("on the pages"),
    "api": lazy_gettext("by another system"),
    "periodic": lazy_gettext("by a schedule"),
    "clocked": lazy_gettext("once, at a time set"),
    "app_maker": lazy_gettext("by a mini app"),
    "dry_run": lazy_gettext("to try a node"),
}
"""How tasks are made, and what that is called."""

NEEDS_PERSON = ("failed", "waiting_person", "paused")
"""The states in which a task does not go on by itself."""


@dataclass(frozen=True, slots=True)
class TaskEntry:
    """The filter as its form has it."""

    q: str = ""
    states: Sequence[str] = ()
    template: str = ""
    creator: str = ""
    executor: str = ""
    method: str = ""
    since: str = ""
    begin: str = ""
    end: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether it lets everything through."""
        return self == TaskEntry()

    @property
    def is_more(self) -> bool:
        """Whether it uses what the form keeps folded."""
        return any((self.template, self.creator, self.executor, self.method, self.since, self.begin, self.end))


def entry_asked(args: MultiDict[str, str]) -> TaskEntry:
    """Read the filter off an address."""
    texts = {name: args.get(name, "").strip()[:100] for name in _TEXTS}
    return TaskEntry(texts["q"], tuple(args.getlist("state")), **{name: texts[name] for name in _TEXTS if name != "q"})


_TEXTS = ("q", "template", "creator", "executor", "method", "since", "begin", "end")


def filter_of(entry: TaskEntry, project: Project, now: datetime, wrong: list[str]) -> TaskFilter:
    """Return what is asked of the service; what cannot be understood is told in `wrong` and not asked."""
    states = [state for state in entry.states if state in SHOWN_STATES]
    unknown = ", ".join(state[:20] for state in entry.states if state not in SHOWN_STATES)
    if unknown:
        wrong.append(gettext("there is no state %(states)s", states=unknown))
    if entry.template and not (entry.template.isdecimal() and int(entry.template) < 2**31):
        wrong.append(gettext("%(text)s is no flow", text=entry.template))
    if entry.since and entry.since not in SPANS:
        wrong.append(gettext("%(text)s is no span of time", text=entry.since))
    begin, end = day_begins(entry.begin, project.time_zone, wrong), day_ends(entry.end, project.time_zone, wrong)
    if begin and end and begin >= end:
        wrong.append(gettext("the first day is after the last"))
    if begin is None and entry.since in SPANS:
        begin = now - SPANS[entry.since][0]
    return TaskFilter(
        search=entry.q, states=states, creator=entry.creator or None, executor=entry.executor or None,
        template_ids=[int(entry.template)] if entry.template.isdecimal() and int(entry.template) < 2**31 else (),
        create_method=entry.method or None, created_from=begin, created_to=end and end - timedelta(microseconds=1),
        leaves_out=() if entry.method == DRY_RUN else (DRY_RUN,),
    )  # fmt: skip
