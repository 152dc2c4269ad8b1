"""The form of a schedule: what stands in it, what was typed into it, and what that means."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from flask_babel import gettext, lazy_gettext
from werkzeug.datastructures import MultiDict

from app.engine.core.asking import Question, answer_problems
from app.engine.core.values import Json
from app.errors import Problem
from app.services.access import Project
from app.services.notices import Watcher
from app.services.schedules import Plan, Schedule, plan_of, watchers_of
from app.services.task_forms import questions_in
from app.web.question_fields import answers_of
from app.web.sentences import told

FORMS = {
    "cron": lazy_gettext("cron: minute, hour, day, month, weekday"),
    "bksops": lazy_gettext("bk-sops: minute, hour, weekday, day, month"),
    "quartz": lazy_gettext("Quartz: second, minute, hour, day, month, weekday, year"),
}

MISFIRES = {
    "once": (
        lazy_gettext("Catch up once"),
        lazy_gettext("However many were missed while nothing ran, the first of them starts one task."),
    ),
    "skip": (lazy_gettext("Leave them out"), lazy_gettext("What was missed never starts; the history says so.")),
    "all": (
        lazy_gettext("Catch up all"),
        lazy_gettext("Each of them starts a task of its own, the oldest first, up to the number beside."),
    ),
}

OVERLAPS = {
    "allow": (lazy_gettext("Start beside it"), lazy_gettext("Both run at the same time.")),
    "skip": (
        lazy_gettext("Leave this one out"),
        lazy_gettext("The one that runs goes on; the history says what was left out."),
    ),
    "queue": (lazy_gettext("Wait for it"), lazy_gettext("It starts as soon as the one before has ended.")),
    "cancel": (
        lazy_gettext("Stop the one before"),
        lazy_gettext("That one is revoked: its running nodes stop, what they did stays."),
    ),
}

TOLD = {
    "task_failed": lazy_gettext("a run fails"),
    "fire_failed": lazy_gettext("a run could not be started"),
    "task_waiting": lazy_gettext("a run waits for a person"),
    "task_finished": lazy_gettext("a run has finished"),
    "task_revoked": lazy_gettext("a run was revoked"),
}

_WRITTEN = "%Y-%m-%dT%H:%M"
_PARTS = {"form": "form", "zone": "time_zone", "plan_start_time": "starts_at", "mail": "mails", "webhook": "webhooks"}
_OWN_PLACE = ("name", "template", "time_zone", "starts_at", "ends_at", "misfire", "misfire_limit", "overlap")
_EXPRESSION_RULES = ("field", "fields", "days", "length")


@dataclass(frozen=True, slots=True)
class Entry:
    """What stands in the form, as text. `given` are the variables' fields; `kept` the optional nodes that stay, all if None."""

    name: str = ""
    template: str = ""
    form: str = "cron"
    expression: str = "0 3 * * *"
    time_zone: str = ""
    starts_at: str = ""
    ends_at: str = ""
    misfire: str = "once"
    misfire_limit: str = "10"
    overlap: str = "allow"
    mails: str = ""
    webhooks: str = ""
    kinds: Sequence[str] = ("task_failed", "fire_failed")
    given: MultiDict[str, str] = field(default_factory=MultiDict)
    kept: frozenset[str] | None = None
    scheme: str = ""


def entry_of(schedule: Schedule, project: Project) -> Entry:
    """Return the form of a schedule as it is."""
    plan, zone = plan_of(schedule), ZoneInfo(schedule.time_zone or project.time_zone)
    entry = Entry(
        schedule.name, "", plan.form, plan.expression, plan.time_zone, _written(plan.starts_at, zone),
        _written(plan.ends_at, zone), plan.misfire, str(plan.misfire_limit), plan.overlap,
    )  # fmt: skip
    return told_by(entry, watchers_of(schedule))


def told_by(entry: Entry, watchers: Iterable[Watcher]) -> Entry:
    """Return the entry with watchers in its fields; without any, those stay as they are."""
    found = list(watchers)
    if not found:
        return entry
    kinds = [kind for kind in TOLD if any(kind in watcher.kinds for watcher in found)]
    mails = ", ".join(w.target for w in found if w.channel == "mail")
    webhooks = "\n".join(w.target for w in found if w.channel != "mail")
    return replace(entry, mails=mails, webhooks=webhooks, kinds=kinds)


def entry_sent(form: MultiDict[str, str]) -> Entry:
    """Return the form as it was filled in."""
    texts = {name: form[name].strip() for name in _TEXTS if name in form}
    kept = frozenset(n for n in form.getlist("optional") if f"with:{n}" in form) if "optional" in form else None
    given = MultiDict((key, text) for key, text in form.items(multi=True) if key.startswith(("${", "several:${")))
    return Entry(**texts, kinds=form.getlist("kinds"), given=given, kept=kept)


def plan_from(entry: Entry, project: Project, problems: list[Problem]) -> Plan:
    """Return the plan that an entry means; adds to `problems` what cannot be read."""
    zone = entry.time_zone or project.time_zone
    starts_at = _read_time(entry.starts_at, zone, "starts_at", problems)
    ends_at = _read_time(entry.ends_at, zone, "ends_at", problems)
    limit = int(entry.misfire_limit) if re.fullmatch(r"\d{1,4}", entry.misfire_limit) else 0
    own_zone = "" if zone == project.time_zone else zone
    expression = "" if entry.form == "once" else " ".join(entry.expression.split())
    return Plan(entry.form, expression, starts_at, ends_at, entry.misfire, limit, entry.overlap, own_zone)


