"""Rows out of one database and into another, whichever kind either is."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text

from kb.errors import BackupError, StoreError
from kb.store.connection import connect
from kb.store.export import Dumped, dump, is_empty, load
from kb.store.migrate import HEAD, revision_of, upgrade
from kb.store.store import Store
from kb.store.tables import metadata, sessions
from kb.store.tickets import TicketFile, TicketRow, keep_ticket
from kb.store.usage import Asked, Event, Visit, keep_asked, keep_events

AT = datetime(2026, 5, 1, 10, 30, 0, 123456, tzinfo=UTC)
WORDS = "Ünïcödé \n\t\"quotes\" 'more' \\ \u2028 דיו 🖨 \x1f"
CONTENT = bytes(range(256)) * 40


def asked(session: str, number: int) -> Asked:
    return Asked(
        query_id=f"{session}-{number}",
        visit=Visit(session_id=session, at=AT + timedelta(seconds=number), person="p", locale="en"),
        text=WORDS,
        snapshot_id="s",
        answered=True,
        confidence=0.1 + number / 3,
        held_out=False,
        suggestions=(("refunds", "en", 1 / 3),),
        took_ms=1.5,
    )


def fill(store: Store) -> None:
    keep_asked(store, [asked("one", number) for number in range(3)])
    visit = Visit(session_id="one", at=AT)
    keep_events(store, visit, [Event(query_id="one-0", type="solved", at=AT, slug="a", detail={"rank": 1})])
    ticket = TicketRow(
        ticket_id="T-1", idempotency_key=None, created_at=AT, email="ann@example.com", message=WORDS
    )
    file = TicketFile(name=WORDS, content_type="image/png", content=CONTENT)
    keep_ticket(store, ticket, [file, file])


def rows(store: Store) -> dict[str, list[dict[str, Any]]]:
    with store.reading() as connection:
        return {
            table.name: [
                dict(row) for row in connection.execute(select(table).order_by(*table.primary_key)).mappings()
            ]
            for table in metadata.sorted_tables
        }


@pytest.fixture
def other_url(request: pytest.FixtureRequest, url: str) -> str:
    """A database of the other kind."""
    kind = "postgresql" if url.startswith("sqlite") else "sqlite"
    return str(request.getfixturevalue(f"{kind}_url"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "dumped"
    made.mkdir()
    return made


def read(path: Path, key: str) -> set[Any]:
    return {json.loads(line)[key] for line in path.read_text(encoding="utf-8").split("\n") if line}


@pytest.mark.parametrize("same", [True, False])
def test_every_row_comes_back_as_it_was_in_either_kind_of_database(
    url: str, other_url: str, folder: Path, same: bool
) -> None:
    store = Store.open(url)
    fill(store)
    before = rows(store)
    dumped = dump(url, folder)
    target = store if same else Store.open(other_url)
    if same:
        keep_asked(store, [asked("later", 0)])
    load(target, folder, dumped)
    assert rows(target) == before
    assert sum(dumped.rows.values()) == sum(map(len, before.values())) > 8
    keep_events(target, Visit(session_id="one", at=AT), [Event(query_id="one-1", type="shown", at=AT)])
    assert len(rows(target)["events"]) == 2
    target.close()
    store.close()


def test_an_old_schema_is_restored_and_brought_up_to_date(url: str, other_url: str, folder: Path) -> None:
    engine = connect(url)
    with engine.connect().execution_options(writes=True) as connection, connection.begin():
        upgrade(connection, "0001")
        connection.execute(
            text("INSERT INTO sessions (session_id, first_seen, last_seen) VALUES ('old', :at, :at)"),
            {"at": AT.isoformat(" ")},
        )
    engine.dispose()
    dumped = dump(url, folder)
    assert (dumped.revision, dumped.rows["sessions"]) == ("0001", 1)
    target = Store.open(other_url)
    fill(target)
    load(target, folder, dumped)
    with target.reading() as connection:
        assert revision_of(connection) == HEAD
        found = connection.execute(select(sessions.c.session_id, sessions.c.first_seen)).all()
    assert [tuple(row) for row in found] == [("old", AT)]
    target.close()


def test_dumping_changes_nothing_in_an_old_database(url: str, folder: Path) -> None:
    engine = connect(url)
    with engine.connect().execution_options(writes=True) as connection, connection.begin():
        upgrade(connection, "0002")
    dump(url, folder)
    with engine.connect() as connection:
        assert revision_of(connection) == "0002"
    engine.dispose()


def test_what_is_written_while_a_dump_is_taken_is_in_it_whole_or_not_at_all(url: str, tmp_path: Path) -> None:
    """Each ticket comes with its file and its place in the outbox, each question with its session."""
    store = Store.open(url)
    stopping = threading.Event()
    written: list[int] = []

    def write() -> None:
        while not stopping.is_set():
            number = len(written)
            ticket = TicketRow(
                ticket_id=f"T-{number}", idempotency_key=None, created_at=AT, email="a@b.example", message="x"
            )
            keep_ticket(store, ticket, [TicketFile(name="f", content_type="t", content=b"x" * 20_000)])
            keep_asked(store, [asked(f"session-{number}", 0)])
            written.append(number)

    writing = threading.Thread(target=write)
    writing.start()
    try:
        for attempt in range(4):
            seen = len(written)
            while len(written) < seen + 5:
                time.sleep(0.005)
            folder = tmp_path / str(attempt)
            folder.mkdir()
            before = len(written)
            dumped = dump(url, folder)
            ids = {
                name: read(folder / f"{name}.jsonl", key)
                for name, key in (
                    ("tickets", "ticket_id"),
                    ("ticket_files", "ticket_id"),
                    ("outbox", "ticket_id"),
                    ("sessions", "session_id"),
                    ("queries", "session_id"),
                )
            }
            assert ids["tickets"] == ids["ticket_files"] == ids["outbox"]
            assert ids["sessions"] == ids["queries"]
            assert dumped.rows["tickets"] >= before
            assert dumped.rows["tickets"] - dumped.rows["sessions"] in (0, 1)
    finally:
        stopping.set()
        writing.join()
        store.close()
    assert len(written) > 20


def break_line(folder: Path) -> None:
    (folder / "events.jsonl").write_text("not a row\n")


def break_column(folder: Path) -> None:
    (folder / "events.jsonl").write_text('{"no_such_column": 1}\n')


def break_reference(folder: Path) -> None:
    (folder / "sessions.jsonl").unlink()


def break_count(folder: Path) -> None:
    (folder / "ticket_files.jsonl").write_text("")


@pytest.mark.parametrize("spoil", [break_line, break_column, break_reference, break_count])
def test_what_cannot_be_loaded_leaves_everything_as_it_was(
    url: str, folder: Path, spoil: Callable[[Path], None]
) -> None:
    store = Store.open(url)
    fill(store)
    dumped = dump(url, folder)
    spoil(folder)
    keep_asked(store, [asked("later", 0)])
    before = rows(store)
    with pytest.raises((BackupError, StoreError)):
        load(store, folder, dumped)
    assert rows(store) == before
    store.close()


def test_a_schema_nobody_knows_is_refused(store: Store, folder: Path) -> None:
    with pytest.raises(BackupError, match="9999"):
        load(store, folder, Dumped(revision="9999", rows={}))


def test_a_database_is_empty_until_somebody_came(store: Store) -> None:
    assert is_empty(store)
    keep_asked(store, [asked("one", 0)])
    assert not is_empty(store)
