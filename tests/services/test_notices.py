"""Notices are owed from the moment on at which they happen, and delivered at least once, whatever is away or dies."""

from __future__ import annotations

import json
import socketserver
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email import message_from_string
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from sqlalchemy import select

from app.engine.plugins.base import Await, Failed, PluginSettings
from app.errors import InvalidInput, NotAllowed, Refused
from app.extensions import db
from app.models.notices import Notice
from app.services import firing, notices, schedules
from app.services.access import SYSTEM, Actor
from app.services.notices import Watcher, deliver_due, list_notices, try_again
from app.services.schedules import Plan
from app.services.tasks import Wish, create_task, create_task_of_tree, start_task
from app.services.templates import create_template
from tests.drawing import flow
from tests.engine.workshop import Workshop
from tests.plugins.test_plugins import MailHandler

ALL = ("task_finished", "task_failed", "task_revoked", "task_waiting", "fire_failed")


class Hook(BaseHTTPRequestHandler):
    """Takes what is posted, and answers with the status that the test has set."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.got.append((self.path, dict(self.headers), json.loads(body)))
        self.send_response(self.server.status)
        self.end_headers()

    def log_message(self, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def hook() -> Iterator[ThreadingHTTPServer]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Hook) as server:
        server.got, server.status = [], 200
        server.url = f"http://127.0.0.1:{server.server_address[1]}"
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture
def post() -> Iterator[socketserver.ThreadingTCPServer]:
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), MailHandler) as server:
        server.mails, server.daemon_threads = [], True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        server.settings = PluginSettings(
            smtp_url=f"smtp://127.0.0.1:{server.server_address[1]}", mail_from="s@example.org"
        )
        yield server
        server.shutdown()


@pytest.fixture
def workshop(app, monkeypatch) -> Workshop:
    from app.services import tasks, templates

    known = {*tasks.known_plugins(), ("recorder", "legacy")}
    for module in (tasks, templates, schedules):
        monkeypatch.setattr(module, "known_plugins", lambda: known)
    return Workshop()


def run(workshop: Workshop, drawn: str, *watchers: Watcher) -> int:
    """Make a task with watchers, start it and drive it."""
    made = create_task_of_tree(
        SYSTEM, workshop.project, flow(drawn, plugin="recorder"), Wish("nightly", watchers=watchers)
    )
    start_task(SYSTEM, workshop.project, made.task_id)
    workshop.drive()
    return made.task_id


def rows() -> list[Notice]:
    db.session.rollback()
    return list(db.session.scalars(select(Notice).order_by(Notice.id)))


def kinds() -> list[tuple[str, str]]:
    return [(notice.kind, notice.state) for notice in rows()]


def fails(workshop: Workshop, *nodes: str) -> None:
    """Let every call of the recorder fail."""
    workshop.recorder._next = lambda inputs, ctx: Failed("disk full")  # type: ignore[method-assign]


class TestOwing:
    def test_the_end_of_a_task_is_owed_to_those_who_asked_for_it(self, workshop):
        task_id = run(
            workshop,
            "start > a > end",
            Watcher(ALL, "webhook", "http://x.test/"),
            Watcher(("task_failed",), "mail", "a@b"),
        )

        (notice,) = rows()
        assert (notice.kind, notice.state, notice.channel, notice.target) == (
            "task_finished",
            "owed",
            "webhook",
            "http://x.test/",
        )
        assert notice.task_id == task_id
        task = notice.payload["task"]
        assert (task["id"], task["name"], task["state"]) == (task_id, "nightly", "finished")
        assert f"instance_id={task_id}" in task["url"]

    def test_a_failed_node_is_owed_with_its_reason(self, workshop):
        fails(workshop)
        run(workshop, "start > a > end", Watcher(ALL, "webhook", "http://x.test/"))

        (notice,) = rows()
        assert notice.kind == "task_failed"
        assert (notice.payload["node"]["name"], notice.payload["node"]["reason"]) == ("a", "disk full")

    def test_a_node_that_waits_for_a_person_is_owed(self, workshop):
        workshop.recorder._next = lambda inputs, ctx: Await(person=True)  # type: ignore[method-assign]
        run(workshop, "start > a > end", Watcher(ALL, "mail", "a@example.org"))

        assert kinds() == [("task_waiting", "owed")]

    def test_a_revoked_task_is_owed(self, workshop):
        from app.services.tasks import operate_task

        workshop.recorder._next = lambda inputs, ctx: Await()  # type: ignore[method-assign]
        task_id = run(workshop, "start > a > end", Watcher(ALL, "mail", "a@example.org"))
        operate_task(SYSTEM, workshop.project, task_id, "revoke")

        assert kinds() == [("task_revoked", "owed")]

    def test_branches_that_fail_together_are_one_mail_but_a_callback_each(self, workshop):
        fails(workshop)
        watchers = (Watcher(ALL, "mail", "a@example.org"), Watcher(ALL, "callback", "http://x.test/"))
        run(workshop, "start > par ; par > a > join ; par > b > join ; join > end", *watchers)

        assert sorted((notice.channel, notice.kind) for notice in rows()) == [
            ("callback", "task_failed"), ("callback", "task_failed"), ("mail", "task_failed"),
        ]  # fmt: skip

    def test_a_failure_after_a_retry_is_owed_anew_once_the_first_went_out(self, workshop, post):
        fails(workshop)
        task_id = run(workshop, "start > a > end", Watcher(ALL, "mail", "a@example.org"))
        deliver_due(post.settings)
        node = next(iter(_nodes(workshop, task_id)))
        _operate(workshop, task_id, node, "retry")
        workshop.drive()

        assert kinds() == [("task_failed", "sent"), ("task_failed", "owed")]

    def test_nothing_is_owed_of_what_is_undone(self, workshop):
        workshop.fault = _dies_at("deciding", 2)
        with pytest.raises(SystemExit):
            run(workshop, "start > a > end", Watcher(ALL, "mail", "a@example.org"))
        assert kinds() == []

        workshop.fault = lambda point: None
        workshop.pass_time(60)
        assert len(kinds()) == 1

    def test_a_task_without_watchers_costs_nothing(self, workshop):
        counter = workshop.room.store.counter
        run(workshop, "start > a > end")
        before = counter.statements
        run(workshop, "start > a > end")
        plain = counter.statements - before
        run(workshop, "start > a > end", Watcher(("task_finished",), "mail", "a@example.org"))

        assert counter.statements - before - plain == plain + 1

    def test_extra_stands_in_the_payload(self, workshop):
        run(workshop, "start > a > end", Watcher(ALL, "callback", "http://x.test/", extra={"callback_version": "v2"}))
        assert rows()[0].payload["callback_version"] == "v2"

    def test_whom_a_template_names_is_told(self, workshop):
        template = create_template(SYSTEM, workshop.project, "named", flow("start > a > end", plugin="recorder"))
        row = db.session.merge(template)
        row.notify_type = {"success": ["email", "weixin"], "fail": []}
        row.notify_receivers = {"receiver_group": ["Maintainers"], "more_receiver": "ops@example.org,alice"}
        db.session.commit()
        made = create_task(SYSTEM, workshop.project, row.id, Wish("t"), starts=True)
        workshop.drive()

        assert [(n.kind, n.target, n.task_id) for n in rows()] == [("task_finished", "ops@example.org", made.task_id)]


class TestSchedules:
    def make(self, workshop: Workshop, *watchers: Watcher) -> int:
        template = create_template(SYSTEM, workshop.project, "f", flow("start > a > end", plugin="recorder"))
        made = schedules.create_schedule(
            SYSTEM,
            workshop.project,
            template.id,
            "nightly",
            Plan("cron", "0 * * * *"),
            watchers=watchers,
            is_enabled=True,
        )
        return made.id

    def test_a_fire_that_makes_no_task_is_owed(self, workshop, monkeypatch):
        from app.services import tasks

        made = self.make(workshop, Watcher(ALL, "webhook", "http://x.test/"))
        monkeypatch.setattr(tasks, "known_plugins", set)
        workshop.now = datetime(2030, 1, 1, 9, tzinfo=UTC)
        firing.fire_due()

        (notice,) = rows()
        assert (notice.kind, notice.schedule_id, notice.task_id) == ("fire_failed", made, None)
        assert "does not exist" in notice.payload["schedule"]["reason"]

    def test_a_failed_task_of_a_schedule_names_it(self, workshop):
        fails(workshop)
        made = self.make(workshop, Watcher(ALL, "webhook", "http://x.test/"))
        workshop.now = datetime(2030, 1, 1, 9, tzinfo=UTC)
        firing.fire_due()
        workshop.drive()

        (notice,) = list_notices(SYSTEM, workshop.project, schedule_id=made)
        assert (notice.kind, notice.payload["schedule"]) == ("task_failed", {"id": made})

    def test_who_can_not_be_told_is_refused_with_all_that_is_wrong(self, workshop):
        with pytest.raises(InvalidInput) as wrong:
            self.make(
                workshop,
                Watcher(ALL, "mail", "nobody"),
                Watcher(ALL, "webhook", "ftp://x"),
                Watcher(("x",), "mail", "a@b"),
            )

        assert [p.where for p in wrong.value.problems] == ["mail", "webhook", "mail"]


class TestDelivery:
    def test_a_webhook_gets_the_news_with_the_notices_id(self, workshop, hook):
        run(workshop, "start > a > end", Watcher(ALL, "webhook", f"{hook.url}/in"))

        assert deliver_due(PluginSettings()) == 1
        ((path, headers, body),) = hook.got
        (notice,) = rows()
        assert path == "/in"
        assert (headers["X-Sluice-Notice"], headers["X-Sluice-Event"], body["id"]) == (
            notice.uid,
            "task_finished",
            notice.uid,
        )
        assert (body["title"], body["task"]["name"]) == ("[Sluice] nightly has finished", "nightly")
        assert (notice.state, notice.attempts, notice.ended_at, notice.error) == ("sent", 1, workshop.now, "")
        assert deliver_due(PluginSettings()) == 0

    def test_a_callback_gets_the_payload_without_words(self, workshop, hook):
        run(workshop, "start > a > end", Watcher(ALL, "callback", hook.url))
        deliver_due(PluginSettings())

        assert hook.got[0][2].keys() == {"id", "format", "kind", "at", "task", "project"}

    def test_a_mail_tells_what_happened_and_what_to_do(self, workshop, post):
        fails(workshop)
        run(workshop, "start > a > end", Watcher(ALL, "mail", "ops@example.org"))
        deliver_due(post.settings)

        mail = message_from_string(post.mails[0], policy=default)
        assert (mail["To"], mail["Subject"]) == ("ops@example.org", "[Sluice] nightly has failed at a")
        assert mail["Message-ID"] == f"<{rows()[0].uid}@sluice>"
        assert "Reason: disk full" in mail.get_content()
        assert "retry or skip" in mail.get_content()
        assert "instance_id=" in mail.get_content()

    def test_what_is_refused_is_tried_again_ever_later_and_given_up_after_a_day(self, workshop, hook):
        run(workshop, "start > a > end", Watcher(ALL, "webhook", hook.url))
        hook.status, begun, pauses = 503, workshop.now, []
        while rows()[0].state == "owed":
            notice = rows()[0]
            pauses.append((notice.next_at - workshop.now).total_seconds())
            workshop.now = notice.next_at
            deliver_due(PluginSettings())

        notice = rows()[0]
        assert pauses[:5] == [0, 15, 30, 60, 120]
        assert max(pauses) == 3600
        assert (notice.state, notice.next_at) == ("given_up", None)
        assert "status 503" in notice.error
        assert timedelta(hours=22) < workshop.now - begun <= timedelta(days=1)
        assert len(hook.got) == notice.attempts == len(pauses)
        assert len({body["id"] for _, _, body in hook.got}) == 1

    def test_what_could_not_be_tried_for_a_day_is_tried_all_the_same(self, workshop, hook):
        run(workshop, "start > a > end", Watcher(ALL, "webhook", hook.url))
        workshop.now += timedelta(days=3)
        hook.status = 503
        deliver_due(PluginSettings())
        assert kinds() == [("task_finished", "owed")]

        hook.status = 200
        workshop.now += timedelta(minutes=1)
        deliver_due(PluginSettings())
        assert kinds() == [("task_finished", "sent")]

    def test_denied_addresses_are_not_reached(self, workshop, hook):
        run(workshop, "start > a > end", Watcher(ALL, "webhook", hook.url))
        deliver_due(PluginSettings(http_deny=("127.0.0.0/8",)))

        assert hook.got == []
        assert "SLUICE_HTTP_DENY" in rows()[0].error

    def test_mail_that_is_not_set_up_is_told(self, workshop):
        run(workshop, "start > a > end", Watcher(ALL, "mail", "ops@example.org"))
        deliver_due(PluginSettings())

        assert (rows()[0].state, rows()[0].attempts) == ("owed", 1)
        assert "SLUICE_SMTP_URL" in rows()[0].error

    def test_a_target_that_is_away_does_not_keep_the_others_waiting(self, workshop, hook):
        for _ in range(5):
            run(workshop, "start > a > end", Watcher(ALL, "webhook", "http://127.0.0.1:1/"))
        deliver_due(PluginSettings(), limit=2)
        run(workshop, "start > a > end", Watcher(ALL, "webhook", hook.url))
        deliver_due(PluginSettings(), limit=2)

        assert len(hook.got) == 1
        assert {notice.attempts for notice in rows()} == {0, 1}

    def test_a_defect_in_one_notice_does_not_hold_up_the_others(self, workshop, hook):
        run(workshop, "start > a > end", Watcher(ALL, "webhook", hook.url), Watcher(ALL, "webhook", f"{hook.url}/b"))
        first = rows()[0]
        first.payload = ["no object"]
        db.session.commit()
        deliver_due(PluginSettings())

        assert [(n.state, n.attempts) for n in rows()] == [("owed", 1), ("sent", 1)]
        assert "AttributeError" in rows()[0].error

    def test_of_several_that_deliver_at_once_each_notice_goes_out_once(self, workshop, app, hook):
        for n in range(12):
            run(workshop, "start > a > end", Watcher(ALL, "webhook", f"{hook.url}/{n}"))
        barrier = threading.Barrier(4)

        def deliver() -> None:
            with app.app_context():
                barrier.wait()
                while deliver_due(PluginSettings(), limit=3):
                    pass
                db.session.remove()

        threads = [threading.Thread(target=deliver) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert sorted(path for path, _, _ in hook.got) == sorted(f"/{n}" for n in range(12))
        assert {state for _, state in kinds()} == {"sent"}


class TestCrashes:
    def test_one_that_dies_before_delivering_leaves_it_to_the_next(self, workshop, hook, monkeypatch):
        run(workshop, "start > a > end", Watcher(ALL, "webhook", hook.url))
        _dies_in(monkeypatch, "_sent")
        with pytest.raises(SystemExit):
            deliver_due(PluginSettings())
        monkeypatch.undo()
        assert hook.got == []
        assert deliver_due(PluginSettings()) == 0, "it is leased"

        workshop.now += timedelta(minutes=6)
        assert deliver_due(PluginSettings()) == 1
        assert len(hook.got) == 1
        assert kinds() == [("task_finished", "sent")]

    def test_one_that_dies_between_delivering_and_writing_that_down_delivers_again_with_the_same_id(
        self, workshop, hook, monkeypatch
    ):
        run(workshop, "start > a > end", Watcher(ALL, "webhook", hook.url))
        _dies_in(monkeypatch, "_write_down")
        with pytest.raises(SystemExit):
            deliver_due(PluginSettings())
        monkeypatch.undo()
        assert len(hook.got) == 1

        workshop.now += timedelta(minutes=6)
        deliver_due(PluginSettings())
        assert [body["id"] for _, _, body in hook.got] == [rows()[0].uid] * 2
        assert (rows()[0].state, rows()[0].attempts) == ("sent", 2)

    def test_a_mail_that_goes_out_twice_has_the_same_message_id(self, workshop, post, monkeypatch):
        run(workshop, "start > a > end", Watcher(ALL, "mail", "ops@example.org"))
        _dies_in(monkeypatch, "_write_down")
        with pytest.raises(SystemExit):
            deliver_due(post.settings)
        monkeypatch.undo()
        workshop.now += timedelta(minutes=6)
        deliver_due(post.settings)

        ids = [message_from_string(mail, policy=default)["Message-ID"] for mail in post.mails]
        assert len(ids) == 2
        assert len(set(ids)) == 1

    def test_a_slow_one_whose_lease_ran_out_does_not_spoil_what_the_next_has_done(self, workshop, hook):
        run(workshop, "start > a > end", Watcher(ALL, "webhook", hook.url))
        (slow,) = notices._claim(1)
        workshop.now += timedelta(minutes=6)
        deliver_due(PluginSettings())
        notices._write_down(slow, notices.Failure("timed out"))

        assert kinds() == [("task_finished", "sent")]


class TestSeeing:
    def given_up(self, workshop: Workshop) -> Notice:
        run(workshop, "start > a > end", Watcher(ALL, "mail", "alice"))
        deliver_due(PluginSettings())
        return rows()[0]

    def test_an_address_that_is_none_is_given_up_at_once_and_shown(self, workshop):
        notice = self.given_up(workshop)

        assert (notice.state, notice.error) == ("given_up", "'alice' is not a mail address")
        assert [n.id for n in list_notices(SYSTEM, workshop.project, states=("given_up",))] == [notice.id]

    def test_what_was_given_up_can_be_owed_anew(self, workshop):
        notice = self.given_up(workshop)
        try_again(SYSTEM, workshop.project, notice.id)

        assert kinds() == [("task_finished", "owed")]
        with pytest.raises(Refused, match="only one that was given up"):
            try_again(SYSTEM, workshop.project, notice.id)

    def test_only_members_see_them_and_only_editors_try_again(self, workshop):
        notice = self.given_up(workshop)
        with pytest.raises(NotAllowed):
            list_notices(Actor("stranger"), workshop.project)
        with pytest.raises(NotAllowed):
            try_again(Actor("stranger"), workshop.project, notice.id)

    def test_old_ones_are_forgotten_but_never_what_is_owed(self, workshop, hook):
        run(workshop, "start > a > end", Watcher(ALL, "webhook", hook.url))
        deliver_due(PluginSettings())
        run(workshop, "start > a > end", Watcher(ALL, "webhook", hook.url))

        assert notices.forget_notices(workshop.now) == 0
        assert notices.forget_notices(workshop.now + timedelta(days=90)) == 1
        assert kinds() == [("task_finished", "owed")]


def test_what_bk_sops_keeps_of_who_is_told_is_read():
    read = notices.watchers_of_notify
    assert read(["email"], {"more_receiver": "a@b.org"}) == [
        Watcher(("task_finished", "task_failed", "task_revoked"), "mail", "a@b.org")
    ]
    pending = read({"fail": ["email"], "pending_processing": ["email"]}, {"more_receiver": "a@b.org; https://x.org/h"})
    assert [(w.kinds, w.channel) for w in pending] == [
        (("task_failed", "task_waiting"), c) for c in ("mail", "webhook")
    ]
    for nothing in (
        (None, None),
        ([], {}),
        (["weixin"], {"more_receiver": "a@b.org"}),
        ({"fail": ["email"]}, {"more_receiver": "bob"}),
    ):
        assert read(*nothing) == []


def _nodes(workshop: Workshop, task_id: int) -> list[str]:
    from app.services.reading import task_status

    return [n.node_id for n in task_status(SYSTEM, workshop.project, task_id).nodes.values() if n.state == "failed"]


def _operate(workshop: Workshop, task_id: int, node_id: str, action: str) -> None:
    from app.services.nodes import NodeOrder, operate_node

    operate_node(SYSTEM, workshop.project, task_id, NodeOrder(node_id, action))


def _dies_at(point: str, number: int):
    seen = [0]

    def fault(at: str) -> None:
        seen[0] += at == point
        if at == point and seen[0] == number:
            raise SystemExit

    return fault


def _dies_in(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Let the process die where this function would begin."""

    def dies(*args: object) -> None:
        raise SystemExit

    monkeypatch.setattr(notices, name, dies)


