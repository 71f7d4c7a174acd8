from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import psycopg
import pytest
from sqlalchemy import Table, select

from kb.errors import StoreError, TicketRejected
from kb.store.store import Store
from kb.store.tables import events, outbox, queries, sessions, ticket_files, tickets
from kb.store.tickets import TicketFile, TicketRow, keep_ticket
from kb.store.usage import Asked, Event, Visit, keep_asked, keep_events

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
VISIT = Visit(session_id="s1", at=NOON, locale="en", page="https://shop.example/help")
ASKED = Asked(
    query_id="q1",
    visit=VISIT,
    text="black screen 屏幕 🖥",
    snapshot_id="snap",
    answered=True,
    confidence=0.5,
    held_out=False,
    suggestions=(("black-screen", "en", 0.5),),
    took_ms=1.25,
)
OPENED = Event(query_id="q1", type="opened", at=NOON, slug="black-screen", detail={"rank": 1})
TICKET = TicketRow(
    ticket_id="T-1",
    idempotency_key="k",
    created_at=NOON,
    email="ann@example.com",
    message="my card 4111 1111 1111 1111",
    shown=("black-screen",),
)


def rows(store: Store, table: Table) -> list[dict[str, Any]]:
    with store.reading() as connection:
        return [dict(row) for row in connection.execute(select(table)).mappings()]


def test_a_question_comes_back_as_it_was_kept(store: Store) -> None:
    keep_asked(store, [ASKED])
    (row,) = rows(store, queries)
    assert row["text"] == "black screen 屏幕 🖥"
    assert row["suggestions"] == [["black-screen", "en", 0.5]]
    assert (row["answered"], row["held_out"], row["at"]) == (True, False, NOON)


def test_a_batch_that_is_written_twice_is_kept_once(store: Store) -> None:
    keep_asked(store, [ASKED, replace(ASKED, query_id="q2")])
    keep_asked(store, [ASKED])
    assert len(rows(store, queries)) == 2
    assert len(rows(store, sessions)) == 1


def test_moments_from_any_zone_come_back_in_utc(store: Store) -> None:
    taipei = NOON.astimezone(timezone(timedelta(hours=8)))
    keep_asked(store, [replace(ASKED, visit=replace(VISIT, at=taipei))])
    kept = rows(store, queries)[0]["at"]
    assert kept == NOON
    assert kept.utcoffset() == timedelta(0)


def test_a_moment_without_a_zone_is_refused(store: Store) -> None:
    with pytest.raises(StoreError):
        keep_asked(store, [replace(ASKED, visit=replace(VISIT, at=datetime(2026, 5, 1)))])


def test_a_session_remembers_its_first_and_last_moment_and_what_it_once_knew(store: Store) -> None:
    hour = timedelta(hours=1)
    keep_asked(store, [ASKED])
    keep_asked(
        store, [replace(ASKED, query_id="q2", visit=Visit(session_id="s1", at=NOON + hour, person="p"))]
    )
    keep_asked(store, [replace(ASKED, query_id="q3", visit=Visit(session_id="s1", at=NOON - hour))])
    (row,) = rows(store, sessions)
    assert (row["first_seen"], row["last_seen"]) == (NOON - hour, NOON + hour)
    assert (row["person"], row["locale"], row["page"]) == ("p", "en", "https://shop.example/help")


def test_events_are_kept_before_their_question_is(store: Store) -> None:
    keep_events(store, VISIT, [OPENED])
    keep_asked(store, [ASKED])
    (row,) = rows(store, events)
    assert (row["type"], row["slug"], row["detail"]) == ("opened", "black-screen", {"rank": 1})


def test_a_repeated_event_is_kept_once_even_without_a_slug(store: Store) -> None:
    left = Event(query_id="q1", type="left", at=NOON)
    keep_events(store, VISIT, [left, left, OPENED])
    keep_events(store, replace(VISIT, at=NOON + timedelta(days=1)), [left, OPENED])
    assert sorted(row["type"] for row in rows(store, events)) == ["left", "opened"]


