"""One at a time over a data folder: refreshing gaps, and deleting what they are made of.

A refresh reads questions, computes for seconds and then writes what it made of them. What was deleted in
between would come back.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import click
from filelock import FileLock, Timeout

from kb.errors import SettingsError

LOCK: Final = ".refreshing"
PATIENCE: Final = 2
"""Seconds of waiting that nobody wonders about."""


@contextmanager
def refresh_lock(data: Path) -> Iterator[None]:
    """Holds the data folder's lock; says so when it has to wait for another process.

    The system lets go of the lock when its process ends, however it ends. Raises SettingsError when there
    can be none in that folder.
    """
    lock = FileLock(data / LOCK)
    try:
        try:
            lock.acquire(timeout=PATIENCE)
        except Timeout:
            click.echo("waiting until another process has refreshed gaps or deleted what is old", err=True)
            lock.acquire()
    except OSError as error:
        raise SettingsError(f"{data}: no lock can be made in it ({error.strerror}); see --data") from error
    try:
        yield
    finally:
        lock.release()


def is_locked(data: Path) -> bool:
    """Whether another process holds it now."""
    try:
        with FileLock(data / LOCK, timeout=0):
            return False
    except Timeout:
        return True
