"""Passwords in flows are sealed for the project that they are for; pasted elsewhere they do not open."""

from __future__ import annotations

import pytest

from app.engine.core.secret_values import secrets_of
from app.engine.store import Tx
from app.errors import InvalidInput, Unavailable
from app.extensions import db
from app.models import sealed
from app.models.sealed import COMMON, SEALED, UNBOUND, Sealed, can_open, seal, sealed_for, unseal, use_secrets
from app.models.tasks import Task, TaskTree
from app.models.templates import TemplateVersion
from app.services import accounts, engine, schedules, tasks, templates
from app.services.access import SYSTEM
from app.services.drafts import Sketch, save_draft
from app.services.engine import writing
from app.services.sealing import opened, sealed_from_file, sealing_problems
from app.services.tasks import Wish
from app.services.templates import current_tree, find_template
from tests.drawing import flow

ELSEWHERE = "the password in ${pw} was sealed for another project; type it in again"
OF_COMMON = "the password in ${pw} was sealed for the common flows; type it in again"
FROM_BEFORE = "the password in ${pw} was sealed before passwords were bound to projects; type it in again"


@pytest.fixture
def app(make_app, sqlite_url):
    made = make_app(sqlite_url)
    with made.app_context():
        yield made


@pytest.fixture
def here(app):
    return accounts.create_project("here", 2, "UTC")


@pytest.fixture
def there(app):
    return accounts.create_project("there", 3, "UTC")


def with_password(value, key="${pw}", **more) -> dict:
    return flow(
        "start > say > end", inputs={"say": {"bk_display_message": key}},
        constants={key: {"custom_type": "password", "value": value}, **more}, outputs=[key],
    )  # fmt: skip


def around(template_id, source="common", constants=None) -> dict:
    """A flow with a subprocess."""
    tree = flow("start > sub > end")
    del tree["activities"]["sub"]["pipeline"]
    tree["activities"]["sub"].update(template_id=str(template_id), template_source=source, constants=constants or {})
    return tree


def saved(project, tree) -> int:
    return templates.create_template(SYSTEM, project, "flow", tree).id


def kept(project, template_id, source="business") -> dict:
    """The passwords of a template as they are stored."""
    template = find_template(project, template_id, source)
    return {place[-1]: text for place, text in secrets_of(current_tree(template))}


def old_seal(text) -> str:
    """A seal as it was made before seals were bound."""
    return SEALED + Sealed().process_bind_param(text, None)


def store(template_id, tree) -> None:
    """Put a tree into the database past every check."""
    with writing() as session:
        session.query(TemplateVersion).filter_by(template_id=template_id).one().tree = tree


def password_in(task_id) -> str:
    """What a task's password is to the nodes of the task, in a subprocess if it has one."""
    task = db.session.get(Task, task_id)
    graph = engine.bound().loader.compiled(Tx.of_session(db.session()), task.run_id).graph
    child = next((node.child for node in graph.nodes.values() if node.child is not None), None)
    return (child or graph).variables["pw"].value


def made(project, template_id, **wish) -> int:
    return tasks.create_task(SYSTEM, project, template_id, Wish("task", **wish)).task_id


def started(project, template_id, **wish) -> int:
    return tasks.create_task(SYSTEM, project, template_id, Wish("task", **wish), starts=True).task_id