def test_a_ticket_is_kept_word_for_word_with_its_files_and_waits_in_the_outbox(store: Store) -> None:
    files = [TicketFile(name="a.png", content_type="image/png", content=bytes(range(256)))]
    assert keep_ticket(store, TICKET, files) == "T-1"
    assert rows(store, tickets)[0]["message"] == "my card 4111 1111 1111 1111"
    assert rows(store, ticket_files)[0]["content"] == bytes(range(256))
    (waiting,) = rows(store, outbox)
    assert (waiting["ticket_id"], waiting["state"], waiting["attempts"]) == ("T-1", "waiting", 0)


def test_the_same_sender_and_key_are_the_same_ticket(store: Store) -> None:
    keep_ticket(store, TICKET, [])
    assert keep_ticket(store, replace(TICKET, ticket_id="T-2"), []) == "T-1"
    assert len(rows(store, outbox)) == 1


def test_the_same_ticket_with_other_files_is_another_one(store: Store) -> None:
    file = TicketFile(name="a", content_type="text/plain", content=b"a\x00")
    keep_ticket(store, TICKET, [file])
    assert keep_ticket(store, TICKET, [file]) == "T-1"
    for files in ([], [replace(file, name="b")], [replace(file, content=b"b")], [file, file]):
        with pytest.raises(TicketRejected, match=r"^Idempotency-Key:"):
            keep_ticket(store, TICKET, files)


def test_another_sender_with_the_same_key_keeps_a_ticket_of_their_own(store: Store) -> None:
    keep_ticket(store, TICKET, [])
    assert keep_ticket(store, replace(TICKET, ticket_id="T-2", email="ben@example.com"), []) == "T-2"


def test_tickets_without_a_key_are_all_kept(store: Store) -> None:
    for number in ("T-1", "T-2"):
        assert keep_ticket(store, replace(TICKET, ticket_id=number, idempotency_key=None), []) == number


def test_one_ticket_comes_of_a_key_sent_many_times_at_once(store: Store) -> None:
    file = TicketFile(name="a", content_type="text/plain", content=b"a")

    def send(number: int) -> str:
        return keep_ticket(store, replace(TICKET, ticket_id=f"T-{number}"), [file])

    with ThreadPoolExecutor(8) as threads:
        ids = set(threads.map(send, range(16)))
    assert len(ids) == 1
    assert len(rows(store, tickets)) == len(rows(store, ticket_files)) == len(rows(store, outbox)) == 1


def test_sessions_written_in_any_order_by_several_threads_never_lock_each_other_out(store: Store) -> None:
    def write(number: int) -> None:
        order = range(20) if number % 2 else reversed(range(20))
        visits = [replace(VISIT, session_id=f"s{i}") for i in order]
        keep_asked(store, [replace(ASKED, query_id=f"{number}-{v.session_id}", visit=v) for v in visits])

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(write, range(8)))
    assert len(rows(store, queries)) == 160


def test_what_fails_half_way_leaves_nothing_behind(store: Store) -> None:
    file = TicketFile(name="a", content_type="text/plain", content=b"a")
    broken = replace(file, name=None)  # type: ignore[arg-type]
    refused = r"could not be written \((SQLITE_CONSTRAINT_NOTNULL|NotNullViolation)\)"
    with pytest.raises(StoreError, match=refused):
        keep_ticket(store, TICKET, [file, broken])
    assert rows(store, tickets) == rows(store, ticket_files) == []


def test_an_error_does_not_quote_the_customer(store: Store) -> None:
    with pytest.raises(StoreError) as caught:
        keep_ticket(store, replace(TICKET, email=None), [])  # type: ignore[arg-type]
    assert "4111" not in str(caught.value)


def test_a_server_that_went_away_is_a_store_error_and_its_return_is_noticed(
    postgresql: str, postgresql_url: str
) -> None:
    store = Store.open(postgresql_url)
    name = postgresql_url.split("/")[3].split("?", maxsplit=1)[0]
    with psycopg.connect(postgresql, autocommit=True) as admin:
        admin.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
        admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])
        with pytest.raises(StoreError):
            keep_asked(store, [ASKED])
        admin.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
    keep_asked(store, [ASKED])
    assert len(rows(store, queries)) == 1
    store.close()
