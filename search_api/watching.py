"""Keeps the engine on the published snapshot, from a thread beside the server."""

from __future__ import annotations

import gc
import logging
import threading
import time
from collections.abc import Callable
from typing import Final

from kb.errors import KbError
from kb.search.engine import Engine

logger = logging.getLogger(__name__)

LOOK_SECONDS: Final = 0.5


class Watcher:
    """Loads what is published and, each half second, what is published next.

    A snapshot that cannot be loaded is logged once and tried again; the one before stays in use. `taken` is
    called after each that could.
    """

    def __init__(self, engine: Engine, taken: Callable[[], None] = lambda: None) -> None:
        self._engine = engine
        self._taken = taken
        self._stopping = threading.Event()
        self._problem = ""
        self._thread = threading.Thread(target=self._run, name="snapshot-watcher", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        self._thread.join()

    def _run(self) -> None:
        pause = 0.0
        while not self._stopping.wait(pause):
            started = time.monotonic()
            self._look()
            # A large snapshot that turns out broken takes a while to check: that must not go on all day.
            pause = LOOK_SECONDS + time.monotonic() - started

    def _look(self) -> None:
        try:
            taken = self._engine.refresh()
            if taken:
                self._taken()
                logger.info("serving snapshot %s", self._engine.snapshot_id)
            self._problem = ""
        except KbError as error:
            self._report(str(error))
        except Exception as error:
            self._report(f"{type(error).__name__}: {error}")

    def _report(self, problem: str) -> None:
        if problem != self._problem:
            logger.error("the published snapshot is not served: %s", problem)
        self._problem = problem


def freeze() -> None:
    """Takes what is there to stay, a snapshot and all modules, out of what garbage collection goes through.

    For a process that does nothing but serve. A full collection of all that stops every thread for a tenth
    of a second, and comes every quarter of a minute at 200 requests a second. What is replaced later is
    freed all the same, since nothing in it is circular.
    """
    gc.collect()
    gc.freeze()
