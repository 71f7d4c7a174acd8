"""Who asks, as far as a request tells at once; what it takes a whole session to see is judged in settling."""

from __future__ import annotations

import re
import threading
from collections import OrderedDict
from time import monotonic
from typing import Final
from urllib.parse import urlsplit

from kb.settings import Settings
from search_api.models import SuggestionsBody
from search_api.signing import traffic_of

TEST: Final = "test"
BOT: Final = "bot"
# Machines that say so themselves. Programs that ask on behalf of people (a help desk's own server) do not.
_MACHINE: Final = re.compile(r"(?i)bot\b|bots?/|crawl|spider|slurp|headless|phantomjs|lighthouse|uptime")
ROOM: Final = 10_000
VISIT_SECONDS: Final = 1_800


def visitor_of(body: SuggestionsBody, session: str, agent: str, settings: Settings) -> str | None:
    """`canary`, `test` for the persons and hosts set, `bot` for a declared machine; else None."""
    if traffic := traffic_of(session):
        return traffic
    if body.person in settings.test_persons or _host(body.page_url) in settings.test_hosts:
        return TEST
    return BOT if _MACHINE.search(agent) else None


def _host(url: str | None) -> str:
    try:
        return urlsplit(url or "").hostname or ""
    except ValueError:
        return ""


class Interrupted:
    """Sessions begun with a question that failed: no answer told their customers their ids.

    When the person asks again, within half an hour, it is the same visit. Safe to share between threads;
    forgets the oldest.
    """

    def __init__(self) -> None:
        self._sessions: OrderedDict[str, tuple[str, float]] = OrderedDict()
        self._lock = threading.Lock()

    def begun(self, person: str, session: str) -> None:
        with self._lock:
            self._sessions[person] = (session, monotonic())
            self._sessions.move_to_end(person)
            if len(self._sessions) > ROOM:
                self._sessions.popitem(last=False)

    def taken_up(self, person: str | None) -> str | None:
        """The session to go on with, once; None when there is none."""
        with self._lock:
            session, at = self._sessions.pop(person or "", ("", 0.0))
        return session if session and monotonic() - at < VISIT_SECONDS else None
