"""The database that a command works on: one that is there. Looking makes none."""

from __future__ import annotations

from pathlib import Path

from kb.errors import StoreError
from kb.store.state import sqlite_file
from kb.store.store import Store, database_url


def open_existing(data: Path, url: str) -> Store:
    """As Store.open; raises StoreError too when the SQLite file is not there.

    A new one would be empty, and "0 rows deleted" no answer to whoever has to delete.
    """
    found = database_url(data, url)
    file = sqlite_file(found)
    if file and not file.is_file():
        raise StoreError(missing(file))
    return Store.open(found)


def missing(file: Path) -> str:
    """Where no database is, and how to name the right one."""
    return (
        f"{file.absolute()}: no database here; load the settings that the server runs with (docs/operate.md "
        "says how), name it with --data or SELFHELP_DATABASE_URL, or have `selfhelp serve` make one"
    )
