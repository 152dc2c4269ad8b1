"""Notices: who is told of what becomes of tasks and schedules, and the delivery of it, at least once.

A notice is owed from the moment on at which it happened: its row is written in the very transaction (`owe`), so neither
a crash nor a mail server that is away loses it. `deliver_due` sends what is due; it leases rows, so any number of
processes may deliver. One that dies after sending and before writing that down leaves a notice that is sent again, with
the same id: in `X-Sluice-Notice` and `id` of what is posted, in `Message-ID` of a mail.

To have somebody told of a task: give its `Wish` watchers, `Watcher(("task_finished", "task_revoked"), "callback", url)`,
and the engine owes them a notice when the time comes. Of anything else: `owe(Tx.of_session(session), watchers, News(…))`
in the transaction of what happened. `extra` of a watcher stands in what it gets. A channel of another shape is a line in
`_SENDERS`; "callback" is what a program asked for that made the task, and gets every single event.
"""

from __future__ import annotations

import contextlib
import logging
import re
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from queue import Empty, SimpleQueue
from typing import Any

from sqlalchemy import delete, select, update

from app.engine import tracing
from app.engine.core.called import called
from app.engine.core.values import Json, plain_text
from app.engine.plugins.base import PluginSettings
from app.engine.plugins.messages import Mail, Post, send_form, send_mail, send_post
from app.engine.watching import CHANNELS, KINDS, Kind, News, Watcher, owe, read_watchers, stored_watchers
from app.errors import NotFound, Problem, Refused
from app.extensions import db
from app.models.notices import Notice
from app.models.projects import Project
from app.sentences import say
from app.services.access import Actor, require
from app.services.callbacks import CHANNEL, callback_body, completed, is_json
from app.services.engine import bound, writing
from app.services.journal import record

__all__ = (
    "CHANNELS", "KINDS", "Kind", "News", "Notice", "Watcher", "deliver_due", "forget_notices", "list_notices", "owe",
    "read_watchers", "stored_watchers", "try_again", "watcher_problems", "watchers_of_notify",
    "without_webhooks",
)  # fmt: skip

log = logging.getLogger(__name__)

MOST_AT_ONCE = 16
_AT_A_TIME = 8
_LEASE = timedelta(minutes=5)
"""Longer than sending a portion takes, each wait of which has a limit of its own."""

_FIRST_PAUSE, _LONGEST_PAUSE = timedelta(seconds=15), timedelta(hours=1)
_PATIENCE, _FEWEST_TRIES = timedelta(days=1), 3
_LONGEST_ERROR = 2000

_ADDRESS = re.compile(r"[^@\s,;<>\"]+@[^@\s,;<>\"]+")
_URL = re.compile(r"https?://[^\s/]+\S*")
_LONGEST_TARGET = 2000


@dataclass(frozen=True, slots=True)
class _Claimed:
    """A notice that this process has leased; `attempt` counts this one."""

    id: int
    uid: str
    channel: str
    target: str
    payload: Mapping[str, Any]
    attempt: int
    created_at: datetime


class Failure(Exception):
    """A notice could not be sent; where it is final, it never will be."""

    def __init__(self, reason: str, *, is_final: bool = False) -> None:
        self.reason, self.is_final = reason, is_final
        super().__init__(reason)


def deliver_due(settings: PluginSettings, limit: int = MOST_AT_ONCE) -> int:
    """Send what is due, those tried the least first; returns how many were tried. May take as long as the slowest."""
    claimed = [_completed(notice) for notice in _claim(limit)]
    if not claimed:
        return 0
    for notice, failure in _sent(claimed, settings):
        _write_down(notice, failure)
    return len(claimed)


def list_notices(
    actor: Actor, project: Project, *, schedule_id: int | None = None, task_id: int | None = None,
    states: Sequence[str] = (), limit: int = 50,
) -> Sequence[Notice]:  # fmt: skip
    """Return notices of a project, newest first: all, or those of a schedule, of a task, in some states."""
    require(actor, project, "view")
    wanted = select(Notice).where(Notice.project_id == project.id)
    if schedule_id is not None:
        wanted = wanted.where(Notice.schedule_id == schedule_id)
    if task_id is not None:
        wanted = wanted.where(Notice.task_id == task_id)
    if states:
        wanted = wanted.where(Notice.state.in_(states))
    return list(db.session.scalars(wanted.order_by(Notice.id.desc()).limit(limit)))


def try_again(actor: Actor, project: Project, notice_id: int) -> None:
    """Owe a notice anew that was given up, with another day to deliver it in."""
    with writing() as session:
        require(actor, project, "edit")
        notice = session.scalar(select(Notice).where(Notice.id == notice_id, Notice.project_id == project.id))
        if notice is None:
            raise NotFound("notice", notice_id)
        if notice.state != "given_up":
            raise Refused(
                "not_given_up",
                say("the notice is {state}; only one that was given up is tried again", state=called(notice.state)),
            )
        now = bound().clock()
        notice.state, notice.attempts, notice.next_at, notice.created_at, notice.ended_at = "owed", 0, now, now, None
        record(session, actor, "notice", notice.id, "try_again", project_id=project.id)


def forget_notices(before: datetime, limit: int = 500) -> int:
    """Delete notices that ended before a moment, at most `limit`; returns how many."""
    with writing() as session:
        old = select(Notice.id).where(Notice.state != "owed", Notice.ended_at < before).limit(limit)
        found = list(session.scalars(old))
        session.execute(delete(Notice).where(Notice.id.in_(found)))
        return len(found)


def watcher_problems(watchers: Sequence[Watcher]) -> list[Problem]:
    """Return everything that is wrong with watchers; `where` is their channel."""
    return [problem for watcher in watchers for problem in _problems_of(watcher)]


def watchers_of_notify(types: Json, receivers: Json) -> list[Watcher]:
    """Read what bk-sops keeps with a template: {"success": [ways], "fail": [ways], "pending_processing": [ways]}, or the
    older list of ways, which counts for success and failure; and {"more_receiver": "a,b"}.

    Of the ways there is mail here, and with it webhooks for receivers that are URLs. Names of users and of groups lead
    nowhere: nobody's address is known.
    """
    ways = types if isinstance(types, Mapping) else {"success": types, "fail": types}
    kinds = [kind for event, kind in _NOTIFY_KINDS if _has_way(ways.get(event))]
    kinds += ["task_revoked"] if "task_finished" in kinds else []
    targets = dict.fromkeys(_named(receivers))
    found = [Watcher(tuple(kinds), "webhook" if "://" in target else "mail", target) for target in targets]
    return [watcher for watcher in found if kinds and not watcher_problems([watcher])]


def without_webhooks(receivers: Json) -> Json:
    """Return what bk-sops keeps of receivers without the URLs: their paths are often secrets, and not for files."""
    if not isinstance(receivers, Mapping) or not any("://" in name for name in _named(receivers)):
        return receivers
    return {**receivers, "more_receiver": ",".join(name for name in _named(receivers) if "://" not in name)}


def _named(receivers: Json) -> list[str]:
    more = receivers.get("more_receiver") if isinstance(receivers, Mapping) else ""
    names = more if isinstance(more, list) else str(more or "").replace(";", ",").split(",")
    return [text for name in names if (text := str(name).strip())]


_NOTIFY_KINDS = (("success", "task_finished"), ("fail", "task_failed"), ("pending_processing", "task_waiting"))


def _has_way(ways: Json) -> bool:
    return isinstance(ways, list) and bool({"email", "mail", "webhook"} & set(map(str, ways)))


