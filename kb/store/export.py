"""All rows of a database as lines of JSON, and back: the same lines fit SQLite and PostgreSQL.

Tables are taken as the database itself describes them, so that an old schema can be written and read; it is
brought up to date, by the migrations, after its rows are back.
"""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, DateTime, Integer, LargeBinary, MetaData, Table, func, select
from sqlalchemy.types import TypeEngine

from kb.errors import BackupError
from kb.store.connection import connect
from kb.store.migrate import known_revisions, revision_of, upgrade
from kb.store.store import Store
from kb.store.tables import canary, metadata

ENDING: Final = ".jsonl"
VERSION_TABLE: Final = "alembic_version"
AT_ONCE: Final = 500
FEW: Final = 8
"""Rows in memory at a time; of those that may hold a file of several megabytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dumped:
    """What was written: the schema's revision, None for a database without tables, and rows by table."""

    revision: str | None
    rows: Mapping[str, int]


def dump(url: str, folder: Path) -> Dumped:
    """Writes each table to `<table>.jsonl`, all of one moment; changes nothing. Raises StoreError."""
    store = Store(connect(url))
    try:
        with store.frozen() as connection:
            revision = revision_of(connection)
            rows = {table.name: _write(connection, table, folder) for table in _tables(connection)}
    finally:
        store.close()
    return Dumped(revision=revision, rows=rows)


def load(store: Store, folder: Path, dumped: Dumped) -> None:
    """Puts these rows in the place of all that is there, in one transaction: all or nothing.

    Raises BackupError for what is not such a dump, or is one of a newer version; StoreError.
    """
    if dumped.revision not in known_revisions():
        raise BackupError(
            f"schema {dumped.revision} is not known to this version: install the one that wrote it"
        )
    with store.writing() as connection:
        old = MetaData()
        old.reflect(connection)
        old.drop_all(connection)
        upgrade(connection, str(dumped.revision))
        for table in _tables(connection):
            expected = dumped.rows.get(table.name, 0)
            if _read(connection, table, folder / f"{table.name}{ENDING}") != expected:
                raise BackupError(f"{table.name}: not the {expected} rows that were written")
        upgrade(connection)


def is_empty(store: Store) -> bool:
    """Whether nobody's data is in it; what a canary found is nobody's."""
    with store.reading() as connection:
        tables = (table for table in metadata.sorted_tables if table is not canary)
        return not any(connection.execute(select(table).limit(1)).first() for table in tables)


def _tables(connection: Connection) -> list[Table]:
    """Those that others refer to first."""
    found = MetaData()
    found.reflect(connection)
    return [table for table in found.sorted_tables if table.name != VERSION_TABLE]


def _write(connection: Connection, table: Table, folder: Path) -> int:
    size = FEW if _is_large(table) else AT_ONCE
    rows = connection.execute(select(table).execution_options(yield_per=size))
    number = 0
    with (folder / f"{table.name}{ENDING}").open("w", encoding="utf-8") as file:
        for row in rows.mappings():
            values = {name: _plain(value) for name, value in row.items()}
            file.write(json.dumps(values, ensure_ascii=False, separators=(",", ":")) + "\n")
            number += 1
    return number


def _plain(value: Any) -> Any:
    """What JSON can hold; `_native` makes of it again what it was, by the column's type."""
    if isinstance(value, datetime):
        return (value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)).isoformat()
    return b64encode(value).decode() if isinstance(value, bytes) else value


def _read(connection: Connection, table: Table, path: Path) -> int:
    """The number of rows now in the table; a file that is not there has none."""
    if not path.exists():
        return 0
    size = FEW if _is_large(table) else AT_ONCE
    number = 0
    with path.open(encoding="utf-8") as lines:
        rows = (_row(table, line) for line in lines)
        while batch := list(islice(rows, size)):
            connection.execute(table.insert(), batch)
            number += len(batch)
    if connection.dialect.name == "postgresql":
        _continue_counting(connection, table)
    return number


def _row(table: Table, line: str) -> dict[str, Any]:
    try:
        return {name: _native(table.columns[name].type, value) for name, value in json.loads(line).items()}
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise BackupError(f"{table.name}: a line in it is no row ({type(error).__name__})") from error


def _native(kind: TypeEngine[Any], value: Any) -> Any:
    if value is None:
        return None
    if isinstance(kind, DateTime):
        return datetime.fromisoformat(value)
    return b64decode(value, validate=True) if isinstance(kind, LargeBinary) else value


def _is_large(table: Table) -> bool:
    """Whether it may hold whole files."""
    return any(isinstance(column.type, LargeBinary) for column in table.columns)


def _continue_counting(connection: Connection, table: Table) -> None:
    """PostgreSQL numbers rows by a sequence, which knows nothing of numbers brought along."""
    for column in table.primary_key.columns:
        if isinstance(column.type, Integer) and not column.foreign_keys and len(table.primary_key) == 1:
            highest = select(func.coalesce(func.max(column), 0) + 1).scalar_subquery()
            sequence = func.pg_get_serial_sequence(table.name, column.name)
            connection.execute(select(func.setval(sequence, highest, False)))
