"""What runs beside the server now and then: notices are read, intents settled and gaps brought up to date.

Grouping takes scikit-learn, some 100 MB, and seconds of a processor. It runs in a process of its own that
gives both back, at a lower priority: no suggestion waits for it.
"""

from __future__ import annotations

import logging
import os
import re
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from kb.errors import KbError
from kb.search.engine import Engine
from kb.store.activity import last_activity
from kb.store.store import Store
from kb.usage.refresh_lock import is_refreshing

logger = logging.getLogger(__name__)

NOTICE_SECONDS: Final = 2
REFRESH: Final = (sys.executable, "-c", "from kb.cli import main; main()", "gaps", "--refresh")
SETTLES: Final = timedelta(hours=3)
"""How long after the last thing that happened there may still be something to do: a visit is settled half an
hour after its end, and a surge is over only once a refresh finds nothing in the two hours before it
(LOOKED_AT in kb/usage/gap_rank.py, which takes scipy to import)."""
LONGEST_SECONDS: Final = 15 * 60
UNSETTLED: Final = re.compile(r"^session [\w-]+ cannot be settled: \w+$", re.MULTILINE)
"""Of what a refresh says (kb/store/unsettled.py) all that goes to the log: the rest may quote a customer."""


class Repeated:
    """Does something again and again in a thread; that it fails is logged once until it works again."""

    def __init__(self, name: str, seconds: float, job: Callable[[], None]) -> None:
        self._name = name
        self._seconds = seconds
        self._job = job
        self._stopping = threading.Event()
        self._problem = ""
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stopping.wait(self._seconds):
            try:
                self._job()
                self._problem = ""
            except KbError as error:
                self._report(str(error))
            except Exception as error:
                self._report(type(error).__name__)

    def _report(self, problem: str) -> None:
        if problem != self._problem:
            logger.error("%s: %s", self._name, problem)
        self._problem = problem


class Refresher:
    """Runs `selfhelp gaps --refresh` when there may be something new; one at a time over a data folder."""

    def __init__(self, data: Path, store: Store, engine: Engine, *, command: Sequence[str] = REFRESH) -> None:
        self._data = data
        self._store = store
        self._engine = engine
        self._command = (*_politely(), *command, "--data", str(data))
        self._done: tuple[datetime, str | None] | None = None
        self._child: subprocess.Popen[str] | None = None
        self._stopped = False
        self._told: set[str] = set()

    def __call__(self) -> None:
        """Raises KbError when it did not work.

        The command takes the lock: it is left alone here, so as not to wait for ourselves.
        """
        now, snapshot = datetime.now(UTC), self._engine.snapshot_id
        if snapshot is None or not self._has_news(snapshot):
            return
        if is_refreshing(self._data):
            return
        self._run()
        self._done = now, snapshot

    def stop(self) -> None:
        """Ends a refresh that is running: what it had settled stays, the rest is done next time."""
        self._stopped = True
        child = self._child
        if child and child.poll() is None:
            child.terminate()

    def _has_news(self, snapshot: str) -> bool:
        if self._done is None or self._done[1] != snapshot:
            return True
        last = last_activity(self._store)
        return last is not None and last > self._done[0] - SETTLES

    def _run(self) -> None:
        started = time.monotonic()
        env = os.environ | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
        with subprocess.Popen(  # noqa: S603  our own command
            self._command,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
        ) as child:
            self._child = child
            if self._stopped:
                child.terminate()
            try:
                _, said = child.communicate(timeout=LONGEST_SECONDS)
            except subprocess.TimeoutExpired:
                child.kill()
                raise KbError(f"took longer than {LONGEST_SECONDS} s and was stopped") from None
        # Each once: such a session is tried again at every refresh.
        for line in set(UNSETTLED.findall(said)) - self._told:
            logger.error("%s", line)
            self._told.add(line)
        if child.returncode and not self._stopped:
            raise KbError(f"failed with status {child.returncode}: run `selfhelp gaps --refresh` to see why")
        logger.info("gaps brought up to date in %.1f s", time.monotonic() - started)


def _politely() -> tuple[str, ...]:
    """Where there is `nice`, at a lower priority."""
    nice = shutil.which("nice")
    return (nice, "-n", "10") if nice else ()
