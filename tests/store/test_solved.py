"""What questions are learned from: visits as they were settled, not what browsers said."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from kb.store.solved import read_solved, read_submitted
from kb.store.store import Store
from kb.store.tickets import TicketRow, keep_ticket
from kb.store.usage import Asked, Event, Visit, keep_asked, keep_events
from kb.usage.settling import settle

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
DAY = 24
SHOWN = (("en", "refund"),)


def at(hours: float) -> datetime:
    return NOON + timedelta(hours=hours)


def ask(store: Store, session: str, hours: float = 0, text: str = "refund?", **changes: Any) -> None:
    who = {"person": changes.pop("person", session), "traffic": changes.pop("traffic", None)}
    asked = {
        "query_id": f"q-{session}",
        "visit": Visit(session_id=session, at=at(hours), locale="en", **who),
        "text": text,
        "snapshot_id": "snap",
        "answered": True,
        "confidence": 0.5,
        "held_out": False,
        "suggestions": (("refund", "en", 0.5),),
        "took_ms": 1,
    }
    keep_asked(store, [Asked(**asked | changes)])


def do(store: Store, session: str, hours: float, kind: str, *, said: datetime | None = None) -> None:
    event = Event(query_id=f"q-{session}", type=kind, at=said or at(hours), slug="refund")
    keep_events(store, Visit(session_id=session, at=at(hours)), [event])


def write(store: Store, hours: float, person: str, session: str | None = None, sender: str = "ann") -> None:
    ticket = TicketRow(
        ticket_id=f"T-{person}-{hours}",
        idempotency_key=None,
        created_at=at(hours),
        email=f"{sender}@example.com",
        message="m",
        session_id=session,
        query_id=f"q-{session}" if session else None,
        person=person,
        sender=sender,
    )
    keep_ticket(store, ticket, [])


def standing(store: Store) -> list[str]:
    """The persons whose solves stand."""
    settle(store, at(90 * DAY))
    return [row.person for row in read_solved(store) if row.stands]


def test_a_solve_comes_with_its_question_and_its_person(store: Store) -> None:
    ask(store, "ann")
    ask(store, "s2", 1, "my money", person=None)
    ask(store, "s3", 2, "read it")
    for session, hours, kind in (("ann", 0.1, "solved"), ("s2", 1.1, "solved"), ("s3", 2.1, "opened")):
        do(store, session, hours, kind)
    settle(store, at(DAY))
    found = [(row.person, row.question, row.slug, row.suggestions, row.stands) for row in read_solved(store)]
    assert found == [("ann", "refund?", "refund", SHOWN, True), ("s2", "my money", "refund", SHOWN, True)]


def test_a_solve_stands_once_its_visit_is_settled(store: Store) -> None:
    ask(store, "ann")
    do(store, "ann", 0.1, "solved")
    assert [row.stands for row in read_solved(store)] == [False]
    assert standing(store) == ["ann"]


def test_two_devices_of_one_customer_are_one_person(store: Store) -> None:
    for hours, device in enumerate(("phone", "laptop")):
        write(store, hours - 30 * DAY, device)
        ask(store, device, hours)
        do(store, device, hours + 0.1, "solved")
    assert standing(store) == ["ann", "ann"]


def test_a_ticket_from_another_device_takes_a_solve_back(store: Store) -> None:
    for device in ("phone", "laptop"):
        write(store, -30 * DAY, device)
    ask(store, "phone")
    do(store, "phone", 0.1, "solved")
    write(store, 1, "laptop")
    assert standing(store) == []


def test_a_ticket_takes_back_what_a_slow_clock_says_was_solved_days_before(store: Store) -> None:
    ask(store, "ann")
    do(store, "ann", 0.1, "solved", said=at(-4 * DAY))
    write(store, 0.2, "ann", "ann")
    assert standing(store) == []


def test_a_solve_that_was_thought_better_of_does_not_stand(store: Store) -> None:
    ask(store, "ann")
    do(store, "ann", 0.1, "solved")
    do(store, "ann", 0.2, "not_solved")
    assert standing(store) == []


@pytest.mark.parametrize(
    "other", [{"traffic": "test"}, {"traffic": "bot"}, {"held_out": True}, {"purpose": "search"}]
)
def test_only_customers_who_were_shown_something_teach(store: Store, other: dict[str, Any]) -> None:
    ask(store, "ann", **other)
    do(store, "ann", 0.1, "solved")
    assert standing(store) == []


def test_each_solve_is_judged_by_its_own_visit(store: Store) -> None:
    """One tab: the first visit confirmed the article, the second one did not."""
    ask(store, "ann")
    do(store, "ann", 0.1, "solved")
    ask(store, "ann", DAY, "another refund", query_id="q-later")
    later = [
        Event(query_id="q-later", type=kind, at=at(DAY), slug="refund") for kind in ("solved", "not_solved")
    ]
    keep_events(store, Visit(session_id="ann", at=at(DAY + 0.1)), later)
    settle(store, at(9 * DAY))
    assert [(row.question, row.stands) for row in read_solved(store)] == [
        ("refund?", True),
        ("another refund", False),
    ]


def test_tickets_and_forms_sent_by_the_page_itself_are_submissions(store: Store) -> None:
    ask(store, "ann")
    do(store, "ann", 0.1, "submitted")
    ask(store, "ben", 1, "my money")
    write(store, 1.1, "ben", "ben", sender="ben's")
    write(store, 2, "cleo")
    ask(store, "tester", 3, traffic="test")
    do(store, "tester", 3.1, "submitted")
    settle(store, at(DAY))
    found = [(row.person, row.question, row.suggestions) for row in read_submitted(store)]
    assert found == [("ann", "refund?", SHOWN), ("ben's", "my money", SHOWN)]


def test_what_was_held_back_was_not_shown(store: Store) -> None:
    ask(store, "ann", held_out=True)
    do(store, "ann", 0.1, "submitted")
    settle(store, at(DAY))
    assert read_submitted(store) == []