class TestSeals:
    def test_one_opens_for_its_owner_and_no_other(self, app):
        text = seal("hunter2", "p7")

        assert sealed_for(text) == "p7"
        assert unseal(text, ("p7",)) == unseal(text, ("p8", "p7")) == "hunter2"
        for owners in (("p8",), (COMMON,), (UNBOUND,), ()):
            with pytest.raises(Unavailable, match="another project"):
                unseal(text, owners)

    @pytest.mark.parametrize("owner", ["p8", "p77", COMMON])
    def test_another_label_does_not_make_it_anothers(self, app, owner):
        forged = seal("hunter2", "p7").replace(":p7:", f":{owner}:")

        assert sealed_for(forged) == owner
        assert not can_open(forged, (owner,))

    def test_without_its_label_it_does_not_pass_for_an_old_one(self, app):
        assert not can_open(seal("hunter2", "p7").replace("p7:", ""), (UNBOUND,))

    def test_a_label_does_not_make_an_old_one_somebodys(self, app):
        assert not can_open(old_seal("hunter2").replace(SEALED, f"{SEALED}p7:"), ("p7",))

    def test_an_older_secret_key_still_opens_it(self, app):
        text, old = seal("hunter2", "p7"), old_seal("hunter2")
        use_secrets(["new" * 8, "test" * 8])
        assert unseal(text, ("p7",)) == unseal(old, (UNBOUND,)) == "hunter2"
        use_secrets(["new" * 8])
        assert not can_open(text, ("p7",))

    @pytest.mark.parametrize(
        "text", ["sealed:", "sealed:p7:", "sealed:p7:é", "sealed:p:x", "sealed:common:\0", "sealed:x" * 99]
    )
    def test_nonsense_is_no_seal(self, app, text):
        assert not can_open(text, ("p7", COMMON, UNBOUND))

    def test_without_a_secret_key_nothing_is_sealed(self, app, monkeypatch):
        monkeypatch.setattr(sealed._Keys, "roots", ())
        sealed._box_of.cache_clear()
        with pytest.raises(Unavailable, match="no secret key"):
            seal("hunter2", "p7")


class TestSaving:
    def test_a_password_is_sealed_for_the_project_or_for_the_common_flows(self, here):
        own, common = saved(here, with_password("hunter2")), saved(None, with_password("hunter2"))

        assert sealed_for(kept(here, own)["${pw}"]) == f"p{here.id}"
        assert sealed_for(kept(here, common, "common")["${pw}"]) == COMMON

    def test_ones_own_seal_may_be_saved_again(self, here):
        template_id = saved(here, with_password("hunter2"))
        text = kept(here, template_id)["${pw}"]

        templates.update_template(SYSTEM, here, template_id, with_password(text, "${other}"))

        assert kept(here, template_id) == {"${other}": text}

    def test_that_of_another_project_is_refused(self, here, there):
        text = kept(there, saved(there, with_password("hunter2")))["${pw}"]
        template_id = saved(here, with_password("mine"))

        for save in (
            lambda: saved(here, with_password(text)),
            lambda: templates.update_template(SYSTEM, here, template_id, with_password(text)),
            lambda: saved(None, with_password(text)),
            lambda: saved(here, flow("start > sub > end", pipelines={"sub": with_password(text)})),
            lambda: saved(here, around(saved(None, with_password("")), constants={"${pw}": {"custom_type": "password", "value": text}})),
        ):  # fmt: skip
            with pytest.raises(InvalidInput) as refused:
                save()
            assert [(p.rule, p.message, p.where) for p in refused.value.problems] == [
                ("sealed_elsewhere", ELSEWHERE, "${pw}")
            ]

    def test_that_of_a_common_flow_is_refused_in_a_projects_own(self, here):
        text = kept(here, saved(None, with_password("hunter2")), "common")["${pw}"]
        with pytest.raises(InvalidInput, match="sealed for the common flows"):
            saved(here, with_password(text))

    def test_every_one_is_told_beside_whatever_else_is_wrong(self, here, there):
        text = kept(there, saved(there, with_password("hunter2")))["${pw}"]
        tree = with_password(text, **{"${second}": {"custom_type": "password", "value": text}})
        tree["activities"]["say"]["component"]["code"] = "nothing"

        found = [problem.where for problem in templates.template_problems(here, tree)]

        assert sorted(found) == ["${pw}", "${second}", "say"]

    def test_one_that_does_not_open_is_told_as_such(self, here):
        text = f"{SEALED}p{here.id}:gAAAAABnothing"
        with pytest.raises(InvalidInput, match="another SLUICE_SECRET_KEY"):
            saved(here, with_password(text))

    def test_a_draft_may_hold_anything_and_only_publishing_asks(self, here, there):
        text = kept(there, saved(there, with_password("hunter2")))["${pw}"]
        template_id = saved(here, with_password("mine"))

        second = {"custom_type": "password", "value": "b"}
        draft = save_draft(SYSTEM, here, template_id, Sketch(with_password(text, **{"${b}": second})), None)

        assert draft.tree["constants"]["${pw}"]["value"] == text
        assert can_open(draft.tree["constants"]["${b}"]["value"], (f"p{here.id}",))
        assert [p.message for p in templates.template_problems(here, draft.tree, template_id)] == [ELSEWHERE]


