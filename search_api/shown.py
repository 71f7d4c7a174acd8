"""What each session is shown now, for the next beginning of the same question."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from typing import Final

from kb.search.remembered import digest

ROOM: Final = 10_000
"""Sessions kept, some 5 MB; the one that asked longest ago goes first."""


class Shown:
    """What was last suggested to each session and for which text, kept as a digest. Safe to share between
    threads.
    """

    def __init__(self) -> None:
        self._sessions: OrderedDict[str, tuple[int, bytes, tuple[str, ...]]] = OrderedDict()
        self._lock = threading.Lock()

    def before(self, session: str, text: str) -> tuple[str, ...]:
        """Slugs shown when less of this text was typed; none when it is another question."""
        with self._lock:
            length, asked, slugs = self._sessions.get(session, (0, b"", ()))
        return slugs if slugs and digest(text[:length]) == asked else ()

    def now(self, session: str, text: str, slugs: Sequence[str]) -> None:
        with self._lock:
            self._sessions[session] = (len(text), digest(text), tuple(slugs))
            self._sessions.move_to_end(session)
            if len(self._sessions) > ROOM:
                self._sessions.popitem(last=False)
