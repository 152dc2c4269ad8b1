"""Measurements for Prometheus: of plugins and bursts in workers, of answers in the web server.

Several processes of one installation share a folder (`PROMETHEUS_MULTIPROC_DIR`, set by the supervisor), so whichever is asked
answers for all of them. A worker on a host of its own answers for itself (`SLUICE_METRICS_PORT`).
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping

from prometheus_client import REGISTRY, CollectorRegistry, Histogram, generate_latest, start_http_server
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

_SHARED = "PROMETHEUS_MULTIPROC_DIR"
_QUICK = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0)

_CALLS = Histogram(
    "sluice_plugin_call_seconds", "How long calls of plugins took, by plugin and what came of them.",
    ("plugin", "outcome"), buckets=_QUICK,
)  # fmt: skip
_BURSTS = Histogram(
    "sluice_burst_nodes", "On how many nodes a worker went on with one task before it let go of it.",
    buckets=(1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000),
)  # fmt: skip
_ANSWERS = Histogram(
    "sluice_http_seconds", "How long requests took until their answer began, by part of the product, method and status.",
    ("part", "method", "status"), buckets=_QUICK,
)  # fmt: skip


class PrometheusMeter:
    """The engine's meter."""

    def called(self, plugin: str, outcome: str, seconds: float) -> None:
        """Count a call of a plugin."""
        _CALLS.labels(plugin or "none", outcome).observe(seconds)

    def drove(self, nodes: int) -> None:
        """Count a burst."""
        _BURSTS.observe(nodes)


def answered(part: str, method: str, status: int, seconds: float) -> None:
    """Count an answer of the web server; only the hundreds of its status are told apart."""
    _ANSWERS.labels(part, method, f"{status // 100}xx").observe(seconds)


def exposition(gauges: Mapping[str, tuple[str, Mapping[str, float]]]) -> bytes:
    """Write everything in Prometheus' text format.

    `gauges` are what the database and the queue know: {name: (help, {value of the label `is`, or nothing: number})}.
    """
    registry = CollectorRegistry()
    if _SHARED in os.environ:
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    else:
        registry = REGISTRY
    return generate_latest(registry) + generate_latest(_only(_Known(gauges)))


def serve(port: int, address: str) -> None:
    """Answer for this process on a port of its own, in a thread; not where others answer for it, nor at port 0."""
    if port and _SHARED not in os.environ:
        start_http_server(port, address)


def _only(collector: Collector) -> CollectorRegistry:
    registry = CollectorRegistry()
    registry.register(collector)
    return registry


class _Known(Collector):
    """Gauges whose numbers are known already."""

    def __init__(self, gauges: Mapping[str, tuple[str, Mapping[str, float]]]) -> None:
        self._gauges = gauges

    def collect(self) -> Iterable[GaugeMetricFamily]:
        for name, (meaning, numbers) in self._gauges.items():
            labels = () if set(numbers) == {""} else ("is",)
            family = GaugeMetricFamily(name, meaning, labels=labels)
            for value, number in numbers.items():
                family.add_metric([value] if labels else [], number)
            yield family
