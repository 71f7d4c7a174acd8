"""One at a time over a data folder: refreshing gaps, and deleting what they are made of.

A refresh reads questions, computes for seconds and then writes what it made of them. What was deleted in
between would come back.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final

import click

from kb.errors import SettingsError
from kb.locks import is_locked, locked

LOCK: Final = ".refreshing"
PATIENCE: Final = 2
"""Seconds of waiting that nobody wonders about."""


@contextmanager
def refresh_lock(data: Path) -> Iterator[None]:
    """Holds the data folder's lock; says so when it has to wait for another process.

    Raises SettingsError when there can be none in that folder.
    """
    with ExitStack() as stack:
        try:
            stack.enter_context(locked(data / LOCK, _say_so, PATIENCE))
        except OSError as error:
            raise SettingsError(
                f"{data}: no lock can be made in it ({error.strerror}); see --data"
            ) from error
        yield


def is_refreshing(data: Path) -> bool:
    """Whether another process holds it now."""
    return is_locked(data / LOCK)


def _say_so() -> None:
    click.echo("waiting until another process has refreshed gaps or deleted what is old", err=True)
