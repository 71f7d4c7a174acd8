"""From what the server keeps to intents in the database, however it came in."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from kb.store import intents as store_intents
from kb.store import unsettled
from kb.store.deflection import page_counts
from kb.store.histories import STATES
from kb.store.names import CROWD
from kb.store.periods import Period
from kb.store.published import keep_published
from kb.store.store import Store
from kb.store.tables import events, intent_articles, intent_questions, intents, queries, sessions
from kb.store.tickets import TicketRow, keep_ticket
from kb.store.usage import Asked, Event, Visit, keep_asked, keep_events
from kb.usage import settling
from kb.usage.settling import settle

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
MINUTE, HOUR, DAY = 60, 3600, 86400
LATER = NOON + timedelta(days=9)
Step = Callable[[Store], None]


def at(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def asked(
    session: str, second: float, text: str = "refund", person: str | None = None, **changes: Any
) -> Step:
    made = {
        "query_id": f"q-{session}-{second}",
        "visit": Visit(session_id=session, at=at(second), person=person, locale="en"),
        "text": text,
        "snapshot_id": "snap",
        "answered": True,
        "confidence": 0.5,
        "held_out": False,
        "suggestions": (("refund", "en", 0.5),),
        "took_ms": 1,
    }
    return lambda store: keep_asked(store, [Asked(**made | changes)])


def did(
    session: str,
    second: float,
    kind: str,
    about: float = 0,
    *,
    received: float | None = None,
    slug: str = "refund",
    **more: Any,
) -> Step:
    """An event about what was asked at `about`, received a second later unless said otherwise."""
    event = Event(query_id=f"q-{session}-{about}", type=kind, at=at(second), slug=slug, detail=more)
    visit = Visit(session_id=session, at=at(second + 1 if received is None else received))
    return lambda store: keep_events(store, visit, [event])


def wrote(
    number: int, second: float, sender: str, *, session: str | None = None, person: str | None = None
) -> Step:
    ticket = TicketRow(
        ticket_id=f"T-{number}",
        idempotency_key=None,
        created_at=at(second),
        email=f"{sender}@example.com",
        message="m",
        session_id=session,
        person=person or sender,
        sender=sender,
    )
    return lambda store: void(keep_ticket(store, ticket, []))


def void(_result: object) -> None:
    """A step gives nothing back."""


def happen(store: Store, *steps: Step, now: datetime = LATER) -> list[dict[str, Any]]:
    """The intents after these steps, by beginning."""
    for step in steps:
        step(store)
    settle(store, now)
    return rows(store)


def rows(store: Store) -> list[dict[str, Any]]:
    order = (intents.c.started_at, intents.c.intent_id)
    with store.reading() as connection:
        return [dict(row) for row in connection.execute(select(intents).order_by(*order)).mappings()]


def everything(store: Store) -> list[Any]:
    """All that settling writes."""
    with store.reading() as connection:
        return [
            sorted(map(tuple, connection.execute(select(table)).all()), key=repr)
            for table in (intents, intent_questions, intent_articles)
        ]


def test_an_intent_is_written_with_its_questions_and_articles(store: Store) -> None:
    happen(store, asked("s", 0, "ref"), asked("s", 2), did("s", 9, "opened", 2), did("s", 30, "solved", 2))
    (intent,), (question,), (article,) = everything(store)
    assert intent[:4] == ("q-s-2", "s", "s", False)
    assert (question[0], question[1], question[3]) == ("q-s-2", "q-s-2", True)
    assert article[:5] == ("q-s-2", "refund", "en", 1, True)
    assert rows(store)[0]["outcome"] == "confirmed"


def test_an_article_that_a_link_led_to_is_the_published_one(store: Store) -> None:
    keep_published(store, {("en", "linked"): "d", ("en", "refund"): "d"}, NOON)
    page = Visit(session_id="s", at=NOON, locale="en-US")
    happen(store, asked("s", 0, visit=page, suggestions=()), did("s", 5, "opened", slug="linked"))
    (article,) = everything(store)[2]
    assert article[1:3] == ("linked", "en")


def test_nothing_is_settled_before_half_an_hour_of_quiet(store: Store) -> None:
    assert happen(store, asked("s", 0), now=at(30 * MINUTE - 1)) == []
    assert len(happen(store, now=at(30 * MINUTE))) == 1


def test_settling_twice_changes_nothing_and_reads_nothing(store: Store) -> None:
    happen(store, asked("s", 0), asked("s2", 0), did("s", 3, "solved"))
    before = everything(store)
    assert settle(store, LATER) == 0
    assert everything(store) == before


def test_a_late_event_changes_its_own_intent_alone(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    happen(store, *(asked(name, 0) for name in "abc"), asked("a", HOUR))
    seen: list[str] = []
    judge = settling.settled
    watched = lambda batch, read: seen.extend(one.session_id for one in batch.histories) or judge(batch, read)  # noqa: E731
    monkeypatch.setattr(settling, "settled", watched)
    changed = happen(store, did("b", 5, "solved", received=3 * DAY))
    assert seen == ["b"]
    assert [row["outcome"] for row in changed] == ["left", "confirmed", "left", "left"]


def test_a_clock_that_is_wrong_moves_nothing_out_of_its_intent(store: Store) -> None:
    fast, slow = did("s", 5 * DAY, "solved", received=9), did("s", -5 * DAY, "effort", received=9, score=5)
    (row,) = happen(store, asked("s", 0), fast, slow)
    assert (row["outcome"], row["effort"], row["ended_at"]) == ("confirmed", 5, at(9))


@pytest.mark.parametrize("known_by", ["person", "email", "another device"])
def test_a_ticket_from_the_same_person_takes_the_credit_back(store: Store, known_by: str) -> None:
    """Known by the browser, by the address of an earlier ticket, or by both."""
    first = [asked("s", 0, person="browser"), did("s", 9, "solved")]
    linked = wrote(1, -10 * DAY, "ann", person="browser")
    later = {
        "person": [wrote(2, HOUR, "ann", person="browser")],
        "email": [linked, wrote(2, HOUR, "ann")],
        "another device": [linked, asked("s2", HOUR, person="phone"), wrote(2, HOUR, "ann", session="s2")],
    }[known_by]
    assert happen(store, *first)[0]["taken_back"] is False
    assert happen(store, *later)[0]["taken_back"] is True


def test_a_ticket_after_more_than_72_hours_takes_nothing_back(store: Store) -> None:
    steps = asked("s", 0, person="p"), did("s", 9, "solved"), wrote(1, 73 * HOUR, "ann", person="p")
    assert happen(store, *steps)[0]["taken_back"] is False


def test_a_form_sent_later_in_another_tab_takes_it_back(store: Store) -> None:
    happen(store, asked("s", 0, person="p"), did("s", 9, "solved"))
    found = happen(store, asked("s2", DAY, "again", person="p"), did("s2", DAY + 9, "submitted", DAY))
    assert [row["taken_back"] for row in found] == [True, False]


def test_two_devices_become_one_person_when_both_wrote_under_one_address(store: Store) -> None:
    steps = [asked("s1", 0, person="phone"), asked("s2", DAY, person="laptop")]
    assert {row["person"] for row in happen(store, *steps)} == {"phone", "laptop"}
    wrote(1, 2 * DAY, "ann", person="phone")(store)
    assert {row["person"] for row in happen(store)} == {"ann", "laptop"}
    wrote(2, 2 * DAY, "ann", person="laptop")(store)
    assert {row["person"] for row in happen(store)} == {"ann"}


def test_whoever_writes_for_others_does_not_make_one_person_of_them(store: Store) -> None:
    agent = [wrote(n, n, f"customer{n}", person="agent") for n in range(3)]
    theirs = [asked(f"s{n}", DAY, person=f"home{n}") for n in range(3)]
    theirs += [wrote(10 + n, 2 * DAY, f"customer{n}", person=f"home{n}") for n in range(3)]
    found = happen(store, *agent, *theirs, asked("desk", 0, person="agent"))
    assert {row["person"] for row in found} == {"customer0", "customer1", "customer2", "agent"}


def test_a_person_learned_from_the_ticket_is_the_sessions(store: Store) -> None:
    (row,) = happen(store, asked("s", 0), wrote(1, 9, "ann", session="s"))
    assert (row["person"], row["known"], row["outcome"], row["submit_seconds"]) == (
        "ann",
        True,
        "submitted",
        9,
    )


def test_a_ticket_kept_before_its_questions_is_theirs_all_the_same(store: Store) -> None:
    (row,) = happen(store, wrote(1, 9, "ann", session="s"), asked("s", 0))
    assert row["outcome"] == "submitted"


def test_what_rests_on_questions_no_longer_kept_stays_as_it_was(store: Store) -> None:
    happen(store, asked("s", 0), did("s", 5, "solved"))
    with store.writing() as connection:
        connection.execute(events.delete())
        connection.execute(queries.delete())
    assert happen(store, did("s", 9, "opened"))[0]["outcome"] == "confirmed"


def test_a_name_that_hundreds_of_sessions_share_is_no_person(store: Store) -> None:
    for number in range(CROWD + 1):
        asked(f"s{number}", number, person="guest")(store)
    found = happen(store)
    assert {(row["known"], row["traffic"]) for row in found} == {(False, "bot")}
    assert len(found) == CROWD + 1


def test_who_is_a_crowd_does_not_depend_on_who_is_settled_at_once(store: Store) -> None:
    """Somebody else's event that waited for months in a browser must not count all visits since."""
    asked("old", -100 * DAY, person="other")(store)
    visits = [asked(f"s{n}", (n - CROWD) * DAY / 2, person="kiosk") for n in range(CROWD + 9)]
    happen(store, *visits[:-5])
    found = happen(store, *visits[-5:], did("old", -100 * DAY + 9, "left", -100 * DAY, received=5 * DAY))
    assert {(row["known"], row["traffic"]) for row in found} == {(True, "person")}


