from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from kb.store.learned import (
    ACTIVE,
    FILE,
    REVOKED,
    SOLVED,
    LearnedRow,
    decide_learned,
    forget_learned,
    keep_learned,
    read_learned,
    read_solved,
    read_submitted,
)
from kb.store.store import Store
from kb.store.tickets import TicketRow, keep_ticket
from kb.store.usage import Asked, Event, Visit, keep_asked, keep_events

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
LEARNED = LearnedRow(
    question="my money back 退款", slug="refund", locale="en", source=SOLVED, persons=2, at=NOON
)


def ask(store: Store, session: str, text: str, *, person: str | None = None, held_out: bool = False) -> Visit:
    visit = Visit(session_id=session, at=NOON, person=person, locale="en")
    asked = Asked(
        query_id=f"q-{session}",
        visit=visit,
        text=text,
        snapshot_id="snap",
        answered=True,
        confidence=0.5,
        held_out=held_out,
        suggestions=(("refund", "en", 0.5),),
        took_ms=1,
    )
    keep_asked(store, [asked])
    return visit


def do(store: Store, visit: Visit, kind: str, at: datetime = NOON) -> None:
    keep_events(store, visit, [Event(query_id=f"q-{visit.session_id}", type=kind, at=at, slug="refund")])


def test_a_learned_question_comes_back_as_it_was_kept_and_only_once(store: Store) -> None:
    keep_learned(store, [LEARNED])
    keep_learned(store, [replace(LEARNED, persons=5)])
    assert read_learned(store) == [replace(LEARNED, persons=5)]


def test_a_decision_has_an_author_and_outlives_the_next_time_it_is_learned(store: Store) -> None:
    keep_learned(store, [LEARNED])
    decide_learned(store, [LEARNED.learned_id, "nothing"], REVOKED, "anna", NOON)
    keep_learned(store, [LEARNED])
    (row,) = read_learned(store)
    assert (row.status, row.decided_by, row.decided_at) == (REVOKED, "anna", NOON)
    decide_learned(store, [LEARNED.learned_id], ACTIVE, "ben", NOON)
    assert read_learned(store)[0].status == ACTIVE


def test_what_is_forgotten_is_gone(store: Store) -> None:
    keep_learned(store, [LEARNED, replace(LEARNED, question="other", source=FILE)])
    forget_learned(store, [LEARNED.learned_id])
    assert [row.question for row in read_learned(store)] == ["other"]


def test_a_solve_comes_with_its_question_and_its_person(store: Store) -> None:
    do(store, ask(store, "s1", "refund?", person="ann"), "solved")
    do(store, ask(store, "s2", "my money"), "solved")
    do(store, ask(store, "s3", "read it"), "opened")
    found = {(row.person, row.question, row.slug, row.suggestions) for row in read_solved(store)}
    refund = (("en", "refund"),)
    assert found == {("ann", "refund?", "refund", refund), ("s2", "my money", "refund", refund)}


def test_a_clock_that_runs_ahead_does_not_put_a_solve_behind_its_ticket(store: Store) -> None:
    visit = ask(store, "s1", "refund?")
    do(store, visit, "solved", at=NOON + timedelta(hours=5))
    assert read_solved(store)[0].at == NOON


def test_tickets_and_forms_sent_by_the_page_itself_are_submissions(store: Store) -> None:
    do(store, ask(store, "s1", "refund?", person="ann"), "submitted")
    ask(store, "s2", "my money", person="ben")
    ticket = TicketRow(
        ticket_id="T", idempotency_key=None, created_at=NOON, email="b@example.com", message="m"
    )
    keep_ticket(store, replace(ticket, session_id="s2", query_id="q-s2"), [])
    keep_ticket(store, replace(ticket, ticket_id="T2", person="cleo"), [])
    found = {(row.person, row.question) for row in read_submitted(store)}
    assert found == {("ann", "refund?"), ("ben", "my money"), ("cleo", "")}


def test_what_was_held_back_was_not_shown(store: Store) -> None:
    do(store, ask(store, "s1", "refund?", held_out=True), "submitted")
    (row,) = read_submitted(store)
    assert (row.person, row.question, row.suggestions) == ("s1", "", ())