def test_whom_a_template_names_travels_in_bk_sops_files_but_for_webhooks(workshop):
    from app.services.exchange import export_dat, import_dat
    from app.services.template_lists import template_rows
    from app.services.templates import find_template

    template = create_template(SYSTEM, workshop.project, "named", flow("start > a > end", plugin="recorder"))
    row = db.session.merge(template)
    row.notify_type = {"fail": ["email"], "success": []}
    row.notify_receivers = {"receiver_group": ["Tester"], "more_receiver": "a@b.org,https://x.org/secret"}
    db.session.commit()
    written = export_dat(SYSTEM, workshop.project, [row.id])
    import_dat(SYSTEM, workshop.project, written)

    copy = find_template(workshop.project, template_rows(SYSTEM, workshop.project)[0].id)
    assert copy.id != row.id
    assert copy.notify_type == {"fail": ["email"], "success": []}
    assert copy.notify_receivers == {"receiver_group": ["Tester"], "more_receiver": "a@b.org"}


def test_a_postman_goes_one_round_at_a_time_and_delivers_what_is_owed(workshop, app, hook):
    from jobs.postman import Postman

    run(workshop, "start > a > end", Watcher(ALL, "webhook", hook.url))
    db.session.remove()
    postman = Postman(app, PluginSettings())
    postman.call()
    postman.call()
    assert postman._busy.acquire(timeout=20), "the round ends"

    assert len(hook.got) == 1
    assert kinds() == [("task_finished", "sent")]


def test_workers_carry_out_every_periodic_job():
    from jobs.entry import NUDGES
    from jobs.scheduler import PERIODIC

    assert {function for function, _ in PERIODIC.values()} <= NUDGES.keys()
