"""A limit to the time that a piece of Python may take, in whatever thread it runs."""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Iterator
from contextlib import contextmanager


class TooSlowError(Exception):
    """What had to be done within a limit was not."""


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raises TooSlowError in the block when it takes longer.

    Signals would do for a program's first thread alone, and a process of its own would cost each article
    more than reading it. Between two steps of Python only: a single call into C ends first.
    """
    thread = ctypes.c_ulong(threading.get_ident())
    over = threading.Lock()

    def stop() -> None:
        if over.acquire(blocking=False):
            ctypes.pythonapi.PyThreadState_SetAsyncExc(thread, ctypes.py_object(TooSlowError))

    timer = threading.Timer(seconds, stop)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        if not over.acquire(blocking=False):
            # It has fired: what is not raised yet must not be raised in what comes after.
            ctypes.pythonapi.PyThreadState_SetAsyncExc(thread, None)
