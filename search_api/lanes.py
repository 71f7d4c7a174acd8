"""Which request gets the next free thread, and which none.

Tickets go first: they are what must not be kept from a person. What needs the database never takes all
threads: while it is locked each such request waits for seconds, and suggestions, which do without it, go on.
Of suggestions only so many wait. With more, the oldest is refused: who has typed on in the meantime has a
newer one. The others are answered in the order they came; answering the newest first would be quicker for
most, but at a load just within reach a few would wait for seconds.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from typing import Any, Final, Protocol

from waitress.task import ThreadedTaskDispatcher

from search_api.kinds import USE_THE_DATABASE, Kind

WAITING_FOR_A_THREAD: Final = 16
"""Suggestions for each thread: what it answers in a quarter of a second or so."""


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
        self.queue = LaneQueue(threads, self._write_done)
        self.set_thread_count(threads)

    def add_task(self, task: Work) -> None:
        """From the thread that reads sockets, or one that finds another request behind its own."""
        task.queued_at = time.monotonic()
        with self.lock:
            refused = self.queue.append(task)
            self.queue_cv.notify()
        if refused:
            self._refused()

    def _write_done(self) -> None:
        with self.lock:
            self.queue.writers -= 1
            self.queue_cv.notify()


class LaneQueue:
    """What can be served now, as waitress's threads ask: whether there is anything, and the next one.

    Always used under the dispatcher's lock. `writers` are at work with the database.
    """

    def __init__(self, threads: int, write_done: Callable[[], None]) -> None:
        self._most_writers = max(1, threads // 2)
        self._most_waiting = threads * WAITING_FOR_A_THREAD
        self._write_done = write_done
        self.writers = 0
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
        room = self._most_writers - self.writers
        writes = min(len(self._tickets) + len(self._writes), room)
        return len(self._urgent) + len(self._reading) + len(self._suggestions) + writes

    def popleft(self) -> Any:
        """The next one to serve; there has to be one."""
        if self._urgent:
            return self._urgent.popleft()
        room = self.writers < self._most_writers
        if room and self._tickets:
            return self._start(self._tickets)
        lanes = (self._reading, self._suggestions, *((self._writes,) if room else ()))
        longest = min((lane for lane in lanes if lane), key=lambda lane: lane[0].queued_at)
        if longest is self._writes:
            return self._start(longest)
        return longest.popleft()

    def _lane_of(self, kind: Kind) -> deque[Work]:
        if kind in USE_THE_DATABASE:
            return self._tickets if kind == "tickets" else self._writes
        lanes = {"suggestions": self._suggestions, "probes": self._urgent}
        return lanes.get(kind, self._reading)

    def _start(self, lane: deque[Work]) -> _Write:
        self.writers += 1
        return _Write(lane.popleft(), self._write_done)


class _Write:
    """A request that counts among those at the database until it is done."""

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
