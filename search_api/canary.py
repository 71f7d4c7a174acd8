"""A session of the server's own, every few minutes: does what customers do still reach the database?

It asks the title of an article over HTTP, says that the first suggestion was shown, opened and solved it, and
looks for each step in the database. What it finds is kept (`kb.store.canary`), so that a report can say
since when its figures are worth nothing. Its sessions are marked by a signed id and count nowhere.
"""

from __future__ import annotations

import http.client
import json
import logging
import secrets
import socket
import threading
import time
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from kb.errors import NoSnapshot, StoreError
from kb.index.snapshot import PublishedArticle
from kb.store.canary import BROKEN, STOPPED, WORKS, Trial, arrived, forget_canaries, keep_trial
from search_api.services import Services

logger = logging.getLogger(__name__)

STEPS: Final = ("asked", "shown", "opened", "solved")
ARRIVAL_SECONDS: Final = 10
"""Questions are written half a second late; a busy database may take a few."""
LOOK_SECONDS: Final = 0.25
HTTP_SECONDS: Final = 10
MISSED: Final = 3
"""So many trials may be overdue before the server counts as silent."""
SLACK: Final = timedelta(minutes=1)
KEPT: Final = timedelta(hours=1)
UNBOUND: Final = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - what is listened on, to be talked to


class Canary:
    """Tries measuring every `canary_minutes` once a snapshot is loaded; 0: says only that nobody tries.

    `address` is where the server listens.
    """

    def __init__(self, services: Services, address: tuple[Any, ...]) -> None:
        self._services = services
        self._address = (UNBOUND.get(str(address[0]), str(address[0])), int(address[1]))
        self._every = timedelta(minutes=services.settings.canary_minutes)
        self._server = socket.gethostname()[:255]
        self._stopping = threading.Event()
        self._broken = ""
        self._thread = threading.Thread(target=self._run, name="canary", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """A server that ends on purpose is not silent."""
        self._stopping.set()
        self._thread.join()
        self._keep(STOPPED, "")

    def _run(self) -> None:
        while self._every and not self._services.engine.ready:
            if self._stopping.wait(LOOK_SECONDS):
                return
        while self._every:
            started = time.monotonic()
            self._try()
            if self._stopping.wait(max(0.0, self._every.total_seconds() - time.monotonic() + started)):
                return

    def _try(self) -> None:
        try:
            missing = self._missing()
        except Exception:
            logger.exception("the canary failed")
            missing = STEPS[0]
        # A server that is ending answers nobody any more.
        if missing is None or self._stopping.is_set():
            return
        if missing != self._broken:
            told = f"broken: {missing} does not arrive" if missing else "works again"
            logger.log(logging.ERROR if missing else logging.INFO, "measurement %s", told)
        self._broken = missing
        self._keep(BROKEN if missing else WORKS, missing)

    def _missing(self) -> str | None:
        """The first step that did not arrive, empty when all did; None when nothing can be tried."""
        article = self._article()
        if article is None:
            return None
        session = self._services.signer.new_canary()
        self._visit(session, article)
        end = time.monotonic() + ARRIVAL_SECONDS
        while True:
            steps = self._arrived(session)
            missing = next((step for step in STEPS if step not in steps), "")
            if not missing or time.monotonic() > end or self._stopping.wait(LOOK_SECONDS):
                return missing

    def _article(self) -> PublishedArticle | None:
        """Any that is published; none while nothing is."""
        try:
            engine = self._services.engine
            found = [one for locale in engine.locales() for one in engine.articles(locale)]
        except NoSnapshot:
            return None
        return secrets.choice(found) if found else None

    def _visit(self, session: str, article: PublishedArticle) -> None:
        signed = self._services.signer.sign_session(session)
        question = {"text": article.title, "locale": article.locale, "min_confidence": 0}
        answer = self._post("/v1/suggestions", question | {"session_id": signed})
        if not answer or not answer["suggestions"]:
            return
        about = {"query_id": answer["query_id"], "slug": answer["suggestions"][0]["slug"]}
        at = datetime.now(UTC)
        events = [
            about | {"type": step, "at": (at + timedelta(milliseconds=place)).isoformat()}
            for place, step in enumerate(STEPS[1:])
        ]
        self._post("/v1/events", {"session_id": signed, "events": events})

    def _post(self, path: str, body: dict[str, Any]) -> dict[str, Any] | None:
        """The answer; None when there is none, or one that is an error."""
        connection = http.client.HTTPConnection(*self._address, timeout=HTTP_SECONDS)
        try:
            connection.request("POST", path, json.dumps(body), {"Host": self._host()})
            answer = connection.getresponse()
            read = answer.read()
        except (OSError, http.client.HTTPException):
            return None
        finally:
            connection.close()
        return dict(json.loads(read)) if answer.status < 300 else None

    def _host(self) -> str:
        """A name that the server answers to."""
        name = next(iter(self._services.settings.allowed_hosts), "localhost")
        return f"canary{name}" if name.startswith(".") else name

    def _arrived(self, session: str) -> frozenset[str]:
        try:
            return arrived(self._services.store, session)
        except StoreError:
            return frozenset()

    def _keep(self, state: str, step: str) -> None:
        """What cannot be written now shows as silence."""
        now = datetime.now(UTC)
        trial = Trial(
            server=self._server, state=state, at=now, due_at=now + MISSED * self._every + SLACK, step=step
        )
        try:
            keep_trial(self._services.store, trial)
            forget_canaries(self._services.store, now - KEPT)
        except StoreError as error:
            logger.warning("what the canary found is not kept: %s", error)
