"""Flows on a real database of each kind, driven step by step."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest

from app.engine.core.alone import onward
from app.engine.plugins.base import Await, Done, Failed, Poll
from app.errors import InvalidInput, NotFound, Refused
from app.services.access import SYSTEM
from app.services.project_constants import set_constant, set_executor_proxy
from app.services.reading import task_status
from app.services.tasks import Wish, create_task, create_task_of_tree, start_task
from app.services.template_details import Details, change_details
from app.services.templates import create_template
from tests.drawing import flow, output_of, variable
from tests.engine.workshop import NAMES, Workshop

PARALLEL = "start > a > par ; par > b > join ; par > c > join ; join > d > end"


@pytest.fixture
def workshop(app) -> Workshop:
    return Workshop()


def draw(drawing: str, **options):
    return flow(drawing, plugin="recorder", **options)


@pytest.fixture(autouse=True)
def _recorder_is_known(monkeypatch):
    from app.services import tasks, templates

    known = {*tasks.known_plugins(), ("recorder", "legacy")}
    for module in (tasks, templates):
        monkeypatch.setattr(module, "known_plugins", lambda: known)


class TestPaths:
    def test_a_chain_runs_its_nodes_in_order(self, workshop):
        task = workshop.run(draw("start > a > b > c > end"))

        assert task.state == "finished"
        assert workshop.calls == ["a", "b", "c"]

    def test_a_converge_waits_for_every_branch(self, workshop):
        workshop.recorder.plans["b"] = [Await()]
        task = workshop.run(draw(PARALLEL))

        assert workshop.calls == ["a", "b", "c"]
        task.node("b", "callback")
        workshop.drive()
        assert workshop.calls == ["a", "b", "c", "d"]
        assert task.state == "finished"

    def test_a_failed_branch_lets_the_others_go_on(self, workshop):
        workshop.recorder.plans["b"] = [Failed("broken")]
        task = workshop.run(draw("start > par ; par > b > join ; par > c > c2 > join ; join > d > end"))

        assert workshop.calls == ["b", "c", "c2"]
        assert task.states()["b"] == "failed"
        task.node("b", "retry")
        workshop.drive()
        assert workshop.calls[-2:] == ["b", "d"]
        assert task.state == "finished"

    def test_parallel_gateways_nest(self, workshop):
        task = workshop.run(
            draw(
                "start > par1 ; par1 > a > join1 ; par1 > par2 ; par2 > b > join2 ; par2 > c > join2 ; "
                "join2 > d > join1 ; join1 > e > end"
            )
        )

        assert task.state == "finished"
        assert sorted(workshop.calls[:-1]) == ["a", "b", "c", "d"]
        assert workshop.calls[-1] == "e"

    def test_an_exclusive_gateway_inside_a_branch_may_have_a_converge_of_its_own(self, workshop):
        task = workshop.run(
            draw(
                "start > par ; par > xor ; xor > a [1 == 1] > join1 ; xor > b [else] > join1 ; join1 > c > join2 ; "
                "par > d > join2 ; join2 > end"
            )
        )

        assert task.state == "finished"
        assert sorted(workshop.calls) == ["a", "c", "d"]

    def test_an_exclusive_gateway_may_share_the_converge_of_the_parallel_one_around_it(self, workshop):
        task = workshop.run(
            draw(
                "start > par ; par > xor ; xor > a [1 == 2] > join ; xor > b [else] > join ; par > c > join ; join > end"
            )
        )

        assert task.state == "finished"
        assert sorted(workshop.calls) == ["b", "c"]

    def test_a_conditional_parallel_gateway_takes_every_true_branch(self, workshop):
        task = workshop.run(
            draw(
                "start > cpg ; cpg > a [1 == 1] > join ; cpg > b [1 == 2] > join ; cpg > c [2 == 2] > join ; join > end"
            )
        )

        assert task.state == "finished"
        assert sorted(workshop.calls) == ["a", "c"]

    def test_a_gateway_that_cannot_decide_fails_and_a_person_chooses(self, workshop):
        tree = draw("start > xor ; xor > a [1 == 2] > end ; xor > b [2 == 3] > end")
        task = workshop.run(tree)

        assert task.states()["xor"] == "failed"
        assert "no branch" in task.status().nodes[task.ids["xor"]].reason
        task.node("xor", "skip_exg", flows=["f2"])
        workshop.drive()
        assert workshop.calls == ["a"]
        assert task.state == "finished"

    def test_two_true_branches_of_an_exclusive_gateway_fail_it_unless_it_takes_the_first(self, workshop):
        drawing = "start > xor ; xor > a [1 == 1] > end ; xor > b [2 == 2] > end"

        strict = workshop.run(draw(drawing))
        first = workshop.run(draw(drawing, nodes={"xor": {"extra_info": {"strategy": "FIRST"}}}))

        assert strict.states()["xor"] == "failed"
        assert first.state == "finished"
        assert workshop.calls == ["a"]

    def test_a_loop_counts_its_passes_and_stops_at_its_condition(self, workshop):
        tree = draw(
            "start > a > xor ; xor > a [${n} < 3] ; xor > end [else]",
            constants={"${n}": output_of("${n}", "a", "out")},
        )
        workshop.recorder.plans["a"] = [Done({"out": i}) for i in (1, 2, 3)]
        task = workshop.run(tree)

        assert task.state == "finished"
        assert workshop.calls == ["a", "a", "a"]
        assert task.status().nodes[task.ids["a"]].loop == 3

    def test_a_loop_fails_at_its_rerun_limit(self, app):
        workshop = Workshop(rerun_limit=3)
        task = workshop.run(draw("start > a > xor ; xor > a [1 == 1] ; xor > end [else]"))

        assert workshop.calls == ["a"] * 4
        assert task.states()["a"] == "failed"
        assert "rerun limit" in task.status().nodes[task.ids["a"]].reason


class TestVariables:
    def test_a_lone_reference_keeps_its_type_and_others_are_text(self, workshop):
        tree = draw(
            "start > a > end",
            inputs={"a": {"value": ["${n}", "n=${n}", {"k": "${l}"}]}},
            constants={"${n}": {"value": 3}, "${l}": {"value": [1]}},
        )
        workshop.run(tree)

        assert workshop.recorder.calls[0][1]["value"] == [3, "n=3", {"k": [1]}]

    def test_the_time_of_a_task_is_its_beginning_for_all_of_its_nodes_and_whatever_is_tried_again(self, workshop):
        pattern = {"time_format": "%Y-%m-%d %H:%M"}
        tree = draw(
            "start > a > sub > b > end",
            inputs={"a": {"value": "${now}"}, "b": {"value": "${now} ${_system.task_start_time}"}},
            constants={"${now}": variable("${now}", custom_type="format_support_current_time", value=pattern)},
            pipelines={
                "sub": draw(
                    "start > c > end",
                    inputs={"c": {"value": "${day}"}},
                    constants={
                        "${day}": variable(
                            "${day}", custom_type="current_time", value={"time_zone": "America/New_York"}
                        )
                    },
                )
            },
        )
        workshop.recorder.plans["b"] = [Failed("not yet")]
        task = workshop.make(tree)
        workshop.pass_time(3600)
        workshop.pass_time(3600)
        task.node("b", "retry")
        workshop.drive()

        assert [inputs["value"] for _, inputs in workshop.recorder.calls] == [
            "2030-01-01 16:00", "2030-01-01 03:00:00", *["2030-01-01 16:00 2030-01-01 16:00:00"] * 2,
        ]  # fmt: skip

    def test_outputs_reach_later_nodes_and_the_task(self, workshop):
        tree = draw(
            "start > a > b > end",
            inputs={"a": {"value": 42}, "b": {"value": "${got}"}},
            constants={"${got}": output_of("${got}", "a", "out")},
            outputs=["${got}"],
        )
        task = workshop.run(tree)

        assert workshop.recorder.calls[1][1]["value"] == 42
        assert task.outputs() == {"${got}": 42}

    def test_the_system_values_name_the_task_and_who_runs_it(self, workshop):
        workshop.run(draw("start > a > end", inputs={"a": {"value": "${_system.task_name} by ${_system.executor}"}}))

        assert workshop.recorder.calls[0][1]["value"] == "test by system"

    def test_the_loop_number_is_counted_from_zero(self, workshop):
        tree = draw("start > a > end", inputs={"a": {"value": "${_loop}"}})
        workshop.run(tree)

        assert workshop.recorder.calls[0][1]["value"] == 0

    def test_an_unknown_reference_stays_as_it_is_written(self, workshop):
        workshop.run(draw("start > a > end", inputs={"a": {"value": "${nobody} ${HOME:-x}"}}))

        assert workshop.recorder.calls[0][1]["value"] == "${nobody} ${HOME:-x}"

    def test_a_circle_of_references_is_refused_with_its_path(self, workshop):
        tree = draw(
            "start > a > end",
            inputs={"a": {"value": "${x}"}},
            constants={"${x}": {"value": "${y}"}, "${y}": {"value": "${x}"}},
        )

        with pytest.raises(InvalidInput, match=r"\$\{x\} -> \$\{y\} -> \$\{x\}"):
            workshop.make(tree)

    def test_values_given_at_creation_take_the_place_of_the_defaults(self, workshop):
        tree = draw("start > a > end", inputs={"a": {"value": "${x}"}}, constants={"${x}": {"value": "old"}})
        workshop.run(tree, {"${x}": "new", "${unknown}": 1})

        assert workshop.recorder.calls[0][1]["value"] == "new"

    def test_a_password_never_shows(self, workshop):
        tree = draw(
            "start > a > end",
            inputs={"a": {"value": "login ${secret}"}},
            constants={"${secret}": {"value": "hunter22", "custom_type": "password"}},
        )
        task = workshop.run(tree)

        assert workshop.recorder.calls[0][1]["value"] == "login hunter22"
        attempt = task.detail("a").attempts[-1]
        assert "hunter22" not in str((attempt.inputs, attempt.outputs))


class TestSubprocesses:
    def tree(self, inner: str = "start > x > y > end", **options):
        child = draw(
            inner,
            inputs={"x": {"value": "${given}"}},
            constants={
                "${given}": {"value": "default", "show_type": "show"},
                "${made}": output_of("${made}", "x", "out"),
            },
            outputs=["${made}"],
        )
        return draw(
            "start > a > sub > b > end",
            pipelines={"sub": child},
            inputs={"b": {"value": "${result}"}},
            constants={"${p}": {"value": "hello"}, "${result}": output_of("${result}", "sub", "${made}")},
            nodes={"sub": {"constants": {"${given}": variable("${given}", value="${p}!", show_type="show")}}},
            **options,
        )

    def test_a_subprocess_takes_parameters_and_gives_outputs(self, workshop):
        task = workshop.run(self.tree())

        assert task.state == "finished"
        assert [value["value"] for name, value in workshop.recorder.calls if name in ("x", "b")] == ["hello!", "hello!"]

    def test_a_failed_inner_node_can_be_retried_from_outside(self, workshop):
        workshop.recorder.plans["x"] = [Failed("no")]
        task = workshop.run(self.tree())

        assert task.states()["x"] == "failed"
        task.node("x", "retry", inputs={"value": "again"})
        workshop.drive()
        assert task.outputs() == {}
        assert workshop.recorder.calls[-1][1]["value"] == "again"
        assert task.state == "finished"

    def test_pausing_a_subprocess_stops_only_its_own_nodes(self, workshop):
        workshop.recorder.plans["x"] = [Await()]
        task = workshop.run(self.tree())

        task.node("sub", "pause_subproc")
        task.node("x", "callback", body="done")
        workshop.drive()
        assert "y" not in workshop.calls
        task.node("sub", "resume_subproc")
        workshop.drive()
        assert task.state == "finished"

    def test_pausing_the_task_pauses_what_its_subprocess_would_begin(self, workshop):
        workshop.recorder.plans["x"] = [Await()]
        task = workshop.run(self.tree())

        task.operate("pause")
        task.node("x", "callback")
        workshop.drive()
        assert "y" not in workshop.calls
        task.operate("resume")
        workshop.drive()
        assert task.state == "finished"

    def test_revoking_the_task_revokes_its_subprocess(self, workshop):
        workshop.recorder.plans["x"] = [Await()]
        task = workshop.run(self.tree())

        task.operate("revoke")
        workshop.drive()
        assert task.state == "revoked"
        assert task.states()["x"] == "revoked"
        with pytest.raises(Refused):
            task.node("x", "callback")

    def test_a_subprocess_that_is_failed_by_force_can_be_retried_as_a_whole(self, workshop):
        workshop.recorder.plans["x"] = [Await()]
        task = workshop.run(self.tree())

        task.node("sub", "forced_fail")
        assert task.states()["sub"] == "failed"
        task.node("sub", "retry_subprocess")
        workshop.drive()
        assert workshop.calls == ["a", "x", "x", "y", "b"]
        assert task.state == "finished"


class TestFailures:
    def test_an_exception_becomes_a_failed_node_with_its_text(self, workshop):
        workshop.recorder.plans["a"] = [RuntimeError("boom")]
        task = workshop.run(draw("start > a > end"))

        assert task.status().nodes[task.ids["a"]].reason == "RuntimeError: boom"
        assert task.state == "running"

    def test_an_ignorable_failure_goes_on(self, workshop):
        workshop.recorder.plans["a"] = [Failed("never mind")]
        task = workshop.run(draw("start > a > b > end", nodes={"a": {"error_ignorable": True}}))

        assert task.state == "finished"
        detail = task.detail("a")
        assert detail.status.error_ignored
        assert detail.attempts[-1].outputs["_result"] is False

    def test_a_node_retries_by_itself_as_often_as_it_says(self, workshop):
        workshop.recorder.plans["a"] = [Failed("1"), Failed("2")]
        task = workshop.run(
            draw("start > a > end", nodes={"a": {"auto_retry": {"enable": True, "times": 2, "interval": 10}}})
        )

        assert task.states()["a"] == "retrying"
        workshop.pass_time(10)
        workshop.pass_time(10)
        assert workshop.calls == ["a", "a", "a"]
        assert task.state == "finished"
        assert [a.state for a in task.detail("a").attempts] == ["failed", "failed", "finished"]

    def test_a_retry_with_new_inputs_replaces_them_all(self, workshop):
        workshop.recorder.plans["a"] = [Failed("no")]
        task = workshop.run(draw("start > a > end", inputs={"a": {"value": "old", "do": 1}}))

        task.node("a", "retry", inputs={"value": "${_system.task_name}"})
        workshop.drive()
        assert workshop.recorder.calls[-1][1] == {"value": "test"}

    def test_a_skipped_node_is_finished_and_counted(self, workshop):
        workshop.recorder.plans["a"] = [Failed("no")]
        task = workshop.run(draw("start > a > b > end"))

        task.node("a", "skip")
        workshop.drive()
        assert task.state == "finished"
        assert task.states()["a"] == "skipped"

    def test_a_node_that_takes_too_long_fails(self, workshop):
        workshop.recorder.plans["a"] = [Await()]
        timeout = {"timeout_config": {"enable": True, "seconds": 30, "action": "forced_fail"}}
        task = workshop.run(draw("start > a > end", nodes={"a": timeout}))

        workshop.pass_time(31)
        assert task.states()["a"] == "failed"
        assert "timed out after 30 s" in task.status().nodes[task.ids["a"]].reason

    def test_a_node_that_takes_too_long_can_be_skipped_by_itself(self, workshop):
        workshop.recorder.plans["a"] = [Poll(timedelta(hours=1))]
        timeout = {"timeout_config": {"enable": True, "seconds": 30, "action": "forced_fail_and_skip"}}
        task = workshop.run(draw("start > a > b > end", nodes={"a": timeout}))

        workshop.pass_time(31)
        assert task.state == "finished"
        assert task.states()["a"] == "skipped"

    def test_a_node_that_is_set_so_can_be_neither_retried_nor_skipped(self, workshop):
        workshop.recorder.plans["a"] = [Failed("no")]
        task = workshop.run(draw("start > a > end", nodes={"a": {"skippable": False, "retryable": False}}))

        for action in ("retry", "skip"):
            with pytest.raises(Refused):
                task.node("a", action)
        assert task.states()["a"] == "failed"


class TestOrders:
    def test_a_paused_task_begins_nothing_and_what_runs_goes_on(self, workshop):
        workshop.recorder.plans["a"] = [Poll(timedelta(seconds=5))]
        task = workshop.run(draw("start > a > b > end"))

        task.operate("pause")
        workshop.pass_time(5)
        assert workshop.calls == ["a", "a"]
        assert task.state == "paused"
        task.operate("resume")
        workshop.drive()
        assert task.state == "finished"

    def test_a_task_that_is_paused_before_a_worker_came_does_not_begin(self, workshop):
        task = workshop.make(draw("start > a > end"))

        task.operate("pause")
        workshop.drive()
        assert workshop.calls == []
        task.operate("resume")
        workshop.drive()
        assert task.state == "finished"

    def test_a_revoked_task_runs_no_further_poll(self, workshop):
        workshop.recorder.plans["a"] = [Poll(timedelta(seconds=5))]
        task = workshop.run(draw("start > a > b > end"))

        task.operate("revoke")
        workshop.pass_time(60)
        assert workshop.calls == ["a"]
        assert task.state == "revoked"
        for action in ("pause", "resume", "revoke"):
            with pytest.raises(Refused):
                task.operate(action)

    def test_a_node_can_be_paused_before_it_is_reached(self, workshop):
        workshop.recorder.plans["a"] = [Await()]
        task = workshop.run(draw("start > a > b > end"))

        task.node("b", "pause")
        task.node("a", "callback")
        workshop.drive()
        assert task.states()["b"] == "paused"
        task.node("b", "resume")
        workshop.drive()
        assert task.state == "finished"

    def test_a_running_node_cannot_be_paused(self, workshop):
        workshop.recorder.plans["a"] = [Await()]
        task = workshop.run(draw("start > a > end"))

        with pytest.raises(Refused, match="not reached yet"):
            task.node("a", "pause")

    def test_a_node_that_is_failed_by_force_ignores_what_its_worker_still_reports(self, workshop):
        task_of = []

        def fail_meanwhile():
            task_of[0].node("a", "forced_fail")
            return Done({"out": "too late"})

        workshop.recorder.plans["a"] = [fail_meanwhile]
        task_of.append(workshop.make(draw("start > a > b > end")))
        workshop.drive()

        assert task_of[0].states() == {"start": "finished", "a": "failed"}
        assert workshop.calls == ["a"]

    def test_a_callback_that_comes_early_waits_for_the_node(self, workshop):
        workshop.recorder.plans["a"] = [Await()]
        workshop.recorder.plans["b"] = [Await()]
        task = workshop.run(draw("start > a > b > end"))

        task.node("b", "callback", body={"n": 1})
        task.node("a", "callback")
        workshop.drive()
        assert task.state == "finished"
        assert task.detail("b").attempts[-1].outputs["callback_data"] == {"n": 1}

    def test_a_callback_while_the_node_still_executes_is_kept(self, workshop):
        task_of = []

        def call_back_meanwhile():
            task_of[0].node("a", "callback", body="early")
            return Await()

        workshop.recorder.plans["a"] = [call_back_meanwhile]
        task_of.append(workshop.make(draw("start > a > end")))
        workshop.drive()

        assert task_of[0].state == "finished"

    def test_a_second_callback_is_refused_once_the_node_has_finished(self, workshop):
        workshop.recorder.plans["a"] = [Await()]
        workshop.recorder.plans["b"] = [Await()]
        task = workshop.run(draw("start > a > b > end"))

        task.node("a", "callback", body=1)
        workshop.drive()
        with pytest.raises(Refused, match="takes no callback"):
            task.node("a", "callback", body=2)

    def test_of_two_retries_one_is_refused(self, workshop):
        workshop.recorder.plans["a"] = [Failed("no")]
        task = workshop.run(draw("start > a > end"))

        task.node("a", "retry")
        with pytest.raises(Refused):
            task.node("a", "retry")
        workshop.drive()
        assert workshop.calls == ["a", "a"]

    def test_an_order_for_a_node_that_does_not_exist_is_refused(self, workshop):
        workshop.recorder.plans["a"] = [Await()]
        task = workshop.run(draw("start > a > end"))
        task.ids = {**task.ids, "ghost": "ghost"}

        with pytest.raises(NotFound):
            task.node("ghost", "retry")

    def test_a_task_starts_once(self, workshop):
        task = workshop.run(draw("start > a > end"))

        with pytest.raises(Refused):
            task.operate("start")


class TestLostWorkers:
    def test_a_lost_worker_leaves_a_node_that_may_not_run_twice_for_a_person(self, workshop):
        workshop.recorder.plans["a"] = [KeyboardInterrupt()]
        task = workshop.make(draw("start > a > end"))
        with pytest.raises(KeyboardInterrupt):
            workshop.drive()

        workshop.room = workshop.open_room()
        workshop.pass_time(16)
        assert task.states()["a"] == "failed"
        assert "outcome unknown" in task.status().nodes[task.ids["a"]].reason
        task.node("a", "retry")
        workshop.drive()
        assert task.state == "finished"

    def test_a_lost_worker_in_an_idempotent_plugin_is_replaced(self, workshop):
        task = workshop.make(flow("start > a > end", plugin="bk_display"))
        died = []

        def die(point):
            if point == "calling" and not died:
                died.append(point)
                raise KeyboardInterrupt

        workshop.fault = die
        with pytest.raises(KeyboardInterrupt):
            workshop.drive()
        workshop.room = workshop.open_room()
        workshop.pass_time(16)

        assert task.state == "finished"

    def test_no_more_than_one_of_two_workers_gets_a_node(self, workshop):
        task = workshop.make(draw("start > a > end"))
        second = workshop.open_room()

        def second_comes(point):
            if point == "calling":
                workshop.fault = lambda point: None
                second.driver.drive_due()

        workshop.fault = second_comes
        workshop.drive()
        assert workshop.calls == ["a"]
        assert task.state == "finished"


LOOP = draw(
    "start > a > par ; par > b > join ; par > c > join > xor ; xor > a [${passes} == 0] ; xor > d [else] > end",
    constants={"${passes}": output_of("${passes}", "b", "_loop")},
)
"""A loop that leads back to before its gateway once."""


class TestBeginning:
    @pytest.mark.parametrize(("at", "calls"), [("a", "abcd"), ("par", "bcd"), ("d", "d")])
    def test_a_run_may_begin_at_a_node_of_the_main_path(self, workshop, at, calls):
        tree = draw("start > a > par ; par > b > join ; par > c > join ; join > d > end")
        made = create_task_of_tree(SYSTEM, workshop.project, tree, Wish("test"))
        NAMES.update({new: old for old, new in made.ids.items()})

        start_task(SYSTEM, workshop.project, made.task_id, made.ids[at])
        workshop.drive()

        assert "".join(workshop.calls) == calls
        assert task_status(SYSTEM, workshop.project, made.task_id).state == "finished"

    def test_it_may_begin_inside_of_a_branch_as_if_the_gateway_had_chosen_that_alone(self, workshop):
        task = workshop.run(onward(LOOP, "b", ()))

        assert "".join(workshop.calls) == "babcd"
        assert task.state == "finished"

    def test_paused_before_it_begins_it_begins_there_all_the_same(self, workshop):
        task = workshop.make(onward(LOOP, "b", ()))
        for action in ("pause", "resume"):
            task.operate(action)
            workshop.drive()

        assert "".join(workshop.calls) == "babcd"
        assert task.state == "finished"

    def test_what_fails_there_is_retried_there(self, workshop):
        workshop.recorder.plans["b"] = [Failed("broken")]
        task = workshop.run(onward(LOOP, "b", ()))
        task.node("b", "retry")
        workshop.drive()

        assert "".join(workshop.calls) == "bbabcd"
        assert task.state == "finished"

    @pytest.mark.parametrize("at", ["b", "xor", "join", "end", "sub", "nowhere"])
    def test_elsewhere_it_is_refused_and_nothing_has_begun(self, workshop, at):
        tree = draw("start > a > par ; par > b > join ; par > xor ; xor > c [else] > join ; join > sub > end")
        made = create_task_of_tree(SYSTEM, workshop.project, tree, Wish("test"))

        with pytest.raises(InvalidInput) as refused:
            start_task(SYSTEM, workshop.project, made.task_id, made.ids.get(at, at))

        assert refused.value.problems[0].rule == "start_position"
        assert task_status(SYSTEM, workshop.project, made.task_id).state == "created"


def test_the_constants_of_the_project_are_seen_at_every_depth_as_they_were_at_the_start(workshop):
    set_region = partial(set_constant, SYSTEM, workshop.project, "region")
    set_region("north")
    inner = draw("start > deep > end", inputs={"deep": {"value": "${_env_region}"}})
    tree = draw("start > a > sub > end", inputs={"a": {"value": "in ${_env_region}"}}, pipelines={"sub": inner})
    workshop.recorder.plans["a"] = [lambda: (set_region("south"), Done())[1]]

    workshop.run(tree)

    assert [inputs["value"] for _, inputs in workshop.recorder.calls] == ["in north", "north"]


class TestInWhoseNameATaskRuns:
    """What `${_system.executor}` is; `${_system.operator}` is always who started the task."""

    def started_with(self, workshop, **details):
        tree = draw(
            "start > a > b > end", inputs={id_: {"value": "${_system.executor} for ${_system.operator}"} for id_ in "ab"},
            nodes={"b": {"executor_proxy": "night-shift"}},
        )  # fmt: skip
        template = create_template(SYSTEM, workshop.project, "Proxied", tree)
        change_details(SYSTEM, workshop.project, template.id, Details(**details))
        made = create_task(SYSTEM, workshop.project, template.id, Wish("test"))
        start_task(SYSTEM, workshop.project, made.task_id)
        workshop.drive()
        return [inputs["value"] for _, inputs in workshop.recorder.calls]

    def test_it_is_who_starts_it_when_nothing_is_said_and_a_node_may_say_so_for_itself(self, workshop):
        assert self.started_with(workshop) == ["system for system", "night-shift for system"]

    def test_the_flow_says_it_for_its_tasks(self, workshop):
        assert self.started_with(workshop, executor_proxy="deployer")[0] == "deployer for system"

    def test_the_project_says_it_for_flows_that_say_nothing(self, workshop):
        set_executor_proxy(SYSTEM, workshop.project, "everybody")

        assert self.started_with(workshop)[0] == "everybody for system"

    def test_the_flow_goes_before_the_project(self, workshop):
        set_executor_proxy(SYSTEM, workshop.project, "everybody")

        assert self.started_with(workshop, executor_proxy="deployer")[0] == "deployer for system"


class TestClaimsToldLate:
    """As on a host that is cut off while it claims, and learns of it later."""

    @pytest.fixture
    def tell_late(self, workshop):
        """Let a time pass between a first claim and its being told, and something happen at its end."""

        def tell_late(seconds: float, then=lambda: None) -> None:
            def at(point):
                if point == "claimed":
                    workshop.fault = lambda point: None
                    workshop.now += timedelta(seconds=seconds)
                    then()

            workshop.fault = at

        return tell_late

    def test_work_that_another_has_taken_over_is_not_begun_twice(self, workshop, tell_late, monkeypatch):
        monkeypatch.setattr(workshop.recorder, "is_idempotent", lambda inputs: True)
        tell_late(60, lambda: workshop.drive(workshop.open_room()))
        task = workshop.run(draw("start > a > end"))

        assert workshop.calls == ["a"]
        assert task.state == "finished"

    def test_work_that_a_person_was_asked_about_is_not_begun(self, workshop, tell_late):
        tell_late(60, lambda: workshop.drive(workshop.open_room()))
        task = workshop.run(draw("start > a > end"))

        assert workshop.calls == []
        assert "outcome unknown" in task.status().nodes[task.ids["a"]].reason

    def test_work_that_nobody_has_taken_over_is_begun(self, workshop, tell_late):
        tell_late(60)
        task = workshop.run(draw("start > a > end"))

        assert workshop.calls == ["a"]
        assert task.state == "finished"

    @pytest.mark.parametrize("seconds", [11, 14.9, 60])
    def test_a_lease_of_which_little_is_left_is_prolonged_before_the_work_begins(self, workshop, tell_late, seconds):
        def works_a_while():
            workshop.now += timedelta(seconds=10)
            workshop.drive(workshop.open_room())
            return Done()

        tell_late(seconds)
        workshop.recorder.plans["a"] = [works_a_while]
        task = workshop.run(draw("start > a > end"))

        assert workshop.calls == ["a"]
        assert task.state == "finished"