def watchers_from(entry: Entry, problems: list[Problem]) -> list[Watcher]:
    """Return who is to be told; adds to `problems` where somebody is to be told of nothing."""
    kinds = tuple(kind for kind in TOLD if kind in entry.kinds)
    mails, urls = re.split(r"[\s,;]+", entry.mails), entry.webhooks.split()
    targets = [("mail", mail) for mail in mails if mail] + [("webhook", url) for url in urls]
    if targets and not kinds:
        problems.append(Problem("kinds", gettext("choose what they are to be told of"), "kinds"))
    return [Watcher(kinds, channel, target) for channel, target in dict.fromkeys(targets)]


def template_from(entry: Entry) -> tuple[int, str]:
    """Return the id of the flow that was chosen, 0 if none was, and where it is from."""
    kind, _, number = entry.template.rpartition("-")
    return int(number) if re.fullmatch(r"\d{1,18}", number) else 0, "common" if kind == "common" else "business"


def variables_of(tree: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the variables of a tree that are shown, in their order."""
    shown = [constant for constant in tree["constants"].values() if constant.get("show_type") == "show"]
    return sorted(shown, key=lambda constant: constant.get("index", 0))


def answers_in(entry: Entry, tree: Mapping[str, Any]) -> dict[str, Json]:
    """Return what was typed for the variables of a tree, by key; a password that is left empty stays as it is."""
    return answers_of(questions_asked(tree), entry.given)


def questions_asked(tree: Mapping[str, Any]) -> Sequence[Question]:
    """Return what a tree asks for."""
    return questions_in(tree, list(tree["constants"]))


def constants_from(entry: Entry, tree: Mapping[str, Any], problems: list[Problem]) -> dict[str, Json]:
    """Return the values that differ from the tree's; adds to `problems` what is wrong with those that were typed."""
    questions, answers = questions_asked(tree), answers_in(entry, tree)
    changed = [q for q in questions if q.key in answers and answers[q.key] != q.value]
    problems += answer_problems(changed, answers)
    return {q.key: answers[q.key] for q in changed}


def told_when(kinds: Iterable[str]) -> str:
    """Write of what somebody is told: a run fails, or a run has finished."""
    return gettext(", or ").join(str(TOLD.get(kind, kind)) for kind in kinds)


def is_secret(constant: Mapping[str, Any]) -> bool:
    """Say whether a variable's value may not be shown."""
    return constant.get("custom_type") == "password" or str(constant.get("value")).startswith("sealed:")


def optional_nodes(tree: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the nodes of a tree that may be left out."""
    return [node for node in tree["activities"].values() if node.get("optional")]


def left_out(entry: Entry, tree: Mapping[str, Any]) -> list[str]:
    """Return the optional nodes that the entry leaves out."""
    return [node["id"] for node in optional_nodes(tree) if entry.kept is not None and node["id"] not in entry.kept]


def by_field(problems: Iterable[Problem], tree: Mapping[str, Any] | None) -> dict[str, list[str]]:
    """Sort problems by the field that they belong beside; what belongs beside none is under ""."""
    known = {question.key for question in questions_asked(tree)} if tree else set()
    found: dict[str, list[str]] = {}
    for problem in problems:
        place = _PARTS.get(problem.where, problem.where)
        if problem.rule in _EXPRESSION_RULES:
            place = "expression"
        elif problem.rule == "kinds":
            place = "kinds"
        elif place not in (*_OWN_PLACE, "form", "mails", "webhooks", *known):
            place = ""
        is_past = problem.rule == "plan_start_time"
        message = gettext("choose a time that is still to come") if is_past else told(problem.message)
        message = message[:1].upper() + message[1:]
        if message not in found.setdefault(place, []):
            found[place].append(message)
    return found


@lru_cache(maxsize=1)
def zones() -> Sequence[str]:
    """Return the names of the time zones that are offered; others by their IANA name are read too."""
    return [*sorted(name for name in available_timezones() if "/" in name and not name.startswith("Etc/")), "UTC"]


_TEXTS = (
    "name", "template", "form", "expression", "time_zone", "starts_at", "ends_at", "misfire", "misfire_limit", "overlap",
    "mails", "webhooks", "scheme",
)  # fmt: skip


def _written(moment: datetime | None, zone: ZoneInfo) -> str:
    return "" if moment is None else moment.astimezone(zone).strftime(_WRITTEN)


def _read_time(text: str, zone: str, where: str, problems: list[Problem]) -> datetime | None:
    """Read a local time; one that the clocks of its zone never show is a problem."""
    if not text:
        return None
    try:
        local = datetime.fromisoformat(text).replace(tzinfo=_zone(zone))
        back = local.astimezone(UTC).astimezone(local.tzinfo)
    except (ValueError, OverflowError):
        message = gettext("%(text)s is not a date and time; one is 2030-01-31 08:00", text=repr(text[:40]))
        problems.append(Problem("time", message, where))
        return None
    if back.replace(tzinfo=None) != local.replace(tzinfo=None):
        message = gettext(
            "clocks in %(zone)s are set forward over %(given)s; %(meant)s is meant by it",
            zone=zone, given=f"{local:%Y-%m-%d %H:%M}", meant=f"{back:%H:%M}",
        )  # fmt: skip
        problems.append(Problem("time", message, where))
    return local


def _zone(name: str) -> ZoneInfo:
    """Return a zone; for one that does not exist, which is told beside its own field, UTC will do."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return ZoneInfo("UTC")