class TestFromBefore:
    @pytest.fixture
    def old(self, here):
        """A flow whose password was sealed before seals were bound."""
        template_id, tree = saved(here, with_password("x")), with_password(old_seal("hunter2"))
        store(template_id, tree)
        return template_id

    def test_it_opens_where_it_is_stored(self, here, old):
        assert password_in(started(here, old)) == "hunter2"

    def test_it_is_bound_when_the_flow_is_saved_again(self, here, old):
        templates.update_template(SYSTEM, here, old, with_password(kept(here, old)["${pw}"]))

        assert unseal(kept(here, old)["${pw}"], (f"p{here.id}",)) == "hunter2"

    def test_it_opens_nowhere_else(self, here, there, old):
        text = kept(here, old)["${pw}"]
        for save in (
            lambda: saved(there, with_password(text)),
            lambda: saved(here, with_password(text)),
            lambda: made(here, saved(here, with_password("")), constants={"${pw}": text}),
        ):
            with pytest.raises(InvalidInput, match=FROM_BEFORE.replace("$", r"\$")):
                save()
        with pytest.raises(InvalidInput):
            templates.update_template(SYSTEM, here, old, with_password(text, "${moved}"))

    def test_a_schedule_goes_on_with_it(self, here, old):
        plan = schedules.Plan("cron", "0 3 * * *")
        made = schedules.create_schedule(SYSTEM, here, old, "nightly", plan)
        tree = schedules.read_schedule(SYSTEM, here, made.id)[1]
        assert tree["constants"]["${pw}"]["value"] == kept(here, old)["${pw}"]


