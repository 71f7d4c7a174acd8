"""A limit to the time that a piece of Python may take, in whatever thread it runs."""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

# Raised within the collector or a destructor, an exception is lost: it is raised again.
AGAIN_SECONDS: Final = 1.0


class TooSlowError(Exception):
    """What had to be done within a limit was not."""


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raises TooSlowError in the block when it takes longer.

    Signals would do for a program's first thread alone, and a process of its own would cost each article
    more than reading it. Between two steps of Python only: a single call into C ends first.
    """
    thread = ctypes.c_ulong(threading.get_ident())
    ended = threading.Event()

    def watch() -> None:
        wait = seconds
        while not ended.wait(wait):
            ctypes.pythonapi.PyThreadState_SetAsyncExc(thread, ctypes.py_object(TooSlowError))
            wait = AGAIN_SECONDS

    watcher = threading.Thread(target=watch, name="time-limit", daemon=True)
    watcher.start()
    try:
        try:
            yield
        finally:
            ended.set()
    finally:
        ended.set()  # said again: the exception may have come just before it was said
        watcher.join()
        # What is not raised yet must not be raised in what comes after.
        ctypes.pythonapi.PyThreadState_SetAsyncExc(thread, None)
