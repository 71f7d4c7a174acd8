"""How each of the two databases is connected to."""

from __future__ import annotations

import time
from pathlib import Path
from sqlite3 import Connection as SQLiteConnection
from sqlite3 import OperationalError
from typing import Any
from urllib.parse import quote

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError

from kb.errors import StoreError
from kb.store.same_file import watch_file

BUSY_SECONDS = 5
CONNECT_SECONDS = 3
FILE_MODE = 0o600
"""The database holds what customers wrote: nobody else on the machine reads it."""


def connect(url: str) -> Engine:
    """An engine for `sqlite:///…` or `postgresql://…`; nothing is connected to yet.

    Raises StoreError for another database, a URL that is not one, or a driver not installed.
    """
    try:
        parsed = make_url(url)
        kind = parsed.get_backend_name()
        if kind == "sqlite" and not parsed.database:
            raise StoreError("SELFHELP_DATABASE_URL names no file: write sqlite:///file")
        if kind == "sqlite":
            return _sqlite(parsed)
        if kind == "postgresql":
            return _postgresql(parsed)
    except (ArgumentError, ValueError):
        # Not repeated here: one that cannot be read may still hold a password.
        problem = "SELFHELP_DATABASE_URL is not a database URL; write sqlite:///file or postgresql://…"
        raise StoreError(problem) from None
    except ModuleNotFoundError as error:
        raise StoreError(
            f"the driver {error.name} is not installed: pip install '.[postgresql]' in the checkout"
        ) from error
    raise StoreError(f"{kind} is not supported: use SQLite or PostgreSQL")


def _postgresql(url: URL) -> Engine:
    return create_engine(
        url,
        connect_args={"connect_timeout": CONNECT_SECONDS},
        pool_pre_ping=True,
        pool_timeout=CONNECT_SECONDS,
        hide_parameters=True,
    )


def _sqlite(url: URL) -> Engine:
    path = Path(url.database) if url.database and url.database != ":memory:" else None
    if path:
        _make_file(path)
        # A file that is removed later is not made again: an empty database would only look like one.
        url = url.set(database=f"file:{quote(str(path.absolute()))}")
        url = url.update_query_dict({"mode": "rw", "uri": "true"})
    engine = create_engine(
        url, connect_args={"timeout": BUSY_SECONDS}, pool_timeout=CONNECT_SECONDS, hide_parameters=True
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    if path:
        watch_file(engine, path.absolute())
    return engine


def _make_file(path: Path) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=FILE_MODE, exist_ok=True)
    except OSError as error:
        raise StoreError(f"cannot write the database {path}: {error.strerror}") from error


def _prepare_sqlite(connection: SQLiteConnection, _record: Any) -> None:
    # Transactions are begun by _begin_sqlite; the driver's own idea of when would leave DDL outside.
    connection.isolation_level = None
    connection.execute("PRAGMA foreign_keys = ON")
    # A ticket that was answered for is on the disk, even if the power fails the moment after.
    connection.execute("PRAGMA synchronous = FULL")
    _turn_wal_on(connection)


def _turn_wal_on(connection: SQLiteConnection) -> None:
    """Write-ahead logging, kept in the file: readers and the writer do not wait for each other."""
    until = time.monotonic() + BUSY_SECONDS
    while connection.execute("PRAGMA journal_mode").fetchone() == ("delete",):
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except OperationalError:
            # The switch does not wait for locks by itself when two processes make it at once.
            if time.monotonic() > until:
                raise
            time.sleep(0.02)


def _begin_sqlite(connection: Connection) -> None:
    # A transaction that reads first and writes later fails at once when another has written in
    # between, without waiting; one that is known to write therefore waits for its turn at the start.
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