def test_a_session_without_end_is_read_only_so_far(store: Store) -> None:
    asked("s", 0)(store)
    for start in range(0, STATES + 300, 100):
        with store.writing() as connection:
            values = [
                {
                    "query_id": f"q{n}", "session_id": "s", "at": at(40 * n), "text": f"refund {n}",
                    "snapshot_id": "s", "answered": False, "confidence": 0, "held_out": False,
                    "suggestions": [], "took_ms": 0,
                }
                for n in range(start + 1, start + 101)
            ]  # fmt: skip
            connection.execute(queries.insert(), values)
    happen(store)
    assert len(everything(store)[1]) == STATES


def test_two_processes_that_settle_at_once_write_what_one_would(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unsettled, "SESSIONS", 5)
    for number in range(60):
        asked(f"s{number}", number, person=f"p{number % 20}")(store)
        did(f"s{number}", number + 9, "solved", number)(store)
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda _: settle(store, LATER), range(4)))
    assert [row["outcome"] for row in rows(store)] == ["confirmed"] * 60


def test_what_is_kept_while_settling_is_settled_next_time(store: Store) -> None:
    def keep(number: int) -> None:
        asked(f"s{number % 7}", number * HOUR)(store)
        did(f"s{number % 7}", number * HOUR + 5, "solved", number * HOUR)(store)
        settle(store, LATER)

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(keep, range(60)))
    settle(store, LATER)
    assert [row["outcome"] for row in rows(store)] == ["confirmed"] * 60


