"""Locks between processes: the system lets go of one when its process ends, however it ends."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout


@contextmanager
def locked(file: Path, waiting: Callable[[], None], patience: float = 0) -> Iterator[None]:
    """Holds the lock; `waiting` is called when another process still has it after `patience` seconds.

    Raises OSError when there can be no such file.
    """
    lock = FileLock(file)
    try:
        lock.acquire(timeout=patience)
    except Timeout:
        waiting()
        lock.acquire()
    try:
        yield
    finally:
        lock.release()


def is_locked(file: Path) -> bool:
    """Whether another process holds it now."""
    try:
        with FileLock(file, timeout=0):
            return False
    except Timeout:
        return True
