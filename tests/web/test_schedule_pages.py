"""The pages of schedules, as a person walks through them."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from flask import current_app, g
from sqlalchemy import select

from app.extensions import db
from app.models.runs import JournalRow
from app.models.schedules import Fire, Schedule
from app.models.tasks import Task, TaskTree
from app.services import accounts, firing, schedules
from app.services import engine as engine_binding
from app.services.access import SYSTEM, find_project
from app.services.first_start import first_start
from app.services.members import set_member
from app.services.notices import Watcher, deliver_due
from app.services.schedules import Plan
from app.services.schemes import create_scheme
from app.services.template_lists import template_rows
from app.services.templates import create_template
from tests.drawing import flow
from tests.web.test_pages import Person

HERE = "/projects/1/schedules/"


@pytest.fixture
def person(make_app, sqlite_url):
    app = make_app(sqlite_url, SLUICE_ADMIN_PASSWORD="opensesame", SLUICE_TIMEZONE="Europe/Berlin")
    with app.app_context():
        first_start(app.config["SLUICE"])
        someone = Person(app)
        someone.log_in()
        yield someone


@pytest.fixture
def clock(person):
    """The present, which tests may set."""
    present = [datetime(2030, 1, 1, 8, tzinfo=UTC)]
    engine_binding.bind(replace(engine_binding.bound(), clock=lambda: present[0]))
    return present


def somebody(name: str, role: str | None = None) -> Person:
    """Somebody else with a browser of their own, a member of the project if they have a role."""
    accounts.create_user(name, name * 2)
    if role is not None:
        set_member(SYSTEM, project(), name, role)
    # The test's own context outlives requests, and Flask-Login remembers in it who was there last.
    g.pop("_login_user", None)
    other = Person(current_app._get_current_object())
    other.log_in(name, name * 2)
    return other


def project():
    return find_project(SYSTEM, 1, "project")


def flow_id(name: str) -> int:
    return next(template.id for template in template_rows(SYSTEM, project()) if template.name == name)


def filled(**other: object) -> dict[str, object]:
    """What somebody types who makes a schedule of the flow that rotates logs."""
    form = {
        "name": "Nightly", "template": str(flow_id("Rotate logs")), "form": "cron", "expression": "30 2 * * *",
        "time_zone": "", "starts_at": "", "ends_at": "", "misfire": "once", "misfire_limit": "10", "overlap": "skip",
        "mails": "", "webhooks": "", "kinds": ["task_failed", "fire_failed"],
    }  # fmt: skip
    return {**form, **other}


def make(person: Person, **other: object):
    return person.send(f"{HERE}new", person.get(f"{HERE}new"), **filled(**other))


def row(schedule_id: int = 1) -> Schedule:
    db.session.rollback()
    return db.session.get_one(Schedule, schedule_id)


def count() -> int:
    db.session.rollback()
    return len(db.session.scalars(select(Schedule.id)).all())


def constants(schedule: Schedule) -> dict[str, object]:
    tree = db.session.get_one(TaskTree, schedule.tree_id).body
    return {key: constant["value"] for key, constant in tree["constants"].items()}


def fields_marked(page: str) -> set[str]:
    """The fields that something wrong is told beside."""
    return set(re.findall(r'class="invalid-feedback d-block" id="([^"]+)-wrong"', page))


class TestMaking:
    def test_an_empty_list_says_what_to_do_next(self, person):
        page = person.get(HERE)

        assert "Nothing runs by itself yet" in page
        assert f'href="{HERE}new"' in page
        assert f'href="{HERE}once/new"' in page

    def test_a_schedule_is_made_and_switched_on_in_one_transaction(self, person, monkeypatch):
        page = make(person, **{"${days}": "14"}).text

        assert "At 02:30" in page
        made = row()
        assert (made.name, made.expression, made.is_enabled, made.overlap) == ("Nightly", "30 2 * * *", True, "skip")
        assert made.next_at is not None
        assert constants(made)["${days}"] == "14"
        actions = db.session.scalars(select(JournalRow.action).where(JournalRow.kind == "schedule"))
        assert list(actions) == ["create"]

    def test_one_that_cannot_be_switched_on_is_not_made_either(self, person, monkeypatch):
        def dies(*args: object) -> None:
            raise ZeroDivisionError

        monkeypatch.setattr(schedules, "first_fire", dies)
        with pytest.raises(ZeroDivisionError):
            make(person)
        assert count() == 0

    def test_each_variable_has_the_field_of_its_type_and_one_of_parts_a_field_for_each(self, person):
        shown = {"show_type": "show", "source_type": "custom"}
        choice = {
            "items_text": '[{"text": "Live", "value": "live"}, {"text": "Test", "value": "test"}]',
            "default": "test",
        }
        moment = {"datetime": "2030-01-01 08:00:00", "datetime_format": "%Y", "odd": 1}
        variables = {
            "${when}": {**shown, "name": "When", "custom_type": "format_support_datetime", "value": moment},
            "${ips}": {**shown, "name": "Addresses", "custom_type": "ip_filter", "value": ""},
            "${env}": {**shown, "name": "Environment", "custom_type": "select", "value": choice, "is_meta": True},
        }
        message = {"bk_display_message": " ".join(variables)}
        tree = flow("start > a > end", inputs={"a": message}, constants=variables)
        template = str(create_template(SYSTEM, project(), "Parts", tree).id)
        page = person.get(f"{HERE}new?template={template}")
        assert 'type="datetime-local" step="1" value="2030-01-01T08:00:00"' in page

        untouched = {
            "${when}.datetime": "2030-01-01T08:00", "${when}.datetime_format": "%Y", "${ips}.origin_ips": "", "${env}": "test",
            "${ips}.gse_agent_status": "1", "${ips}.ip_cloud": "true", "${ips}.ip_separator": ",",
        }  # fmt: skip
        typed = {"${when}.datetime": "2030-05-01T06:30", "${env}": "live", "${ips}.ip_separator": "\r\n"}
        make(person, template=template, **untouched)
        make(person, template=template, **untouched | typed)
        wrong = make(person, template=template, **untouched | {"${ips}.origin_ips": "10.0.0.300"})

        assert {key: constants(row(1))[key] for key in variables} == {"${when}": moment, "${ips}": "", "${env}": choice}
        assert {key: constants(row(2))[key] for key in variables} == {
            "${when}": {**moment, "datetime": "2030-05-01 06:30:00"}, "${env}": "live",
            "${ips}": {"origin_ips": "", "gse_agent_status": 1, "ip_cloud": True, "ip_separator": "\n"},
        }  # fmt: skip
        assert (wrong.status_code, fields_marked(wrong.text)) == (400, {"${ips}"})
        assert 'value="10.0.0.300"' in wrong.text

    def test_it_can_be_made_and_left_off(self, person):
        make(person, leave_off="1")
        assert not row().is_enabled

    def test_everything_wrong_is_told_beside_its_field_and_nothing_typed_is_lost(self, person):
        answer = make(
            person, name=" ", expression="61 * * * *", time_zone="Europe/Nowhere", ends_at="2001-01-01T00:00",
            misfire="all", misfire_limit="1000", mails="nobody", webhooks="ftp://x", kinds=["task_finished"],
            **{"${days}": "twelve"},
        )  # fmt: skip

        assert answer.status_code == 400
        page = answer.text
        assert fields_marked(page) == {
            "name", "expression", "time_zone", "ends_at", "misfire_limit", "mails", "webhooks", "${days}",
        }  # fmt: skip
        for typed in ('value="61 * * * *"', 'value="Europe/Nowhere"', 'value="2001-01-01T00:00"', 'value="1000"',
                      'value="nobody"', 'value="ftp://x"', 'value="twelve"'):  # fmt: skip
            assert typed in page
        assert re.search(r'value="all" checked', page)
        assert re.search(r'value="task_finished" checked', page)
        assert not re.search(r'value="task_failed" checked', page)
        assert count() == 0

    def test_a_time_that_clocks_skip_is_told(self, person):
        page = make(person, starts_at="2031-03-30T02:30").text
        assert "clocks in Europe/Berlin are set forward over 2031-03-30 02:30" in page.lower().replace(
            "europe/berlin", "Europe/Berlin"
        )

    def test_a_flow_that_is_gone_is_told(self, person):
        answer = make(person, template="999")
        assert answer.status_code == 400
        assert "template" in fields_marked(answer.text)

    def test_who_is_told_without_news_is_told_so(self, person):
        assert "kinds" in fields_marked(make(person, mails="a@example.org", kinds=[]).text)

    def test_optional_nodes_can_be_left_out_by_a_scheme(self, person):
        number = flow_id("Release a web service")
        from app.services.templates import read_template

        tree = read_template(SYSTEM, project(), number)[1]
        optional = [node["id"] for node in tree["activities"].values() if node.get("optional")]
        scheme = create_scheme(SYSTEM, project(), number, "quick", [])
        page = person.get(f"{HERE}new?template={number}")
        assert "quick" in page

        part = person.send(
            f"{HERE}fields", page, **filled(template=str(number), scheme=str(scheme.id), optional=optional)
        ).text
        assert all(f'name="with:{node_id}" >' in part or f'name="with:{node_id}"> ' in part for node_id in optional)
        make(person, template=str(number), optional=optional)
        tree = db.session.get_one(TaskTree, row().tree_id).body
        assert not {*optional} & {*tree["activities"]}

    def test_a_common_flow_can_be_scheduled(self, person):
        from app.services.engine import writing
        from app.services.templates import add_template

        with writing():
            common = add_template(SYSTEM, None, "For all", flow("start > a > end"), category="Other", description="").id
        assert f'value="common-{common}"' in person.get(f"{HERE}new")
        make(person, template=f"common-{common}")

        assert (row().template_id, row().template_source) == (common, "common")

    def test_the_preview_says_the_next_ten_fires_in_words(self, person):
        page = person.get(f"{HERE}preview?form=cron&expression=30+2+*+*+*&time_zone=Asia/Tokyo")
        assert "At 02:30" in page
        assert "Asia/Tokyo" in page
        assert page.count("<time ") == 10

        assert "60" in person.get(f"{HERE}preview?form=cron&expression=60+*+*+*+*")
        assert "never fires" in person.get(f"{HERE}preview?form=cron&expression=0+0+31+2+*")

    def test_what_people_write_is_shown_as_text(self, person):
        page = make(person, name="<script>alert(1)</script>").text
        assert "<script>alert" not in page
        assert "<script>alert" not in person.get(HERE)


class TestEditing:
    def test_one_that_is_on_offers_to_be_switched_off_first(self, person):
        made = make(person).text
        assert "Switch off and edit" in made
        page = person.get(f"{HERE}1/edit")
        assert "It is on" in page
        assert 'name="expression"' not in page

        page = person.send(f"{HERE}1/do", page, action="edit").text
        assert not row().is_enabled
        assert 'value="30 2 * * *"' in page

    def test_all_of_it_is_changed_at_once_and_switched_on(self, person):
        make(person, leave_off="1")
        before = row().tree_id
        person.send(
            f"{HERE}1/edit", person.get(f"{HERE}1/edit"),
            **filled(name="Weekly", expression="0 4 * * sun", time_zone="Asia/Tokyo", misfire="skip", overlap="queue",
                     mails="ops@example.org, b@example.org", **{"${days}": "21"}),
        )  # fmt: skip

        changed = row()
        assert (changed.name, changed.expression, changed.time_zone) == ("Weekly", "0 4 * * sun", "Asia/Tokyo")
        assert (changed.misfire, changed.overlap, changed.is_enabled) == ("skip", "queue", True)
        assert f"{changed.next_at:%H:%M %a}" == "19:00 Sat"
        assert changed.tree_id != before
        assert constants(changed)["${days}"] == "21"
        assert [w.target for w in schedules.watchers_of(changed)] == ["ops@example.org", "b@example.org"]
        page = person.get(f"{HERE}1/")
        assert "0 4 * * sun" in page
        assert "Asia/Tokyo" in page

    def test_one_that_somebody_switched_on_meanwhile_is_refused_in_the_words_of_the_contract(self, person):
        make(person, leave_off="1")
        form = person.get(f"{HERE}1/edit")
        schedules.set_enabled(SYSTEM, project(), 1, True)
        answer = person.send(f"{HERE}1/edit", form, **filled(name="Weekly"))

        assert answer.status_code == 409
        assert "an not modify cron when task is enabled" in answer.text
        assert 'value="Weekly"' in answer.text
        assert row().name == "Nightly"
        person.send(f"{HERE}1/edit", answer.text, **filled(name="Weekly", switch_off="1"))
        assert (row().name, row().is_enabled) == ("Weekly", True)

    def test_what_is_wrong_changes_nothing(self, person):
        make(person, leave_off="1")
        answer = person.send(
            f"{HERE}1/edit", person.get(f"{HERE}1/edit"), **filled(name="", expression="x", **{"${days}": "99"})
        )

        assert answer.status_code == 400
        assert fields_marked(answer.text) == {"name", "expression"}
        assert 'value="99"' in answer.text
        assert (row().name, constants(row())["${days}"]) == ("Nightly", "7")

    def test_a_password_stays_unless_another_is_typed_and_is_never_shown(self, person):
        tree = flow("start > a > end", inputs={"a": {"bk_display_message": "${pw}"}},
                    constants={"${pw}": {"value": "hunter22", "custom_type": "password", "show_type": "show"}})  # fmt: skip
        template = create_template(SYSTEM, project(), "secret", tree)
        make(person, template=str(template.id), leave_off="1", **{"${pw}": ""})
        sealed = constants(row())["${pw}"]
        page = person.get(f"{HERE}1/edit")
        assert "hunter22" not in page
        assert str(sealed) not in page + person.get(f"{HERE}1/")
        person.send(f"{HERE}1/edit", page, **filled(**{"${pw}": ""}))
        assert constants(row())["${pw}"] == sealed


class TestOnce:
    def make(self, person: Person, **other: object):
        form = {"name": "Move", "template": str(flow_id("Rotate logs")), "form": "once", "starts_at": "2030-01-02T03:00",
                "time_zone": "", "mails": "", "webhooks": "", **other}  # fmt: skip
        return person.send(f"{HERE}new", person.get(f"{HERE}once/new"), **form)

    def test_a_flow_is_set_to_start_once_and_starts(self, person, clock):
        page = self.make(person).text
        assert "Wed 2 Jan, 03:00" in page
        assert (row().form, row().is_enabled) == ("once", True)
        assert "not started" in person.get(HERE)

        clock[0] = datetime(2030, 1, 2, 2, 0, 1, tzinfo=UTC)
        firing.fire_due()
        task = db.session.scalars(select(Task)).one()
        assert task.create_method == "clocked"
        assert f"/projects/1/tasks/{task.id}/" in person.get(f"{HERE}1/")
        page = person.get(HERE)
        assert "running" in page
        assert f"/projects/1/tasks/{task.id}/" in page

    def test_a_time_that_is_over_is_told_beside_its_field(self, person, clock):
        answer = self.make(person, starts_at="2029-12-31T00:00")
        assert answer.status_code == 400
        assert fields_marked(answer.text) == {"starts_at"}
        assert 'value="2029-12-31T00:00"' in answer.text

    def test_it_can_be_changed_until_it_has_started(self, person, clock):
        self.make(person)
        form = person.get(f"{HERE}1/edit")
        change = {
            "name": "Move later",
            "form": "once",
            "starts_at": "2030-01-03T03:00",
            "time_zone": "UTC",
            "${days}": "1",
        }
        person.send(f"{HERE}1/edit", form, **change)
        assert (row().name, row().next_at) == ("Move later", datetime(2030, 1, 3, 3, tzinfo=UTC))
        assert constants(row())["${days}"] == "1"

        clock[0] = datetime(2030, 1, 3, 3, 0, 1, tzinfo=UTC)
        firing.fire_due()
        clock[0] -= timedelta(days=1)
        answer = person.send(f"{HERE}1/edit", form, **{**change, "name": "Too late"})
        assert answer.status_code == 409
        assert "started already" in answer.text
        assert row().name == "Move later"
        assert ">Edit<" not in person.get(f"{HERE}1/")

    def test_it_can_be_cancelled(self, person, clock):
        self.make(person)
        person.send(f"{HERE}1/do", person.get(f"{HERE}1/"), action="delete")
        clock[0] = datetime(2030, 1, 2, 2, 1, tzinfo=UTC)
        firing.fire_due()

        assert db.session.scalars(select(Task)).all() == []
        assert person.http.get(f"{HERE}1/").status_code == 404


class TestSeeing:
    def test_the_list_switches_on_and_off(self, person):
        make(person)
        page = person.get(HERE)
        assert 'role="switch" aria-checked="true"' in page
        page = person.send(f"{HERE}1/do", page, action="disable", **{"from": "index"}).text
        assert 'role="switch" aria-checked="false"' in page
        assert not row().is_enabled

    def test_the_timeline_shows_what_fires_next_across_all_schedules(self, person, clock):
        make(person, name="Hourly", expression="0 * * * *")
        make(person, name="Every minute", expression="* * * * *")
        make(person, name="In a week", expression="0 0 8 1 *")
        page = person.get(HERE)

        lanes = re.findall(r'class="lane-name text-truncate" href="[^"]+">([^<]+)<', page)
        assert lanes == ["Every minute", "Hourly"]
        assert page.count("<circle") == 24
        assert "200+ times from" in page
        assert "In a week" in re.findall(
            r'class="lane-name text-truncate" href="[^"]+">([^<]+)<', person.get(f"{HERE}?span=week")
        )

    def test_history_links_to_tasks_and_tells_failures(self, person, clock, monkeypatch):
        from app.services import tasks

        make(person, name="Hourly", expression="0 * * * *", overlap="allow")
        clock[0] = datetime(2030, 1, 1, 9, tzinfo=UTC)
        firing.fire_due()
        monkeypatch.setattr(tasks, "known_plugins", set)
        clock[0] = datetime(2030, 1, 1, 10, tzinfo=UTC)
        firing.fire_due()
        page = person.get(f"{HERE}1/")

        assert 'href="/projects/1/tasks/1/"' in page
        assert "not started" in page
        assert "does not exist" in page
        failures = person.get(f"{HERE}1/?failures")
        assert "does not exist" in failures
        assert 'href="/projects/1/tasks/1/"' not in failures

    def test_history_goes_on_page_by_page(self, person, clock):
        make(person, name="Hourly", expression="0 * * * *", leave_off="1")
        for hour in range(30):
            db.session.add(Fire(schedule_id=1, fire_at=clock[0] + timedelta(hours=hour), state="skipped", at=clock[0]))
        db.session.commit()
        page = person.get(f"{HERE}1/")
        older = re.search(r'href="([^"]+before=[^"]+)"', page).group(1).replace("&amp;", "&")

        assert page.count("left out</span>") == 25
        assert person.get(older).count("left out</span>") == 5

    def test_search_finds_schedules_by_name(self, person):
        make(person, name="Logs 100%")
        make(person, name="Backups")
        page = person.get(f"{HERE}?q=100%25")
        assert "Logs 100%" in page
        assert ">Backups</a>\n      <div" not in page
        assert "None is called like" in person.get(f"{HERE}?q=nothing")

    def test_what_could_not_be_delivered_is_shown_and_tried_again(self, person, clock, monkeypatch):
        from app.engine.plugins.base import PluginSettings
        from app.services import tasks

        template = flow_id("Rotate logs")
        watchers = [Watcher(("fire_failed",), "webhook", "http://127.0.0.1:1/very-secret")]
        schedules.create_schedule(
            SYSTEM, project(), template, "Told", Plan("cron", "0 * * * *"), watchers=watchers, is_enabled=True
        )
        monkeypatch.setattr(tasks, "known_plugins", set)
        clock[0] = datetime(2030, 1, 1, 9, tzinfo=UTC)
        firing.fire_due()
        clock[0] += timedelta(days=2)
        for _ in range(3):
            deliver_due(PluginSettings())
            clock[0] += timedelta(hours=1)
        assert "1 notice could not be delivered" in person.get(HERE)
        page = person.get(f"{HERE}1/")
        assert "given up" in page
        assert "very-secret" in page

        page = person.send(f"{HERE}notices/1/do", person.get(f"{HERE}notices/?state=given_up"), action="again").text
        assert "on its way" in page

        carol = somebody("carol", "viewer")
        assert "very-secret" not in carol.get(f"{HERE}1/") + carol.get(f"{HERE}notices/")

    def test_deleting_says_that_tasks_stay(self, person):
        make(person)
        page = person.get(f"{HERE}1/")
        assert "The tasks that it made stay" in page
        person.send(f"{HERE}1/do", page, action="delete")
        assert row().is_deleted
        assert "Nothing runs by itself yet" in person.get(HERE)


class TestRoles:
    @pytest.fixture
    def viewer(self, person):
        make(person)
        return somebody("carol", "viewer")

    def test_a_viewer_sees_but_gets_no_buttons(self, viewer):
        for page in (viewer.get(HERE), viewer.get(f"{HERE}1/"), viewer.get(f"{HERE}notices/")):
            assert "New schedule" not in page
            assert "Switch off" not in page
            assert 'role="switch"' not in page
            assert "Delete it" not in page
        assert "Nightly" in viewer.get(HERE)

    @pytest.mark.parametrize("path", ["new", "once/new", "1/edit"])
    def test_the_server_refuses_the_forms_too(self, viewer, path):
        assert viewer.http.get(HERE + path).status_code == 403

    @pytest.mark.parametrize("path", ["new", "fields", "1/edit", "1/do", "notices/1/do"])
    def test_the_server_refuses_what_is_sent_too(self, viewer, path):
        form = filled(action="delete")
        assert viewer.send(HERE + path, viewer.get("/projects/1/"), **form).status_code == 403
        assert (count(), row().is_deleted, row().is_enabled) == (1, False, True)

    @pytest.mark.parametrize("path", ["new", "fields", "1/edit", "1/do", "notices/1/do"])
    def test_a_form_without_its_token_is_refused(self, person, path):
        make(person)
        assert person.http.post(HERE + path, data=filled(action="delete")).status_code == 400
        assert row().is_enabled

    def test_strangers_see_nothing(self, person):
        make(person)
        eve = somebody("evevee")
        for path in ("", "1/", "new", "preview", "notices/"):
            assert eve.http.get(HERE + path).status_code == 404


def test_there_is_nothing_to_schedule_without_a_flow(person):
    from app.services.accounts import create_project

    other = create_project("Empty", 77, "UTC")
    page = person.get(f"/projects/{other.id}/schedules/")
    assert "There is no flow yet" in page
    assert "There is no flow yet" in person.get(f"/projects/{other.id}/schedules/new")
