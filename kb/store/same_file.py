"""Noticing that a database's file was removed or replaced while connections were open.

SQLite goes on writing to a file that has lost its name, and what it says it has kept is gone with it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import DisconnectionError

from kb.errors import StoreError

_FILE: Final = "file"
_IDENTITY: Final = "identity"


def watch_file(engine: Engine, path: Path) -> None:
    """Has connections to another file than the one of this name closed, and new ones made in their place."""

    def connected(_connection: Any, record: Any) -> None:
        record.info[_FILE] = path
        record.info[_IDENTITY] = _identity(path)

    def taken(_connection: Any, record: Any, _proxy: Any) -> None:
        if record.info[_IDENTITY] != _identity(path):
            raise DisconnectionError("the file is another one")

    event.listen(engine, "connect", connected)
    event.listen(engine, "checkout", taken)


@contextmanager
def still_its_file(connection: Connection) -> Iterator[None]:
    """Around a transaction. Raises StoreError when its file had no name any more once it was committed."""
    yield
    path = connection.info.get(_FILE)
    if path and connection.info[_IDENTITY] != _identity(path):
        connection.invalidate()
        raise StoreError(f"the database {path} was removed or replaced while it was written to")


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino
