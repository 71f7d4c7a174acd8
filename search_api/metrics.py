"""What is counted and timed while requests are answered, for Prometheus.

Each application has a registry of its own. Labels have few values: routes as they are declared, the
locales of the snapshot, names of stages. Nothing a customer sends becomes a label.
"""

from __future__ import annotations

from time import perf_counter
from types import TracebackType
from typing import Final

from prometheus_client import (
    CollectorRegistry,
    Counter,
    GCCollector,
    Histogram,
    PlatformCollector,
    ProcessCollector,
)

STAGES: Final = ("encode", "rank", "excerpt", "store")
STAGE_BUCKETS: Final = (0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 1.0)
REQUEST_BUCKETS: Final = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
OTHER: Final = "other"
"""A locale that no article is in, or none; a route that is none."""


class Metrics:
    """The counters and histograms of one application; safe to use from several threads."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        for collector in (ProcessCollector, PlatformCollector, GCCollector):
            collector(registry=self.registry)
        self._suggestions = Counter(
            "selfhelp_suggestions",
            "Questions asked, by what became of them and by the locale answered in",
            ("outcome", "locale"),
            registry=self.registry,
        )
        self._requests = Counter(
            "selfhelp_requests", "HTTP requests answered", ("route", "status"), registry=self.registry
        )
        self._request_seconds = Histogram(
            "selfhelp_request_seconds",
            "Time from the request's arrival in a thread to its answer",
            ("route",),
            buckets=REQUEST_BUCKETS,
            registry=self.registry,
        )
        seconds = Histogram(
            "selfhelp_stage_seconds",
            "Time spent in a stage of answering",
            ("stage",),
            buckets=STAGE_BUCKETS,
            registry=self.registry,
        )
        self._stages = {name: seconds.labels(name) for name in STAGES}

    def suggested(self, outcome: str, locale: str | None) -> None:
        """A question was answered: `answered`, `nothing`, `held_out` or `failed`."""
        self._suggestions.labels(outcome, locale or OTHER).inc()

    def requested(self, route: str, status: int, seconds: float) -> None:
        self._requests.labels(route, status).inc()
        self._request_seconds.labels(route).observe(seconds)

    def refused(self) -> None:
        """A suggestion was refused below the application, because too many wait."""
        self._suggestions.labels("failed", OTHER).inc()
        self._requests.labels("/v1/suggestions", 503).inc()

    def stage(self, name: str) -> Timed:
        """Times what happens between entering and leaving it; for `kb.stages.listen`."""
        return Timed(self._stages[name])


class Timed:
    """Adds to a histogram the seconds between entering and leaving."""

    __slots__ = ("_histogram", "_started")

    def __init__(self, histogram: Histogram) -> None:
        self._histogram = histogram
        self._started = 0.0

    def __enter__(self) -> None:
        self._started = perf_counter()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /
    ) -> None:
        self._histogram.observe(perf_counter() - self._started)
