"""`/metrics`: what the processes have measured, and who may read it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from app.engine.meter import NoMeter
from app.metering import PrometheusMeter
from tests.drawing import flow
from tests.engine.workshop import Workshop

ROOT = Path(__file__).parent.parent.parent


def read(answer) -> dict[tuple[str, ...], float]:
    """The samples of an answer: {(name, values of the labels in the order of their names…): number}."""
    assert answer.status_code == 200
    families = text_string_to_metric_families(answer.text)
    return {(s.name, *s.labels.values()): s.value for family in families for s in family.samples}


@pytest.fixture
def client(make_app, sqlite_url):
    return make_app(sqlite_url).test_client()


def test_the_work_of_an_installation_is_told_in_numbers(app):
    workshop = Workshop()
    workshop.run(flow("start > a > end", plugin="pause_node"))

    told = read(app.test_client().get("/metrics"))
    assert told["sluice_parked", "person"] == 1
    assert told["sluice_parked", "ready"] == 0
    assert told["sluice_stuck",] == told["sluice_overdue",] == 0
    assert told["sluice_up", "database"] == 1
    assert ("sluice_queue_jobs",) in told


def test_calls_of_plugins_and_bursts_are_measured(client):
    before = read(client.get("/metrics"))
    meter = PrometheusMeter()
    meter.called("bk_display", "done", 0.02)
    meter.drove(12)

    after = read(client.get("/metrics"))

    def grew(*name: str) -> float:
        return after.get(name, 0) - before.get(name, 0)

    assert grew("sluice_plugin_call_seconds_count", "done", "bk_display") == 1
    assert grew("sluice_burst_nodes_sum") == 12


def test_a_driver_tells_its_meter_what_it_does(app):
    told = []

    class Told(NoMeter):
        def called(self, plugin, outcome, seconds):
            told.append((plugin, outcome, seconds >= 0))

        def drove(self, nodes):
            told.append(nodes)

    workshop = Workshop()
    object.__setattr__(workshop.room.driver._habits, "meter", Told())
    workshop.run(flow("start > a > b > end", plugin="bk_display"))
    assert told == [("bk_display", "done", True), ("bk_display", "done", True), 2]


def test_answers_are_measured_by_part_and_kind_of_status(client):
    client.get("/login")
    client.get("/nowhere")

    told = read(client.get("/metrics"))
    assert told["sluice_http_seconds_count", "GET", "session", "2xx"] >= 1
    assert told["sluice_http_seconds_count", "GET", "none", "4xx"] >= 1


@pytest.mark.parametrize(
    "asked",
    [
        {"environ_base": {"REMOTE_ADDR": "10.1.2.3"}},
        {"headers": {"X-Forwarded-For": "127.0.0.1"}},
        {"headers": {"Via": "1.1 proxy"}},
    ],
)
def test_without_a_token_only_this_machine_may_read_them(client, asked):
    assert client.get("/metrics").status_code == 200
    assert client.get("/metrics", **asked).status_code == 404


def test_with_a_token_whoever_knows_it_may(make_app, sqlite_url):
    client = make_app(sqlite_url, SLUICE_METRICS_TOKEN="let me see").test_client()

    assert client.get("/metrics").status_code == 404
    assert client.get("/metrics", headers={"Authorization": "Bearer wrong"}).status_code == 404
    far = {"environ_base": {"REMOTE_ADDR": "10.1.2.3"}, "headers": {"Authorization": "Bearer let me see"}}
    assert client.get("/metrics", **far).status_code == 200


def test_the_dashboard_asks_for_nothing_that_is_not_told(app):
    dashboard = json.loads((ROOT / "docs" / "files" / "grafana.json").read_text())
    asked = {
        name for panel in dashboard["panels"] for t in panel["targets"] for name in re.findall(r"sluice_\w+", t["expr"])
    }

    PrometheusMeter().called("bk_display", "done", 0.1)
    client = app.test_client()
    client.get("/login")
    told = {name for name, *_ in read(client.get("/metrics"))}
    assert {re.sub(r"_(bucket|count|sum)$", "", name) for name in asked} <= {
        re.sub(r"_(bucket|count|sum)$", "", n) for n in told
    }
