"""The open database, as the rest of the project sees it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self

from sqlalchemy import Connection, Engine, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import SQLAlchemyError

from kb.errors import StoreError
from kb.stages import stage
from kb.store import DATABASE
from kb.store.connection import connect
from kb.store.migrate import migrate
from kb.store.same_file import still_its_file

Insert = postgresql.Insert | sqlite.Insert


def database_url(data: Path, url: str) -> str:
    """The URL set, or else that of `selfhelp.sqlite3` in the data folder."""
    return url or f"sqlite:///{data / DATABASE}"


class Store:
    """One database; safe to share between threads. Every failure of it is a StoreError."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @classmethod
    def open(cls, url: str) -> Self:
        """Connects and brings the schema to the newest version.

        Raises StoreError when the database cannot be reached, is no database, or was written by a
        newer version of this program.
        """
        store = cls(connect(url))
        try:
            with _as_store_error("cannot be opened"):
                migrate(store._engine)
        except StoreError:
            store.close()
            raise
        return store

    def close(self) -> None:
        self._engine.dispose()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection whose reads all see one state of the database."""
        with stage("store"), _as_store_error("could not be read"), self._engine.connect() as connection:
            yield connection

    @contextmanager
    def frozen(self) -> Iterator[Connection]:
        """A connection whose reads all see one state, however long they take and whoever writes meanwhile."""
        level = "REPEATABLE READ" if self._engine.dialect.name == "postgresql" else "SERIALIZABLE"
        with (
            _as_store_error("could not be read"),
            self._engine.connect().execution_options(isolation_level=level) as connection,
        ):
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction, committed at the end of the block, rolled back if that raises."""
        with (
            stage("store"),
            _as_store_error("could not be written"),
            self._engine.connect().execution_options(writes=True) as connection,
            still_its_file(connection),
            connection.begin(),
        ):
            yield connection

    @contextmanager
    def erasing(self) -> Iterator[Connection]:
        """As `writing`; in a SQLite file, what is deleted is written over."""
        with self.writing() as connection:
            if self._engine.dialect.name == "sqlite":
                connection.exec_driver_sql("PRAGMA secure_delete = ON")
            yield connection

    def empty_journal(self) -> None:
        """Takes what was erased out of SQLite's journal too, as soon as nobody reads it any more."""
        if self._engine.dialect.name == "sqlite":
            with _as_store_error("could not be written"):
                raw = self._engine.raw_connection()
                raw.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
                raw.close()

    def insert(self, table: Table) -> Insert:
        """An INSERT that knows ON CONFLICT, which both databases spell alike."""
        return postgresql.insert(table) if self._engine.dialect.name == "postgresql" else sqlite.insert(table)


@contextmanager
def _as_store_error(what: str) -> Iterator[None]:
    try:
        yield
    except SQLAlchemyError as error:
        # The driver's own words may quote a row, that is, a customer; their kind must do for the log.
        driver = getattr(error, "orig", None) or error
        kind = getattr(driver, "sqlite_errorname", None) or type(driver).__name__
        raise StoreError(f"the database {what} ({kind})", kind) from error
