"""How often one address and one session may ask."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from math import ceil
from typing import Final

from limits import RateLimitItem, RateLimitItemPerMinute, parse
from limits.storage.base import Storage
from limits.strategies import FixedWindowRateLimiter

from kb.settings import RATE_OFF, Settings
from search_api.errors import HttpError
from search_api.kinds import Kind
from search_api.proxies import subscriber

SESSION_SHARE: Final = 5
"""An address may ask as much as five sessions."""
TYPIST_MARGIN: Final = 1.5
FASTEST_PAUSE_MS: Final = 50
TICKETS: Final = RateLimitItemPerMinute(300)
"""Each costs 1 and 1 for every started MB: 150 small ones, or eleven of the largest a minute."""
MEGABYTE: Final = 2**20
MANY: Final = 100_000


class RateLimits:
    """Counts requests in windows of the length that the setting names; each kind by itself.

    A ticket counts apart from everything else and against the address alone: it is the one thing that must
    not be kept from a person because of what came before.
    """

    def __init__(self, settings: Settings, clock: Callable[[], float] = time.monotonic) -> None:
        self._windows = Windows(clock)
        self._limiter = FixedWindowRateLimiter(self._windows)
        self._address: RateLimitItem | None = None
        if settings.rate_limit != RATE_OFF:
            self._address = parse(settings.rate_limit)
            self._session = _of_one_session(self._address, settings.debounce_ms)

    @property
    def counted(self) -> int:
        """Addresses and sessions that are kept count of."""
        return len(self._windows)

    def check_address(self, kind: Kind, address: str, content_bytes: int) -> None:
        """Raises HttpError 429 when this address has asked too often."""
        if self._address is None:
            return
        if kind == "tickets":
            cost = min(1 + ceil(content_bytes / MEGABYTE), TICKETS.amount // 4)
            self._hit(TICKETS, kind, subscriber(address), cost)
        else:
            self._hit(self._address, kind, subscriber(address))

    def check_session(self, kind: Kind, session: str) -> None:
        """Raises HttpError 429 when this session, known to be ours, has asked too often."""
        if self._address is not None:
            self._hit(self._session, f"{kind} of a session", session)

    def _hit(self, limit: RateLimitItem, what: str, who: str, cost: int = 1) -> None:
        if self._limiter.hit(limit, what, who, cost=cost):
            return
        wait = max(1, ceil(self._windows.seconds_left(limit.key_for(what, who))))
        raise HttpError(
            429, "too_many_requests", f"Too many requests. Please try again in {wait} s.", retry_after=wait
        )


def _of_one_session(address: RateLimitItem, debounce_ms: int) -> RateLimitItem:
    """A fifth of an address's share, but more than somebody who pauses just long enough can ask."""
    pauses = 1000 * address.get_expiry() / max(debounce_ms, FASTEST_PAUSE_MS)
    amount = max(address.amount // SESSION_SHARE, ceil(TYPIST_MARGIN * pauses))
    return type(address)(min(amount, address.amount), address.multiples)


class Windows(Storage):
    """Counters in this process, by a clock that nobody can set back.

    The storage that the library brings goes by the wall clock: set back an hour, it would go on counting
    in the same window for an hour. It also starts a thread every 10 ms.
    """

    STORAGE_SCHEME = None

    def __init__(self, clock: Callable[[], float]) -> None:
        super().__init__()
        self._clock = clock
        self._lock = threading.Lock()
        self._counters: dict[str, tuple[int, float]] = {}

    @property
    def base_exceptions(self) -> type[Exception]:
        return ValueError

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        now = self._clock()
        with self._lock:
            count, ends = self._counters.get(key, (0, 0.0))
            if ends <= now:
                count, ends = 0, now + expiry
                if len(self._counters) >= MANY:
                    self._forget(now)
            self._counters[key] = count + amount, ends
            return count + amount

    def get(self, key: str) -> int:
        count, ends = self._counters.get(key, (0, 0.0))
        return count if ends > self._clock() else 0

    def get_expiry(self, key: str) -> float:
        return time.time() + self.seconds_left(key)

    def seconds_left(self, key: str) -> float:
        """Until the window of this key ends."""
        return max(0.0, self._counters.get(key, (0, 0.0))[1] - self._clock())

    def __len__(self) -> int:
        return len(self._counters)

    def check(self) -> bool:
        return True

    def reset(self) -> int:
        with self._lock:
            count = len(self._counters)
            self._counters.clear()
        return count

    def clear(self, key: str) -> None:
        with self._lock:
            self._counters.pop(key, None)

    def _forget(self, now: float) -> None:
        """What is over; if that is not half of it, everything: memory must not be what runs out."""
        self._counters = {key: (count, ends) for key, (count, ends) in self._counters.items() if ends > now}
        if len(self._counters) > MANY // 2:
            self._counters = {}
