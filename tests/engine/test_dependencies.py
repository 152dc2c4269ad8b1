"""Dependency graphs on a real database: steps that wait for one another, with trigger rules, loops and switches."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.engine.plugins.base import Await, Done, Failed, Poll
from app.errors import InvalidInput, Refused
from app.services.access import SYSTEM
from app.services.nodes import NodeOrder, operate_node
from tests.drawing import dependencies, variable
from tests.engine.workshop import NAMES, Workshop


@pytest.fixture
def workshop(app) -> Workshop:
    return Workshop()


@pytest.fixture(autouse=True)
def _recorder_is_known(monkeypatch):
    from app.services import tasks

    known = {*tasks.known_plugins(), ("recorder", "legacy")}
    monkeypatch.setattr(tasks, "known_plugins", lambda: known)


def draw(drawing: str, **options):
    return dependencies(drawing, plugin="recorder", **options)


def inputs_of(workshop: Workshop, name: str) -> list:
    return [inputs.get("value") for called, inputs in workshop.recorder.calls if called == name]


class TestWaiting:
    def test_a_step_waits_for_all_that_lead_to_it(self, workshop):
        workshop.recorder.plans["b"] = [Await()]
        task = workshop.run(draw("a > b > d ; a > c > d"))

        assert workshop.calls == ["a", "b", "c"]
        task.node("b", "callback")
        workshop.drive()
        assert workshop.calls == ["a", "b", "c", "d"]
        assert task.state == "finished"

    def test_no_more_steps_work_at_once_than_may(self, workshop):
        workshop.recorder.plans |= {name: [Await()] for name in "abcd"}
        task = workshop.run(draw("a ; b ; c ; d", parallelism=2))

        assert workshop.calls == ["a", "b"]
        task.node("b", "callback")
        workshop.drive()
        assert workshop.calls == ["a", "b", "c"]

    def test_of_steps_that_wait_for_room_the_one_of_higher_priority_begins(self, workshop):
        task = workshop.run(draw("a ; b ; c", parallelism=1, steps={"c": {"priority": 5}, "b": {"priority": 1}}))

        assert workshop.calls == ["a", "c", "b"]
        assert task.state == "finished"

    def test_a_delay_is_waited_for_before_a_step_begins(self, workshop):
        task = workshop.run(draw("a > b", steps={"b": {"delay_ms": 30_000}}))

        assert task.states() == {"start": "finished", "a": "finished", "b": "waiting_timer"}
        workshop.pass_time(29)
        assert workshop.calls == ["a"]
        workshop.pass_time(1)
        assert workshop.calls == ["a", "b"]

    def test_a_manual_step_waits_for_a_person(self, workshop):
        task = workshop.run(draw("a > b", steps={"b": {"manual": True}}))

        assert workshop.calls == ["a"]
        assert task.states()["b"] == "paused"
        task.node("b", "resume")
        workshop.drive()
        assert task.state == "finished"


class TestFailure:
    def test_what_waits_for_a_failed_step_fails_with_it_and_the_rest_goes_on(self, workshop):
        workshop.recorder.plans["a"] = [Failed("broken")]
        task = workshop.run(draw("a > b > c ; x > y"))

        assert workshop.calls == ["a", "x", "y"]
        assert task.states() == {
            "start": "finished", "a": "failed", "b": "upstream_failed", "c": "upstream_failed", "x": "finished",
            "y": "finished", "end": "finished",
        }  # fmt: skip
        assert task.state == "failed"

    def test_a_step_tries_again_by_itself(self, workshop):
        workshop.recorder.plans["a"] = [Failed("once"), Failed("twice")]
        task = workshop.run(draw("a > b", steps={"a": {"retries": 2, "retry_after_ms": 10_000}}))

        assert workshop.calls == ["a"]
        assert task.states()["a"] == "retrying"
        workshop.pass_time(10)
        workshop.pass_time(10)
        assert workshop.calls == ["a", "a", "a", "b"]
        assert task.state == "finished"

    def test_an_attempt_that_takes_too_long_is_tried_again(self, workshop):
        workshop.recorder.plans["a"] = [Await(), Await()]
        task = workshop.run(draw("a > b", steps={"a": {"retries": 1, "timeout_ms": 5_000, "retry_after_ms": 1_000}}))

        workshop.pass_time(5)
        assert task.states()["a"] == "retrying"
        workshop.pass_time(1)
        assert workshop.calls == ["a", "a"]
        workshop.pass_time(5)
        assert task.state == "failed"
        assert task.detail("a").attempts[-1].reason == "timed out after 5 s"

    def test_a_failure_pauses_the_run_where_the_step_says_so(self, workshop):
        workshop.recorder.plans["a"] = [Failed("broken")]
        task = workshop.run(draw("a > b ; c > d", steps={"a": {"pause_on_failure": True}}))

        assert task.state == "paused"
        task.node("a", "retry", inputs={"value": 2})
        task.operate("resume")
        workshop.drive()
        assert task.state == "finished"
        assert inputs_of(workshop, "a")[-1] == 2

    def test_a_paused_run_that_is_resumed_goes_on_with_the_failure(self, workshop):
        workshop.recorder.plans["a"] = [Failed("broken")]
        task = workshop.run(draw("a > b", steps={"a": {"pause_on_failure": True}}))

        task.operate("resume")
        workshop.drive()
        assert task.states()["b"] == "upstream_failed"
        assert task.state == "failed"

    def test_a_failed_run_is_opened_again_by_a_retry_of_its_failed_step(self, workshop):
        workshop.recorder.plans["a"] = [Failed("broken")]
        task = workshop.run(draw("a > c ; b > c > d ; b > e"))
        assert task.state == "failed"

        task.node("a", "retry")
        assert task.state == "running"
        workshop.drive()
        assert task.state == "finished"
        assert workshop.calls.count("b") == workshop.calls.count("e") == 1
        assert workshop.calls[-3:] == ["a", "c", "d"]

    def test_a_failed_step_may_be_skipped_afterwards(self, workshop):
        workshop.recorder.plans["a"] = [Failed("broken")]
        task = workshop.run(draw("a > b"))

        task.node("a", "skip")
        workshop.drive()
        assert task.states()["a"] == "skipped"
        assert task.state == "finished"

    def test_a_run_that_another_step_has_failed_too_fails_again(self, workshop):
        workshop.recorder.plans |= {"a": [Failed("broken")], "x": [Failed("broken too")]}
        task = workshop.run(draw("a > b ; x"))

        task.node("a", "retry")
        workshop.drive()
        assert task.states()["b"] == "finished"
        assert task.state == "failed"
        task.node("x", "retry")
        workshop.drive()
        assert task.state == "finished"

    def test_a_step_that_has_finished_is_not_retried(self, workshop):
        workshop.recorder.plans["a"] = [Failed("broken")]
        task = workshop.run(draw("a ; b"))

        with pytest.raises(Refused, match="is finished; you can retry a failed node only"):
            task.node("b", "retry")

    def test_a_run_that_is_revoked_ends_for_ever(self, workshop):
        workshop.recorder.plans["a"] = [Await()]
        task = workshop.run(draw("a > b ; c"))

        task.operate("revoke")
        workshop.drive()
        assert task.state == "revoked"
        assert workshop.calls == ["a", "c"]


class TestRules:
    @pytest.mark.parametrize(
        ("rule", "failed", "expected"),
        [
            ("all_success", "", "finished"), ("all_success", "a", "upstream_failed"),
            ("one_success", "a", "finished"), ("one_success", "ab", "upstream_failed"),
            ("all_failed", "a", "skipped"), ("all_failed", "ab", "finished"),
            ("one_failed", "", "skipped"), ("one_failed", "b", "finished"),
            ("always", "ab", "finished"),
        ],
    )  # fmt: skip
    def test_a_rule_decides_by_what_has_become_of_the_steps_before(self, workshop, rule, failed, expected):
        workshop.recorder.plans |= {name: [Failed("broken")] for name in failed}
        task = workshop.run(draw("a > c ; b > c", steps={"c": {"rule": rule}}))

        assert task.states()["c"] == expected

    def test_a_condition_that_does_not_hold_skips_the_step(self, workshop):
        steps = {"b": {"condition": {"Fn::Equals": [{"Ref": "n"}, 2]}}}
        tree = draw("a > b > c", steps=steps, constants={"${n}": variable("${n}", value=1)})
        task = workshop.run(tree)

        assert task.states()["b"] == "skipped"
        assert task.states()["c"] == "skipped"
        assert task.state == "finished"

    def test_a_switch_chooses_the_step_that_goes_on(self, workshop):
        steps = {
            "s": {"switch": {"cases": [{"case": {"Fn::Equals": [{"Ref": "out"}, 1]}, "next": "b"}], "default": "c"}},
        }
        tree = draw("a > s > b > d ; s > c > d", steps=steps, inputs={"a": {"value": 1}})
        task = workshop.run(tree)

        assert workshop.calls == ["a", "b", "d"]
        assert task.states()["c"] == "skipped"
        assert task.state == "finished"


class TestValues:
    def test_a_step_sees_what_the_nearest_step_above_it_has_made(self, workshop):
        inputs = {"a": {"value": 1}, "b": {"value": 2}, "x": {"value": 3}, "c": {"value": {"Ref": "out"}}}
        workshop.run(draw("a > b > c ; x", inputs=inputs))

        assert inputs_of(workshop, "c") == [2]

    def test_a_name_that_nobody_above_has_made_is_a_variable(self, workshop):
        inputs = {"x": {"value": 3}, "c": {"value": {"Ref": "out"}}, "d": {"value": {"Ref": "nothing"}}}
        tree = draw("c ; x ; d", inputs=inputs, constants={"${out}": variable("${out}", value="global")})
        workshop.run(tree)

        assert inputs_of(workshop, "c") == ["global"]
        assert inputs_of(workshop, "d") == [{"Ref": "nothing"}]

    def test_a_steps_own_context_goes_before_all(self, workshop):
        inputs = {"a": {"value": 1}, "b": {"value": {"Ref": "out"}}}
        workshop.run(draw("a > b", inputs=inputs, steps={"b": {"context": {"out": "own"}}}))

        assert inputs_of(workshop, "b") == ["own"]


class TestLoops:
    def loop(self, workshop, count: int, step: dict, drawing: str = "a > b", plan: list | None = None, **options):
        tree = draw(drawing, steps={"a": {"each": [{"value": n} for n in range(count)], **step}}, **options)
        task = workshop.make(tree)
        NAMES[f"{task.ids['a']}_each"] = "a"
        workshop.recorder.plans["a"] = plan or []
        workshop.drive()
        return task

    def test_a_step_works_once_for_each_element_one_after_the_other(self, workshop):
        task = self.loop(workshop, 3, {}, inputs={"b": {"value": {"Ref": "out"}}})

        assert inputs_of(workshop, "a") == [0, 1, 2]
        assert inputs_of(workshop, "b") == [[0, 1, 2]]
        assert task.state == "finished"

    def test_as_many_elements_work_at_once_as_may(self, workshop):
        self.loop(workshop, 10, {"each_parallelism": {"ratio": 0.4}}, plan=[Await() for _ in range(10)])

        assert workshop.calls == ["a"] * 4

    def test_more_failures_than_are_allowed_fail_the_step(self, workshop):
        plan = [Failed("broken"), Done({"out": 1}), Failed("broken too"), Done({"out": 3})]
        task = self.loop(workshop, 4, {"allowed_failures": {"count": 1}}, plan=plan)

        assert workshop.calls == ["a", "a", "a"]
        assert task.status().nodes[task.ids["a"]].state == "failed"
        assert "2 of 4 elements failed; element 0: a: broken" in task.detail("a").attempts[-1].reason
        assert task.state == "failed"

    def test_as_many_failures_as_are_allowed_do_not(self, workshop):
        task = self.loop(workshop, 3, {"allowed_failures": {"count": 1}}, plan=[Failed("broken")])

        assert workshop.calls == ["a", "a", "a", "b"]
        assert task.state == "finished"

    def test_each_element_tries_for_itself(self, workshop):
        task = self.loop(workshop, 2, {"retries": 1}, plan=[Failed("once"), Done(), Done()])

        assert workshop.calls == ["a", "a", "a", "b"]
        assert task.state == "finished"

    def test_a_loop_over_nothing_has_finished(self, workshop):
        task = self.loop(workshop, 0, {})

        assert workshop.calls == ["b"]
        assert task.state == "finished"

    def test_a_paused_run_begins_no_further_element(self, workshop):
        task = self.loop(workshop, 3, {}, plan=[Await()])

        task.operate("pause")
        task.workshop.recorder.plans["a"] = []
        task.operate("resume")
        workshop.drive()
        assert workshop.calls == ["a"]
        task.operate("revoke")
        assert task.state == "revoked"

    def test_a_callback_is_for_the_first_element_that_waits(self, workshop):
        task = self.loop(workshop, 3, {"each_parallelism": {"count": 3}}, plan=[Await(), Await(), Await()])

        for _ in range(3):
            order = NodeOrder(f"{task.ids['a']}_each", "callback")
            operate_node(SYSTEM, workshop.project, task.task_id, order)
            workshop.drive()
        assert workshop.calls == ["a", "a", "a", "b"]
        assert task.state == "finished"

    def test_a_timed_out_loop_ends_its_elements(self, workshop):
        task = self.loop(workshop, 2, {"timeout_ms": 3_000}, plan=[Await(), Await()])

        workshop.pass_time(3)
        workshop.pass_time(3)
        assert task.state == "failed"


class TestNesting:
    def test_a_flow_in_a_step_is_given_its_values_and_hands_out_its_outputs(self, workshop):
        inner = draw("x", inputs={"x": {"value": {"Ref": "n"}}}, constants={"${n}": variable("${n}", value=0)})
        tree = draw("a > sub > b", pipelines={"sub": inner}, inputs={"a": {"value": 7}})
        tree["activities"]["sub"]["constants"] = {"${n}": variable("${n}", value={"Ref": "out"})}
        task = workshop.run(tree)

        assert inputs_of(workshop, "x") == [7]
        assert task.state == "finished"

    def test_a_flow_that_fails_in_a_step_fails_the_step(self, workshop):
        workshop.recorder.plans["x"] = [Failed("broken")]
        task = workshop.run(draw("sub > b", pipelines={"sub": draw("x")}))

        assert task.states()["sub"] == "failed"
        assert task.detail("sub").attempts[-1].reason == "x: broken"
        assert task.state == "failed"

    def test_a_nested_flow_is_tried_again_after_its_interval(self, workshop):
        workshop.recorder.plans["x"] = [Failed("broken")]
        steps = {"sub": {"retries": 1, "retry_after_ms": 2_000}}
        task = workshop.run(draw("sub > b", pipelines={"sub": draw("x")}, steps=steps))

        workshop.pass_time(2)
        assert workshop.calls == ["x", "x", "b"]
        assert task.state == "finished"


@pytest.mark.parametrize("language", ["", "functions", "names"])
def test_an_input_that_was_made_a_variable_has_its_value_in_each_language(workshop, language):
    made = {"component": {"code": "recorder", "data": {"value": {"hook": True, "value": "${x}"}}}}
    constants = {"${x}": variable("${x}", value="said")}
    task = workshop.run(draw("a", language=language, constants=constants, nodes={"a": made}))

    assert task.state == "finished"
    assert [inputs.get("value") for _, inputs in workshop.recorder.calls] == ["said"]


class TestWhatIsRefused:
    @pytest.mark.parametrize(
        ("tree", "rule"),
        [
            (draw("a > b ; b > c ; c > b ; c > d"), "cycle"),
            (draw("a > par"), "gateway"),
            (draw("a", steps={"a": {"rule": "sometimes"}}), "step"),
            (draw("a", steps={"a": {"each_parallelism": {"ratio": 0.5, "count": 2}}}), "step"),
            (draw("a > b", steps={"a": {"switch": {"cases": [], "default": "zz"}}}), "switch"),
            (draw("a") | {"language": "python"}, "language"),
        ],
    )  # fmt: skip
    def test_a_graph_that_cannot_run_is_refused_with_the_reason(self, workshop, tree, rule):
        with pytest.raises(InvalidInput) as refused:
            workshop.make(tree)
        assert rule in {problem.rule for problem in refused.value.problems}


class TestCrashes:
    def test_a_worker_that_dies_at_any_point_leaves_a_run_that_ends(self, workshop):
        for point in ("claimed", "calling", "called", "deciding", "decided", "nudged"):
            workshop.recorder.plans = {"b": [Poll(timedelta(seconds=1)), Done()]}
            task = workshop.make(draw("a > b > d ; a > c > d"))
            died = []

            def die(at: str, wanted: str = point, died: list = died) -> None:
                if at == wanted and not died:
                    died.append(at)
                    raise SystemExit

            workshop.fault = die
            for _ in range(3):
                try:
                    workshop.drive()
                except SystemExit:
                    workshop.room = workshop.open_room()
                    workshop.now += timedelta(seconds=60)
            workshop.pass_time(60)
            assert task.state in ("finished", "failed")
            assert died
