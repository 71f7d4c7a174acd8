"""What Prometheus is told of the state of things, looked up when it asks."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from kb.errors import NoSnapshot, StoreError
from kb.search.engine import Engine
from kb.store.canary import broken_since, last_trial
from kb.store.counts import Counts, count
from kb.store.store import Store
from search_api.query_log import QueryLog

FRESH_SECONDS: Final = 30
"""The database is asked at most this often, however often metrics are read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """What the database said; `counts` is None when it could not be asked."""

    counts: Counts | None
    broken: datetime | None
    tried: datetime | None


class Gauges(Collector):
    """Snapshot, queues, gaps and measurement of one server."""

    def __init__(self, engine: Engine, store: Store, log: QueryLog) -> None:
        self._engine = engine
        self._store = store
        self._log = log
        self._asking = threading.Lock()
        self._known: _Known | None = None
        self._asked = 0.0

    def describe(self) -> list[Metric]:
        """Nothing is looked up just to learn the names."""
        return []

    def collect(self) -> Iterator[Metric]:
        yield from self._snapshot()
        yield self._remembered()
        yield _gauge("query_log_waiting", "Questions on their way to the database", self._log.waiting)
        known = self._ask()
        up = known.counts is not None
        yield _gauge("database_up", "1 when the database could be read", float(up))
        if known.counts:
            yield from _queues(known.counts)
            yield from _measurement(known)

    def _snapshot(self) -> Iterator[Metric]:
        facts = self._facts()
        yield _gauge("ready", "1 when a snapshot is loaded", float(self._engine.ready))
        if facts:
            served = {name: str(facts.get(name, "")) for name in ("id", "model", "made_by")}
            info = GaugeMetricFamily("selfhelp_snapshot_info", "1, with what is served", labels=list(served))
            info.add_metric(list(served.values()), 1.0)
            yield info
            yield _gauge("snapshot_articles", "Articles in the snapshot", float(facts.get("articles", 0)))
            made = datetime.fromisoformat(str(facts["made_at"])).timestamp()
            yield _gauge("snapshot_age_seconds", "Time since the snapshot was made", time.time() - made)

    def _remembered(self) -> Metric:
        hits, misses = self._engine.remembered
        counted = CounterMetricFamily(
            "selfhelp_question_vectors",
            "Questions by whether their vector was kept or made",
            labels=["cache"],
        )
        counted.add_metric(["hit"], hits)
        counted.add_metric(["miss"], misses)
        return counted

    def _facts(self) -> Mapping[str, Any]:
        """What the manifest says of the snapshot in use; nothing when none is loaded."""
        try:
            return self._engine.searcher().snapshot.manifest
        except NoSnapshot:
            return {}

    def _ask(self) -> _Known:
        with self._asking:
            if self._known is None or time.monotonic() - self._asked > FRESH_SECONDS:
                self._known = self._look()
                self._asked = time.monotonic()
            return self._known

    def _look(self) -> _Known:
        try:
            return _Known(
                counts=count(self._store),
                broken=broken_since(self._store, datetime.now(UTC)),
                tried=last_trial(self._store),
            )
        except StoreError:
            return _Known(counts=None, broken=None, tried=None)


def _queues(counts: Counts) -> Iterator[Metric]:
    yield _by("state", "tickets", "Tickets in the outbox", counts.outbox)
    oldest = counts.oldest_waiting
    waited = (datetime.now(UTC) - oldest).total_seconds() if oldest else 0.0
    yield _gauge("ticket_oldest_waiting_seconds", "How long the oldest ticket has waited for a desk", waited)
    yield _by("status", "gaps", "Content gaps", counts.gaps)


def _measurement(known: _Known) -> Iterator[Metric]:
    yield _gauge("measurement_broken", "1 while the canary's steps do not arrive", float(bool(known.broken)))
    if known.tried:
        passed = (datetime.now(UTC) - known.tried).total_seconds()
        yield _gauge("canary_age_seconds", "Time since measurement was last tried", passed)


def _gauge(name: str, text: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"selfhelp_{name}", text, value)


def _by(label: str, name: str, text: str, values: Mapping[str, int]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(f"selfhelp_{name}", text, labels=[label])
    for key, value in values.items():
        family.add_metric([key], value)
    return family