def test_a_crash_while_settling_leaves_what_was_and_is_made_good_next_time(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    happen(store, asked("s", 0))
    did("s", 5, "solved")(store)
    with monkeypatch.context() as broken:
        broken.setattr(store_intents, "_values", lambda _row: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            settle(store, LATER)
    assert rows(store)[0]["outcome"] == "left"
    assert happen(store)[0]["outcome"] == "confirmed"


LONG_PAGE = "https://shop.example/" + "".join(map(chr, range(0x4E00, 0x4E00 + 1900)))


def test_a_page_of_any_length_is_counted(store: Store) -> None:
    """PostgreSQL refuses long keys; earlier versions kept 2,000 characters of any size."""
    long = Visit(session_id="s", at=NOON, locale="en", page=LONG_PAGE)
    (row,) = happen(store, asked("s", 0, visit=long))
    assert LONG_PAGE.startswith(row["page"])
    assert len(row["page"].encode()) == 999
    assert page_counts(store, Period(since=NOON, until=LATER, final=LATER))[0].intents == 1


def test_what_cannot_be_settled_keeps_nothing_else_from_it(
    store: Store, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(unsettled, "SESSIONS", 5)
    values = store_intents._values

    def without_person(row: Any) -> dict[str, Any]:
        return values(row) | ({"person": None} if getattr(row, "session_id", "") == "s3" else {})

    with monkeypatch.context() as broken:
        broken.setattr(store_intents, "_values", without_person)
        found = happen(store, *(asked(f"s{number}", number) for number in range(12)))
    assert {row["session_id"] for row in found} == {f"s{number}" for number in range(12)} - {"s3"}
    assert "session s3 cannot be settled: IntegrityError" in caplog.messages
    assert len(happen(store)) == 12


STEPS: Sequence[Step] = (
    asked("s1", 0, "ref", person="p1"),
    asked("s1", 3, "refund", person="p1"),
    did("s1", 9, "opened", 3),
    did("s1", 30, "closed", 3, seconds=20),
    did("s1", 33, "solved", 3),
    asked("s1", HOUR, "screen", person="p1"),
    wrote(1, HOUR + 9, "ann", session="s1", person="p1"),
    asked("s2", DAY, "invoice", person="p2"),
    did("s2", DAY + 5, "solved", DAY),
    did("s2", DAY + 5, "solved", DAY),
    wrote(2, 2 * DAY, "ann"),
    wrote(3, 3 * DAY, "ann", person="p2"),
    asked("s3", 3 * DAY, "card", person="p3"),
    did("s3", 3 * DAY + 5, "submitted", 3 * DAY),
    asked("s4", 3 * DAY + HOUR, "card", person="p3", answered=False, failed=True),
)


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with all tables and nothing in them, to copy: making one takes long."""
    path = tmp_path_factory.mktemp("empty") / "selfhelp.sqlite3"
    Store.open(f"sqlite:///{path}").close()
    return path


def settled_in(empty: Path, order: Sequence[int], settled_after: set[int]) -> list[Any]:
    path = empty.with_name("mixed.sqlite3")
    shutil.copy(empty, path)
    store = Store.open(f"sqlite:///{path}")
    for count, place in enumerate(order):
        if count in settled_after:
            settle(store, LATER)
        STEPS[place](store)
    settle(store, LATER)
    found = everything(store)
    store.close()
    return found


@settings(max_examples=20)
@given(
    order=st.permutations(range(len(STEPS))), settled_after=st.sets(st.integers(0, len(STEPS)), max_size=3)
)
def test_the_order_of_arrival_and_settling_in_between_change_nothing(
    order: list[int], settled_after: set[int], empty: Path
) -> None:
    assert settled_in(empty, order, settled_after) == settled_in(empty, range(len(STEPS)), set())


def test_sessions_that_were_kept_before_there_were_intents_are_settled(store: Store) -> None:
    asked("s", 0)(store)
    with store.reading() as connection:
        assert connection.execute(select(sessions.c.unsettled)).scalar_one() is True
    assert len(happen(store)) == 1
    with store.reading() as connection:
        assert connection.execute(select(sessions.c.unsettled)).scalar_one() is False