def _problems_of(watcher: Watcher) -> Iterator[Problem]:
    target, is_mail = watcher.target, watcher.channel == "mail"
    if watcher.channel not in CHANNELS:
        yield Problem(
            "channel",
            say("{given!r} is not one of {known}", given=watcher.channel, known=list(CHANNELS)),
            watcher.channel,
        )
    elif len(target) > _LONGEST_TARGET or (is_mail and not _ADDRESS.fullmatch(target)):
        yield Problem(
            "target",
            say("{target!r} is not a mail address; one is ops@example.org", target=target[:80]),
            watcher.channel,
        )
    elif not is_mail and not _URL.fullmatch(target):
        yield Problem(
            "target",
            say("{target!r} is not a URL; one is https://example.org/hook", target=target[:80]),
            watcher.channel,
        )
    for kind in watcher.kinds:
        if kind not in KINDS:
            yield Problem(
                "kind", say("{given!r} is not one of {known}", given=kind, known=list(KINDS)), watcher.channel
            )


def _claim(limit: int) -> list[_Claimed]:
    """Lease what is due by moving its time: of two that come at once the second finds the time gone."""
    now = bound().clock()
    is_due = select(Notice.id, Notice.next_at).where(Notice.next_at <= now)
    due = db.session.execute(is_due.order_by(Notice.attempts, Notice.id).limit(limit)).all()
    db.session.rollback()
    if not due:
        return []
    with writing() as session:
        leased = {"next_at": now + _LEASE, "attempts": Notice.attempts + 1}
        mine: list[int] = []
        for id_, at in due:
            taken = update(Notice).where(Notice.id == id_, Notice.next_at == at).values(**leased).returning(Notice.id)
            mine += session.scalars(taken).all()
        rows = session.scalars(select(Notice).where(Notice.id.in_(mine)).order_by(Notice.id)).all()
        return [_Claimed(n.id, n.uid, n.channel, n.target, n.payload, n.attempts, n.created_at) for n in rows]


def _completed(notice: _Claimed) -> _Claimed:
    return replace(notice, payload=completed(notice.payload)) if notice.channel == CHANNEL else notice


def _sent(claimed: Sequence[_Claimed], settings: PluginSettings) -> Iterator[tuple[_Claimed, Failure | None]]:
    """Send several at a time, and yield what came of each as it comes.

    The threads are daemons: a process that is asked to stop does not wait for a mail server.
    """
    todo: SimpleQueue[_Claimed] = SimpleQueue()
    done: SimpleQueue[tuple[_Claimed, Failure | None]] = SimpleQueue()
    for notice in claimed:
        todo.put(notice)

    def work() -> None:
        with contextlib.suppress(Empty):
            while True:
                notice = todo.get_nowait()
                done.put((notice, _send(notice, settings)))

    for _ in range(min(_AT_A_TIME, len(claimed))):
        threading.Thread(target=work, name="postman", daemon=True).start()
    for _ in claimed:
        yield done.get()


def _send(notice: _Claimed, settings: PluginSettings) -> Failure | None:
    """Send a notice; touches no database, as it runs in a thread of its own."""
    try:
        task = notice.payload.get("task") or {}
        facts = {"sluice.notice": notice.uid, "sluice.task": str(task.get("id", ""))}
        with tracing.bound().deliver(notice.channel, facts):
            _SENDERS[notice.channel](notice, settings)
    except Failure as failure:
        return failure
    except Exception as error:
        # Whatever is wrong with one notice, those beside it are to be delivered, and it is to be told as failed.
        log.exception("notice-defect notice=%s", notice.uid)
        return Failure(f"{type(error).__name__}: {error}")
    return None


def _write_down(notice: _Claimed, failure: Failure | None) -> None:
    """Write down what came of one try, unless another process has leased the notice since and not been faster."""
    now = bound().clock()
    values: dict[str, Any] = {"state": "sent", "next_at": None, "ended_at": now, "error": ""}
    own = update(Notice).where(Notice.id == notice.id, Notice.state == "owed")
    with writing() as session:
        if failure is None:
            log.info("notice-sent notice=%s channel=%s attempt=%s", notice.uid, notice.channel, notice.attempt)
            session.execute(own.values(**values))
            return
        log.warning("notice-failed notice=%s attempt=%s reason=%s", notice.uid, notice.attempt, failure.reason)
        again = now + min(_FIRST_PAUSE * 2 ** min(notice.attempt - 1, 16), _LONGEST_PAUSE)
        is_over = failure.is_final or (notice.attempt >= _FEWEST_TRIES and again > notice.created_at + _PATIENCE)
        values = {"state": "given_up", "next_at": None, "ended_at": now} if is_over else {"next_at": again}
        error = plain_text(failure.reason)[:_LONGEST_ERROR]
        session.execute(own.where(Notice.attempts == notice.attempt).values(**values, error=error))
        if not is_over:
            # Others for the same target would fail as well, and keep those for other targets waiting.
            same = update(Notice).where(Notice.channel == notice.channel, Notice.target == notice.target)
            session.execute(same.where(Notice.state == "owed", Notice.next_at < again).values(next_at=again))


