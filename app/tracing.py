"""Traces for OpenTelemetry: a request, the job that it causes, and the plugins that the job calls, as one trace.

The packages are an option (`requirements-otel.txt`): they are imported where SLUICE_OTEL_URL is set.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextvars import ContextVar, Token
from types import TracebackType
from typing import Any, Self

from app.engine import tracing as port
from app.errors import InvalidInput, Problem

_DRIVEN: ContextVar[int] = ContextVar("driven", default=0)
"""The root run that the job of this thread was sent for; what else it drives is no part of its trace."""


def set_up(url: str, service: str) -> None:
    """Send the spans of this process to a collector; nothing is done without an address.

    Raises InvalidInput where the packages are not installed.
    """
    if not url:
        return
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: PLC0415
        from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415
    except ImportError as error:
        text = f"SLUICE_OTEL_URL needs packages that are not installed ({error.name}): pip install -r requirements-otel.txt"
        raise InvalidInput(Problem("setting", text, "SLUICE_OTEL_URL")) from error
    port.bind(OpenTelemetry(service, BatchSpanProcessor(OTLPSpanExporter(endpoint=url))))


class OpenTelemetry(port.Tracing):
    """Makes spans of what the engine and the web server tell, and hands them to a processor of OpenTelemetry's."""

    def __init__(self, service: str, processor: Any) -> None:
        from opentelemetry.sdk.resources import Resource  # noqa: PLC0415
        from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415
        from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator  # noqa: PLC0415

        provider = TracerProvider(resource=Resource.create({"service.name": f"sluice-{service}"}))
        provider.add_span_processor(processor)
        self._tracer = provider.get_tracer("sluice")
        self._letters = TraceContextTextMapPropagator()

    def carrier(self) -> Mapping[str, str]:
        """Return the current span in the form of the W3C."""
        written: dict[str, str] = {}
        self._letters.inject(written)
        return written

    def request(self, name: str, carrier: Mapping[str, str], facts: Mapping[str, str]) -> port.Span:
        """Begin the answer to a request, which may go on with a trace of the caller's."""
        from opentelemetry.trace import SpanKind  # noqa: PLC0415

        return self._begin(name, self._letters.extract(carrier), facts, kind=SpanKind.SERVER)

    def drive(self, root_id: int, carrier: Mapping[str, str]) -> port.Span:
        """Begin a job, which goes on with the trace of whoever nudged for it."""
        from opentelemetry.trace import SpanKind  # noqa: PLC0415

        driven = _DRIVEN.set(root_id)
        facts = {"sluice.run": root_id}
        return self._begin(
            "drive", self._letters.extract(carrier), facts, kind=SpanKind.CONSUMER, at_end=lambda: _DRIVEN.reset(driven)
        )

    def call(self, root_id: int, plugin: str, attempt: port.Called) -> port.Span:
        """Begin the call of a plugin: a part of the job's trace where the job was sent for this task, else of its own."""
        from opentelemetry.context import Context  # noqa: PLC0415

        system = attempt.system
        facts = {
            "sluice.plugin": plugin, "sluice.run": attempt.run_id, "sluice.node": attempt.node_id,
            "sluice.loop": attempt.loop, "sluice.attempt": attempt.number, "sluice.task": system["task_id"],
            "sluice.project": system["project_id"],
        }  # fmt: skip
        return self._begin(f"plugin {plugin}", None if _DRIVEN.get() == root_id else Context(), facts)

    def deliver(self, channel: str, facts: Mapping[str, str]) -> port.Span:
        """Begin one try to deliver a notice: a trace of its own, since it may come days after what it tells of."""
        from opentelemetry.context import Context  # noqa: PLC0415
        from opentelemetry.trace import SpanKind  # noqa: PLC0415

        return self._begin(f"notice {channel}", Context(), facts, kind=SpanKind.CLIENT)

    def _begin(self, name: str, context: Any, facts: Mapping[str, Any], **more: Any) -> _Span:
        at_end: Callable[[], None] = more.pop("at_end", lambda: None)
        return _Span(self._tracer.start_span(name, context, attributes=dict(facts), **more), at_end)


class _Span(port.Span):
    """A span that is the current one of its thread while its context lasts."""

    def __init__(self, span: Any, at_end: Callable[[], None]) -> None:
        self._span, self._at_end = span, at_end
        self._before: Token[Any] | None = None

    def __enter__(self) -> Self:
        from opentelemetry import context, trace  # noqa: PLC0415

        self._before = context.attach(trace.set_span_in_context(self._span))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        from opentelemetry import context  # noqa: PLC0415

        if kind is not None:
            self._fail()
        assert self._before is not None, "a context is entered before it is left"
        context.detach(self._before)
        self._span.end()
        self._at_end()

    def came_to(self, outcome: str | int) -> None:
        """Keep what came of it; a node that has failed is an error, and an answer that is our fault."""
        self._span.set_attribute("http.response.status_code" if isinstance(outcome, int) else "sluice.outcome", outcome)
        if outcome == "failed" or (isinstance(outcome, int) and outcome >= 500):
            self._fail()

    def _fail(self) -> None:
        from opentelemetry.trace import StatusCode  # noqa: PLC0415

        self._span.set_status(StatusCode.ERROR)
