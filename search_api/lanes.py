"""Which request gets the next free thread, and which none.

Tickets go first: they are what must not be kept from a person. What needs the database never takes all
threads: while it is locked each such request waits for seconds, and suggestions, which do without it, go on.
Of suggestions only so many wait. With more, the oldest is refused: who has typed on in the meantime has a
newer one. The others are answered in the order they came; answering the newest first would be quicker for
most, but at a load just within reach a few would wait for seconds.
"""

from __future__ import annotations

import os
import time
from collections import deque
from collections.abc import Callable
from typing import Any, Final, Literal, Protocol

from waitress.task import ThreadedTaskDispatcher

from search_api.kinds import USE_THE_DATABASE, Kind

WAITING_FOR_A_THREAD: Final = 16
"""Suggestions for each thread: what it answers in a quarter of a second or so."""

Limited = Literal["writing", "suggesting"]


class Work(Protocol):
    """A connection with a request that has arrived whole. `queued_at` is monotonic."""

    queued_at: float

    @property
    def kind(self) -> Kind: ...
    def refuse(self) -> None: ...
    def service(self) -> None: ...
    def cancel(self) -> None: ...


class Lanes(ThreadedTaskDispatcher):  # type: ignore[misc]  # waitress has no types
    """Waitress's threads, served from several lanes; `refused` is told of each request refused."""

    def __init__(self, threads: int, refused: Callable[[], None]) -> None:
        super().__init__()
        self._refused = refused
        self.queue = LaneQueue(threads, processors(), self._done)
        self.set_thread_count(threads)

    def add_task(self, task: Work) -> None:
        """From the thread that reads sockets, or one that finds another request behind its own."""
        task.queued_at = time.monotonic()
        with self.lock:
            refused = self.queue.append(task)
            self.queue_cv.notify()
        if refused:
            self._refused()

    def _done(self, kind: Limited) -> None:
        with self.lock:
            self.queue.at_work[kind] -= 1
            self.queue_cv.notify()


class LaneQueue:
    """What can be served now, as waitress's threads ask: whether there is anything, and the next one.

    Always used under the dispatcher's lock. `at_work` counts the requests that are being served of the
    kinds of which only so many are: half of the threads may work with the database, and as many think of
    suggestions as there are processors, since more would only take turns.
    """

    def __init__(self, threads: int, processors: int, done: Callable[[Limited], None]) -> None:
        self._most = {"writing": max(1, threads // 2), "suggesting": min(threads, processors)}
        self._most_waiting = threads * WAITING_FOR_A_THREAD
        self._done = done
        self.at_work: dict[Limited, int] = {"writing": 0, "suggesting": 0}
        self._urgent: deque[Work] = deque()
        self._tickets: deque[Work] = deque()
        self._writes: deque[Work] = deque()
        self._reading: deque[Work] = deque()
        self._suggestions: deque[Work] = deque()

    def append(self, work: Work) -> bool:
        """Whether another is refused for it: the oldest suggestion, when too many wait."""
        self._lane_of(work.kind).append(work)
        if len(self._suggestions) <= self._most_waiting:
            return False
        oldest = self._suggestions.popleft()
        oldest.refuse()
        self._urgent.append(oldest)
        return True

    def __len__(self) -> int:
        writes = min(len(self._tickets) + len(self._writes), self._room("writing"))
        suggestions = min(len(self._suggestions), self._room("suggesting"))
        return len(self._urgent) + len(self._reading) + suggestions + writes

    def popleft(self) -> Any:
        """The next one to serve; there has to be one."""
        if self._urgent:
            return self._urgent.popleft()
        write = self._room("writing") > 0
        if write and self._tickets:
            return self._started("writing", self._tickets)
        lanes: dict[Limited | None, deque[Work]] = {None: self._reading}
        lanes |= {"writing": self._writes} if write else {}
        lanes |= {"suggesting": self._suggestions} if self._room("suggesting") > 0 else {}
        kind = min((kind for kind, lane in lanes.items() if lane), key=lambda kind: lanes[kind][0].queued_at)
        return self._started(kind, lanes[kind]) if kind else lanes[kind].popleft()

    def _room(self, kind: Limited) -> int:
        return self._most[kind] - self.at_work[kind]

    def _lane_of(self, kind: Kind) -> deque[Work]:
        if kind in USE_THE_DATABASE:
            return self._tickets if kind == "tickets" else self._writes
        lanes = {"suggestions": self._suggestions, "probes": self._urgent}
        return lanes.get(kind, self._reading)

    def _started(self, kind: Limited, lane: deque[Work]) -> _Counted:
        self.at_work[kind] += 1
        return _Counted(lane.popleft(), lambda: self._done(kind))


class _Counted:
    """A request of which only so many are served at once; says when it is done."""

    def __init__(self, work: Work, done: Callable[[], None]) -> None:
        self._work = work
        self._done = done

    def service(self) -> None:
        try:
            self._work.service()
        finally:
            self._done()

    def cancel(self) -> None:
        self._work.cancel()


def processors() -> int:
    """How many this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
