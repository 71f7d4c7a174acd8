"""A look at a database that changes nothing in it: no file is made, no migration run."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from kb.errors import StoreError
from kb.store.canary import broken_since, last_trial
from kb.store.connection import connect
from kb.store.counts import count
from kb.store.migrate import HEAD, known_revisions, revision_of
from kb.store.store import Store
from kb.store.tables import queries, sessions, tickets
from kb.store.tickets import WAITING


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseState:
    """`revision` is None where no table is; the rest is known only of the newest schema.

    `newest` is the latest moment that this program itself wrote down.
    """

    revision: str | None
    newest: datetime | None = None
    waiting: int = 0
    broken: datetime | None = None
    tried: datetime | None = None

    @property
    def current(self) -> bool:
        return self.revision == HEAD

    @property
    def known(self) -> bool:
        """Whether this version of the program can bring the schema up to date."""
        return self.revision is None or self.revision in known_revisions()


def sqlite_file(url: str) -> Path | None:
    """The file of a SQLite database; None for another one."""
    try:
        parsed = make_url(url)
    except ArgumentError:
        return None
    return Path(parsed.database) if parsed.get_backend_name() == "sqlite" and parsed.database else None


def look_at(url: str, now: datetime) -> DatabaseState:
    """Raises StoreError when it cannot be reached. A SQLite file has to be there."""
    file = sqlite_file(url)
    if file and not file.is_file():
        raise StoreError(f"{file}: no such file")
    store = Store(connect(url))
    try:
        with store.reading() as connection:
            revision = revision_of(connection)
        return _whole(store, revision, now) if revision == HEAD else DatabaseState(revision=revision)
    finally:
        store.close()


def is_damaged(url: str) -> bool:
    """Whether it is a SQLite file that is no sound database. Raises StoreError when that cannot be told."""
    file = sqlite_file(url)
    if not file or not file.is_file():
        return False
    store = Store(connect(url))
    try:
        with store.reading() as connection:
            return bool(connection.exec_driver_sql("PRAGMA quick_check(1)").scalar() != "ok")
    except StoreError as error:
        if error.damaged:
            return True
        raise
    finally:
        store.close()


def _whole(store: Store, revision: str, now: datetime) -> DatabaseState:
    moments = (sessions.c.last_seen, queries.c.at, tickets.c.created_at)
    with store.reading() as connection:
        newest = [connection.execute(select(func.max(moment))).scalar() for moment in moments]
    return DatabaseState(
        revision=revision,
        newest=max((one for one in newest if one), default=None),
        waiting=count(store).outbox.get(WAITING, 0),
        broken=broken_since(store, now),
        tried=last_trial(store),
    )