def _mail(notice: _Claimed, settings: PluginSettings) -> None:
    if not _ADDRESS.fullmatch(notice.target):
        raise Failure(f"{notice.target!r} is not a mail address", is_final=True)
    subject, text = in_words(notice.payload)
    mail = Mail([notice.target], subject, text, f"<{notice.uid}@sluice>")
    wrong = send_mail(mail, settings.smtp_url, settings.mail_from)
    if wrong:
        raise Failure("; ".join(wrong))


def _webhook(notice: _Claimed, settings: PluginSettings) -> None:
    subject, text = in_words(notice.payload)
    _post(notice, {"id": notice.uid, "title": subject, "content": text, **notice.payload}, settings)


def _callback(notice: _Claimed, settings: PluginSettings) -> None:
    _post(notice, {"id": notice.uid, **notice.payload}, settings)


def _bksops(notice: _Claimed, settings: PluginSettings) -> None:
    _post(notice, callback_body(notice.payload), settings, send_post if is_json(notice.payload) else send_form)


def _post(
    notice: _Claimed, body: Mapping[str, Json], settings: PluginSettings,
    send: Callable[[Post, Sequence[str]], tuple[int, str]] = send_post,
) -> None:  # fmt: skip
    headers = {"X-Sluice-Notice": notice.uid, "X-Sluice-Event": str(notice.payload.get("kind", ""))}
    _, problem = send(Post(notice.target, body, headers), settings.http_deny)
    if problem:
        # The address stands beside it already, and its path may be a secret.
        raise Failure(problem.removeprefix(f"{notice.target} "))


_SENDERS: Mapping[str, Callable[[_Claimed, PluginSettings], None]] = {
    "mail": _mail,
    "webhook": _webhook,
    "callback": _callback,
    CHANNEL: _bksops,
}


def in_words(payload: Mapping[str, Any]) -> tuple[str, str]:
    """Say what a payload says, for people: a title in one line, and a text that tells what to do about it."""
    task, node, schedule = payload.get("task") or {}, payload.get("node") or {}, payload.get("schedule") or {}
    flow = payload.get("flow") or {}
    name = task.get("name") or schedule.get("name") or flow.get("name") or ""
    what, todo = _WORDS.get(str(payload.get("kind")), ("{name}: {kind}", ""))
    todo = _TODO_OF_FLOW if flow else todo
    told = {"name": name, "node": node.get("name") or node.get("id") or "", "kind": payload.get("kind")}
    lines = [what.format(**told) + (f" in project {project['name']}." if (project := payload.get("project")) else ".")]
    reason = node.get("reason") or schedule.get("reason") or flow.get("reason")
    lines += [f"Reason: {reason}"] if reason else []
    lines += [todo] if todo else []
    lines += [task.get("url") or schedule.get("url") or "", f"At {payload.get('at')}"]
    return f"[Sluice] {what.format(**told)}", "\n\n".join(line for line in lines if line) + "\n"


_TODO_OF_FLOW = "See why, and then trigger the flow again: another instance is made."

_WORDS: Mapping[str, tuple[str, str]] = {
    "task_finished": ("{name} has finished", ""),
    "task_revoked": ("{name} was revoked", ""),
    "task_failed": ("{name} has failed at {node}", "See the node's log, then retry or skip it."),
    "task_waiting": ("{name} waits for a person at {node}", "Somebody has to confirm the node."),
    "fire_failed": ("{name} could not be started", "See the schedule's history."),
}
