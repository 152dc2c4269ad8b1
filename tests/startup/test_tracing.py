"""Traces: a request, the job that it causes and the plugins that the job calls are one; without a collector nothing is traced."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from flask import current_app
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode

from app import tracing
from app.engine import tracing as port
from app.engine.dispatch import RqDispatcher
from app.engine.plugins.base import PluginSettings
from app.engine.pool import Pool
from app.errors import InvalidInput
from app.services import engine as engine_binding
from app.services.access import SYSTEM
from app.services.notices import Watcher, deliver_due
from app.services.tasks import Wish, create_task_of_tree, start_task
from jobs import entry
from jobs.worker import NudgeWorker
from tests.drawing import flow
from tests.engine.workshop import Workshop
from tests.valkey import valkey_server

THEIRS = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


@pytest.fixture
def spans():
    """What is traced while a test lasts: `spans()` returns it, oldest first."""
    kept = InMemorySpanExporter()
    port.bind(tracing.OpenTelemetry("test", SimpleSpanProcessor(kept)))
    yield lambda: sorted(kept.get_finished_spans(), key=lambda span: span.start_time)
    port.bind(port.Tracing())


def named(spans: list[ReadableSpan], name: str) -> list[ReadableSpan]:
    return [span for span in spans if span.name == name]


@pytest.fixture(autouse=True)
def _workers_take_no_signals():
    """A worker listens to signals; the process of the tests goes on without it."""
    kept = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    yield
    for number, handler in kept.items():
        signal.signal(number, handler)


@pytest.fixture
def workshop(make_app, sqlite_url):
    with make_app(sqlite_url).app_context():
        yield Workshop()


def test_a_request_its_job_and_its_plugins_are_one_trace(workshop, spans):
    app = current_app._get_current_object()
    made = create_task_of_tree(SYSTEM, workshop.project, flow("start > a > b > end"), Wish("traced"))

    @app.get("/start")
    def start():
        start_task(SYSTEM, workshop.project, made.task_id)
        return "started"

    with valkey_server() as valkey:
        redis = valkey.client
        bound = engine_binding.bound()
        engine_binding.bind(engine_binding.Engine(bound.loader, RqDispatcher(redis), bound.clock))
        app.test_client().get("/start", headers={"traceparent": THEIRS, "X-Request-Id": "r1"})
        entry.serve(workshop.room, workshop.dispatcher)
        NudgeWorker(["sluice"], connection=redis).work(burst=True, logging_level="WARNING")

    (request,), (drive,) = named(spans(), "GET /start"), named(spans(), "drive")
    a, b = named(spans(), "plugin bk_display")
    assert format(request.context.trace_id, "032x") == THEIRS.split("-")[1]
    assert {span.context.trace_id for span in (drive, a, b)} == {request.context.trace_id}
    assert (request.kind, drive.kind) == (SpanKind.SERVER, SpanKind.CONSUMER)
    assert drive.parent.span_id == request.context.span_id
    assert a.parent.span_id == b.parent.span_id == drive.context.span_id
    assert request.attributes["http.response.status_code"] == 200
    assert request.attributes["sluice.request"] == "r1"
    assert (a.attributes["sluice.task"], a.attributes["sluice.outcome"]) == (made.task_id, "done")


def test_a_plugin_that_works_in_a_thread_belongs_to_its_job(workshop, spans):
    driver = workshop.room.driver
    driver._claims.pool = Pool(2)
    task = workshop.make(
        flow("start > a > end", plugin="bk_http_request", inputs={"a": {"bk_http_request_url": "http://127.0.0.1:1/"}})
    )
    root_id = workshop.dispatcher.nudged.pop()
    with port.bound().drive(root_id, {}):
        driver.drive(root_id)
        driver._claims.pool.wait(10)

    (drive,), (call,) = named(spans(), "drive"), named(spans(), "plugin bk_http_request")
    assert call.parent.span_id == drive.context.span_id
    assert call.status.status_code is StatusCode.ERROR
    assert call.attributes["sluice.task"] == task.task_id


def test_what_a_job_drives_besides_its_own_task_is_a_trace_of_its_own(workshop, spans):
    mine = workshop.make(flow("start > a > end"))
    workshop.make(flow("start > b > end"))
    root_id = workshop.dispatcher.nudged[0]
    with port.bound().drive(root_id, {}):
        workshop.room.driver.drive(root_id)

    (drive,) = named(spans(), "drive")
    own, other = named(spans(), "plugin bk_display")
    assert own.attributes["sluice.task"] == mine.task_id
    assert own.context.trace_id == drive.context.trace_id != other.context.trace_id


class Other(BaseHTTPRequestHandler):
    """Another system that is called; it keeps which trace each call says that it belongs to."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.told.append(self.headers.get_all("traceparent"))
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    do_GET = do_POST

    def log_message(self, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def other() -> Iterator[ThreadingHTTPServer]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Other) as server:
        server.told, server.url = [], f"http://127.0.0.1:{server.server_address[1]}/"
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def call_of(other: ThreadingHTTPServer, **headers: str) -> dict:
    """A flow of one node that calls the other system."""
    rows = [{"name": name, "value": value} for name, value in headers.items()]
    inputs = {"bk_http_request_method": "GET", "bk_http_request_url": other.url, "bk_http_request_header": rows}
    data = {key: {"hook": False, "value": value} for key, value in inputs.items()}
    return flow(
        "start > a > end", nodes={"a": {"component": {"code": "bk_http_request", "version": "v1.0", "data": data}}}
    )


def run_watched(workshop: Workshop, url: str) -> int:
    """Run a task of which another system is told, and have it told; returns its id."""
    watchers = (Watcher(("task_finished",), "webhook", url),)
    made = create_task_of_tree(SYSTEM, workshop.project, flow("start > a > end"), Wish("watched", watchers=watchers))
    start_task(SYSTEM, workshop.project, made.task_id)
    workshop.drive()
    deliver_due(PluginSettings())
    return made.task_id


def parent_of(span: ReadableSpan) -> list[str]:
    """The header that says that something is a part of this span."""
    return [f"00-{span.context.trace_id:032x}-{span.context.span_id:016x}-{span.context.trace_flags:02x}"]


def test_a_request_of_a_flow_goes_on_with_the_trace_of_its_node(workshop, spans, other):
    workshop.run(call_of(other))

    (call,) = named(spans(), "plugin bk_http_request")
    assert other.told == [parent_of(call)]


def test_a_flow_that_sets_a_trace_itself_keeps_it(workshop, spans, other):
    workshop.run(call_of(other, Traceparent=THEIRS))

    assert other.told == [[THEIRS]]


def test_a_webhook_tells_the_trace_of_its_delivery(workshop, spans, other):
    task_id = run_watched(workshop, other.url)

    (delivery,) = named(spans(), "notice webhook")
    assert other.told == [parent_of(delivery)]
    assert delivery.attributes["sluice.task"] == str(task_id)


def test_without_a_collector_requests_and_webhooks_tell_no_trace(workshop, other):
    workshop.run(call_of(other))
    run_watched(workshop, other.url)

    assert other.told == [None, None]


def test_without_a_collector_nudges_carry_nothing():
    assert port.bound().carrier() == {}
    tracing.set_up("", "web")
    assert type(port.bound()) is port.Tracing


def test_a_collector_without_the_packages_is_told(monkeypatch):
    monkeypatch.setitem(sys.modules, "opentelemetry.exporter.otlp.proto.http.trace_exporter", None)

    with pytest.raises(InvalidInput, match=r"pip install -r requirements-otel\.txt"):
        tracing.set_up("http://127.0.0.1:4318/v1/traces", "web")
