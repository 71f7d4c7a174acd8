"""Questions on their way to the database: redacted and written off the request path."""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable, Set
from dataclasses import replace
from typing import Final

from kb.errors import StoreError
from kb.store.store import Store
from kb.store.usage import Asked, keep_asked
from kb.usage.redaction import redact

logger = logging.getLogger(__name__)

FLUSH_SECONDS: Final = 0.5
ROOM: Final = 10_000
"""Questions kept in memory while the database is away; after that the oldest are lost."""


class QueryLog:
    """Takes questions in at once and writes them at most half a second later, or when closed.

    A database that fails is tried again with the same questions at the next turn; that it fails is
    logged once until it works again. `codes` gives the codes that redaction leaves alone.
    """

    def __init__(self, store: Store, *, codes: Callable[[], Set[str]] = frozenset) -> None:
        self._store = store
        self._codes = codes
        self._waiting: deque[Asked] = deque(maxlen=ROOM)
        self._closing = threading.Event()
        self._failing = False
        self._thread = threading.Thread(target=self._run, name="query-log", daemon=True)
        self._thread.start()

    def add(self, asked: Asked) -> None:
        """Never waits and never fails."""
        self._waiting.append(asked)

    @property
    def waiting(self) -> int:
        """Questions that are not in the database yet."""
        return len(self._waiting)

    def close(self) -> None:
        """Writes what is left; what cannot be written now is lost."""
        self._closing.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._closing.wait(FLUSH_SECONDS):
            self._flush()
        self._flush()

    def _flush(self) -> None:
        batch: list[Asked] = []
        while self._waiting:
            batch.append(self._waiting.popleft())
        try:
            codes = self._codes()
            batch = [replace(asked, text=redact(asked.text, codes)) for asked in batch]
            keep_asked(self._store, batch)
        except StoreError as error:
            room = max(0, ROOM - len(self._waiting))
            self._waiting.extendleft(reversed(batch[len(batch) - min(room, len(batch)) :]))
            if not self._failing:
                logger.error("questions are waiting for the database: %s", error)
            self._failing = True
        except Exception:
            logger.exception("%d questions are lost", len(batch))
        else:
            self._failing = self._failing and not batch