class TestTasks:
    def test_a_common_flows_password_opens_in_every_project(self, here, there):
        common = saved(None, with_password("hunter2"))

        for project in (here, there):
            task_id = started(project, common, template_source="common")
            assert password_in(task_id) == "hunter2"
            assert password_in(started(project, saved(project, around(common)))) == "hunter2"

    def test_a_common_flows_seal_opens_nothing_of_ones_own(self, here):
        common = saved(None, with_password("hunter2"))
        text = kept(here, common, "common")["${pw}"]
        own = saved(here, with_password(""))

        with pytest.raises(InvalidInput, match="common flows"):
            made(here, own, constants={"${pw}": text})
        with pytest.raises(InvalidInput, match="common flows"):
            tasks.create_task_of_tree(SYSTEM, here, with_password(text), Wish("task"))

    def test_what_a_caller_sends_back_unchanged_is_accepted(self, here):
        common = saved(None, with_password("hunter2"))
        text = kept(here, common, "common")["${pw}"]

        task_id = started(here, common, template_source="common", constants={"pw": text})

        assert password_in(task_id) == "hunter2"

    def test_a_parents_password_goes_to_the_common_flow_that_it_contains(self, here):
        common = saved(None, with_password("theirs"))
        given = {"${pw}": {"custom_type": "password", "value": "mine"}}

        assert password_in(started(here, saved(here, around(common, constants=given)))) == "mine"

    def test_nobody_elses_seal_gets_into_a_subprocess_as_a_value_that_is_no_password(self, here, there):
        common = saved(None, with_password("hunter2"))
        text = kept(here, common, "common")["${pw}"]
        child = saved(here, with_password(""))

        with pytest.raises(InvalidInput, match="common flows"):
            saved(here, around(child, "business", constants={"${pw}": {"value": text}}))
        own = kept(here, saved(here, with_password("mine")))["${pw}"]
        parent = saved(here, around(child, "business", constants={"${pw}": {"value": own}}))
        assert password_in(started(here, parent)) == "mine"

    @pytest.fixture
    def theirs(self, there) -> str:
        return kept(there, saved(there, with_password("hunter2")))["${pw}"]

    def test_another_projects_seal_is_refused_among_the_values_of_a_new_task(self, here, theirs):
        template_id = saved(here, with_password(""))
        with pytest.raises(InvalidInput) as refused:
            started(here, template_id, constants={"${pw}": theirs})
        assert str(refused.value) == ELSEWHERE
        assert db.session.query(Task).count() == 0

    def test_a_seal_where_no_password_stands_is_a_plain_text(self, here, theirs):
        tree = flow("start > a > end", inputs={"a": {"bk_display_message": "${x}"}}, constants={"${x}": {"value": ""}})
        task_id = made(here, saved(here, tree), constants={"${x}": theirs})
        body = db.session.get(TaskTree, db.session.get(Task, task_id).tree_id).body
        assert body["constants"]["${x}"]["value"] == theirs

    def test_it_is_refused_when_values_change_before_the_start(self, here, theirs):
        task_id = made(here, saved(here, with_password("mine")))
        with pytest.raises(InvalidInput, match="another project"):
            tasks.modify_constants(SYSTEM, here, task_id, {"${pw}": theirs})
        order = made(here, saved(here, with_password("mine")), flow_type="common_func")
        with pytest.raises(InvalidInput, match="another project"):
            tasks.claim_task(SYSTEM, here, order, {"${pw}": theirs})
        assert db.session.get(Task, order).current_flow == "func_claim"

    def test_a_new_value_is_sealed_when_values_change(self, here):
        task_id = made(here, saved(here, with_password("mine")))

        changed = tasks.modify_constants(SYSTEM, here, task_id, {"${pw}": "other"})

        assert unseal(changed["${pw}"]["value"], (f"p{here.id}",)) == "other"

    def test_it_is_refused_in_a_schedule(self, here, theirs):
        template_id, plan = saved(here, with_password("mine")), schedules.Plan("cron", "0 3 * * *")
        with pytest.raises(InvalidInput, match="another project"):
            schedules.create_schedule(SYSTEM, here, template_id, "nightly", plan, constants={"${pw}": theirs})
        made = schedules.create_schedule(SYSTEM, here, template_id, "nightly", plan)
        with pytest.raises(InvalidInput, match="another project"):
            schedules.modify_schedule_constants(SYSTEM, here, made.id, {"${pw}": theirs})

    def test_a_task_whose_password_would_not_open_is_not_made(self, here, theirs):
        template_id = saved(here, with_password("mine"))
        store(template_id, with_password(theirs))
        with pytest.raises(InvalidInput, match="another project"):
            started(here, template_id)

    def test_a_task_is_not_made_with_another_secret_key(self, here):
        template_id = saved(here, with_password("mine"))
        use_secrets(["other" * 8])
        with pytest.raises(InvalidInput, match="SLUICE_SECRET_KEY"):
            started(here, template_id)


class TestFiles:
    def test_a_password_of_a_file_is_that_of_what_it_replaces(self, here):
        before = {**with_password(seal("old", f"p{here.id}"))}

        for text in ("", seal("x", "p99")):
            tree, empty = sealed_from_file(with_password(text), here.id, before)
            assert (tree["constants"]["${pw}"]["value"], empty) == (before["constants"]["${pw}"]["value"], 0)
        tree, empty = sealed_from_file(with_password("new"), here.id, before)
        assert (tree["constants"]["${pw}"]["value"], empty) == ("new", 0)

    def test_without_one_it_is_empty_and_counted(self, here):
        assert sealed_from_file(with_password(seal("x", "p99")), here.id, None) == (with_password(""), 1)

    def test_what_does_not_open_is_carried_nowhere(self, here):
        assert opened(with_password(seal("x", "p99")), here.id) == with_password("")
        assert opened(with_password(seal("x", f"p{here.id}")), here.id) == with_password("x")


def test_a_tree_that_is_no_tree_holds_no_passwords(here):
    for tree in ({}, {"constants": [1]}, {"constants": {"${a}": 7}, "activities": {"a": None}},
                 {"constants": {"${a}": {"custom_type": "password", "value": 5}}}):  # fmt: skip
        assert sealing_problems(tree, here.id) == []
