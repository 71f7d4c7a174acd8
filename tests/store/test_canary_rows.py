"""Since when measuring has not worked, as the rows of the canaries tell it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from kb.store.canary import (
    BROKEN,
    CANARY,
    STOPPED,
    WORKS,
    Break,
    Trial,
    arrived,
    breaks_between,
    broken_since,
    forget_canaries,
    keep_trial,
    last_trial,
)
from kb.store.solved import read_solved
from kb.store.store import Store
from kb.store.tables import canary, events, queries, sessions
from kb.store.usage import Asked, Event, Visit, keep_asked, keep_events

START = datetime(2026, 5, 1, 10, tzinfo=UTC)


def after(minutes: float) -> datetime:
    return START + timedelta(minutes=minutes)


def tell(store: Store, *found: tuple[float, str], server: str = "web1", step: str = "shown") -> None:
    """What the canary found at each minute; the next word is due 15 minutes later."""
    for minutes, state in found:
        trial = Trial(
            server=server,
            state=state,
            at=after(minutes),
            due_at=after(minutes + 15),
            step=step if state == BROKEN else "",
        )
        keep_trial(store, trial)


def test_nothing_is_broken_where_nobody_tries_or_all_arrives(store: Store) -> None:
    assert broken_since(store, START) is None
    assert last_trial(store) is None
    tell(store, (0, WORKS), (5, WORKS))
    assert broken_since(store, after(6)) is None
    assert last_trial(store) == after(5)


def test_a_break_begins_where_measuring_was_last_seen_to_work(store: Store) -> None:
    tell(store, (0, WORKS), (5, WORKS), (10, BROKEN), (15, BROKEN))
    assert broken_since(store, after(16)) == after(5)
    assert breaks_between(store, after(12), after(16)) == [
        Break(server="web1", step="shown", since=after(5), until=None)
    ]


def test_a_first_trial_that_fails_breaks_from_then_on(store: Store) -> None:
    tell(store, (3, BROKEN))
    assert broken_since(store, after(4)) == after(3)


def test_a_mended_break_is_gone_and_still_known_for_reports_that_cover_it(store: Store) -> None:
    tell(store, (0, WORKS), (5, BROKEN), (10, WORKS), (15, WORKS))
    assert broken_since(store, after(16)) is None
    known = [Break(server="web1", step="shown", since=after(0), until=after(10))]
    assert breaks_between(store, after(9), after(16)) == known
    assert breaks_between(store, after(-60), after(1)) == known
    assert breaks_between(store, after(11), after(16)) == []


def test_a_server_that_falls_silent_is_broken_since_it_was_last_heard_of(store: Store) -> None:
    tell(store, (0, WORKS), (5, WORKS))
    assert broken_since(store, after(20)) is None
    assert broken_since(store, after(21)) == after(5)
    tell(store, (60, WORKS))
    assert broken_since(store, after(61)) is None
    assert breaks_between(store, after(0), after(61)) == [
        Break(server="web1", step="silent", since=after(5), until=after(60))
    ]


def test_a_break_found_after_a_silence_began_before_it(store: Store) -> None:
    tell(store, (0, WORKS), (60, BROKEN))
    assert broken_since(store, after(61)) == after(0)


def test_a_server_that_was_stopped_is_not_silent(store: Store) -> None:
    tell(store, (0, WORKS), (5, STOPPED))
    assert broken_since(store, after(600)) is None
    tell(store, (600, WORKS))
    assert breaks_between(store, after(0), after(601)) == []


def test_stopping_ends_a_break(store: Store) -> None:
    tell(store, (0, BROKEN), (5, STOPPED))
    assert broken_since(store, after(6)) is None
    assert [one.until for one in breaks_between(store, after(0), after(6))] == [after(5)]


def test_one_broken_server_of_two_is_enough(store: Store) -> None:
    tell(store, (0, WORKS), (5, BROKEN), (10, BROKEN))
    tell(store, (7, WORKS), (12, WORKS), server="web2")
    assert broken_since(store, after(13)) == after(0)


def test_a_server_silent_for_a_week_was_taken_away(store: Store) -> None:
    tell(store, (0, WORKS), (5, BROKEN))
    week = 7 * 24 * 60
    assert broken_since(store, after(week)) == after(0)
    assert broken_since(store, after(week + 6)) is None
    assert [one.until for one in breaks_between(store, after(0), after(week + 6))] == [after(5)]


def test_the_same_again_is_no_new_row(store: Store) -> None:
    tell(store, *((minutes, WORKS) for minutes in range(0, 50, 5)))
    with store.reading() as connection:
        assert connection.execute(select(func.count()).select_from(canary)).scalar() == 1


@pytest.fixture
def visited(store: Store) -> Store:
    """A canary's session and a customer's, alike in all but who came."""
    for session, traffic in (("canary:a", CANARY), ("customer", None)):
        visit = Visit(session_id=session, at=START, traffic=traffic)
        asked = Asked(
            query_id=f"q-{session}",
            visit=visit,
            text="refund",
            snapshot_id="s",
            answered=True,
            confidence=0.5,
            held_out=False,
            suggestions=(("refunds", "en", 0.5),),
            took_ms=1.0,
        )
        keep_asked(store, [asked])
        solved = Event(query_id=f"q-{session}", type="solved", at=START, slug="refunds")
        keep_events(store, visit, [solved])
    return store


def test_a_canary_teaches_nothing(visited: Store) -> None:
    assert [row.person for row in read_solved(visited)] == ["customer"]


def test_steps_are_found_where_they_arrived(visited: Store) -> None:
    assert arrived(visited, "canary:a") == {"asked", "solved"}
    assert arrived(visited, "nobody") == frozenset()


def test_only_old_sessions_of_canaries_are_forgotten(visited: Store) -> None:
    forget_canaries(visited, START)
    assert arrived(visited, "canary:a")
    forget_canaries(visited, after(1))
    assert not arrived(visited, "canary:a")
    with visited.reading() as connection:
        for table in (sessions, queries, events):
            assert connection.execute(select(table.c.session_id)).scalars().all() == ["customer"]
