from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from kb.store.gaps import (
    DISMISSED,
    OPEN,
    GapRow,
    decide_gap,
    gap_questions_of,
    keep_gaps,
    keep_replay,
    keep_vectors,
    newest_gap,
    read_decisions,
    read_gap,
    read_gaps,
    read_vectors,
)
from kb.store.retention import Old, delete_old
from kb.store.store import Store
from kb.store.tickets import TicketRow, keep_ticket
from kb.store.unhelped import OpenedRow, count_single, read_unhelped
from kb.store.usage import Asked, Event, Visit, keep_asked, keep_events
from kb.usage.settling import settle

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
LATER = NOON + timedelta(days=1)
GAP = GapRow(
    gap_id=1,
    label="money back 退款",
    kind="missing",
    opened_at=NOON,
    first_seen=NOON,
    last_seen=NOON,
    persons=2,
    questions=3,
    score=1.5,
    diagnosis={"article": ["en", "refund"]},
)


def visit(store: Store, name: str, end: str, *, opened: bool = False, **changes: object) -> None:
    came = Visit(session_id=f"s-{name}", at=NOON, person=name, locale="en", page="https://shop.example/a")
    asked = {
        "query_id": f"q-{name}",
        "visit": came,
        "text": f"where is my money, {name}?",
        "snapshot_id": "snap",
        "answered": True,
        "confidence": 0.2,
        "held_out": False,
        "suggestions": (("refund", "en", 0.2),),
        "took_ms": 1,
    }
    keep_asked(store, [Asked(**asked | changes)])
    happened = [Event(query_id=f"q-{name}", type=end, at=NOON + timedelta(seconds=60))]
    if opened:
        more = {"query_id": f"q-{name}", "slug": "refund"}
        happened = [
            Event(type="opened", at=NOON + timedelta(seconds=5), **more),
            Event(type="closed", at=NOON + timedelta(seconds=35), detail={"seconds": 30}, **more),
            *happened,
        ]
    keep_events(store, came, happened)


def test_a_gap_comes_back_as_it_was_kept_and_only_once(store: Store) -> None:
    assert keep_gaps(store, [GAP], {}, newest=0)
    assert keep_gaps(store, [replace(GAP, persons=5, label="refund")], {}, newest=1)
    assert read_gaps(store) == [replace(GAP, persons=5, label="refund")]
    assert newest_gap(store) == 1


def test_a_number_is_never_given_twice(store: Store) -> None:
    keep_gaps(store, [GAP, replace(GAP, gap_id=7)], {}, newest=0)
    delete_old(store, Old(before=LATER, tickets_before=None))
    assert read_gaps(store) == []
    assert newest_gap(store) == 7
    assert not keep_gaps(store, [GAP], {}, newest=0)
    assert keep_gaps(store, [replace(GAP, gap_id=8)], {}, newest=7)
    assert newest_gap(store) == 8


def test_the_most_urgent_come_first_and_a_surge_before_all(store: Store) -> None:
    rows = [GAP, replace(GAP, gap_id=2, score=9), replace(GAP, gap_id=3, score=0.1, surge=True)]
    keep_gaps(store, rows, {}, newest=0)
    assert [row.gap_id for row in read_gaps(store)] == [3, 2, 1]


def test_who_was_overtaken_by_another_refresh_writes_nothing(store: Store) -> None:
    keep_gaps(store, [GAP], {}, newest=0)
    assert not keep_gaps(store, [replace(GAP, label="another gap of the same number")], {}, newest=0)
    assert read_gaps(store) == [GAP]


def test_a_merged_gap_is_found_under_its_old_number(store: Store) -> None:
    keep_gaps(store, [GAP, replace(GAP, gap_id=2), replace(GAP, gap_id=3)], {}, newest=0)
    keep_gaps(
        store, [replace(GAP, gap_id=3, merged_into=2), replace(GAP, gap_id=2, merged_into=1)], {}, newest=3
    )
    assert [row.gap_id for row in read_gaps(store)] == [1]
    assert len(read_gaps(store, merged=True)) == 3
    assert [read_gap(store, number) for number in (1, 2, 3, 4)] == [GAP, GAP, GAP, None]


def test_a_decision_has_an_author_and_outlives_a_refresh(store: Store) -> None:
    keep_gaps(store, [GAP], {}, newest=0)
    decide_gap(store, 1, DISMISSED, "anna", LATER, "not ours")
    decide_gap(store, 99, DISMISSED, "anna", LATER)
    keep_gaps(store, [replace(GAP, persons=3)], {}, newest=1)
    assert read_gaps(store)[0].status == DISMISSED
    decide_gap(store, 1, OPEN, "ben", LATER + timedelta(days=1))
    assert [(one.status, one.by, one.note, one.persons) for one in read_decisions(store, 1)] == [
        (DISMISSED, "anna", "not ours", 2),
        (OPEN, "ben", "", 3),
    ]
    assert read_decisions(store) == read_decisions(store, 1)


def test_a_replay_is_kept_beside_what_a_refresh_writes(store: Store) -> None:
    keep_gaps(store, [GAP], {}, newest=0)
    keep_replay(store, 1, {"asked": 4, "answered": 3, "failing": ["x"]})
    keep_gaps(store, [GAP], {}, newest=1)
    assert read_gaps(store)[0].replay == {"asked": 4, "answered": 3, "failing": ["x"]}


def test_questions_of_those_who_wrote_or_left_without_an_answer_were_not_helped(store: Store) -> None:
    visit(store, "ann", "submitted", opened=True)
    visit(store, "ben", "left", answered=False)
    visit(store, "cleo", "left")
    visit(store, "dora", "solved")
    visit(store, "emil", "submitted", held_out=True)
    visit(store, "finn", "submitted", failed=True, answered=False)
    visit(store, "greta", "submitted", purpose="search")
    settle(store, LATER)
    found = {row.person: row for row in read_unhelped(store)}
    assert {"ann", "ben"} == set(found)
    assert found["ann"].opened == (OpenedRow(slug="refund", locale="en", seconds=30, verdict=None),)
    assert (found["ann"].sent, found["ben"].sent) == (True, False)
    assert found["ann"].suggestions == (("refund", "en", 0.2),)
    assert (found["ben"].page, found["ben"].gap_id) == ("https://shop.example/a", None)


def test_who_says_that_an_article_did_not_help_was_not_helped(store: Store) -> None:
    for name in ("ann", "ben"):
        visit(store, name, "left", opened=True)
    came = Visit(session_id="s-ann", at=NOON, person="ann", locale="en", page=None)
    said = Event(query_id="q-ann", type="not_solved", at=NOON + timedelta(seconds=36), slug="refund")
    keep_events(store, came, [said])
    settle(store, LATER)
    (ann,) = read_unhelped(store)
    assert (ann.person, ann.outcome, ann.sent) == ("ann", "left", False)
    assert ann.opened == (OpenedRow(slug="refund", locale="en", seconds=30, verdict="not_solved"),)


def test_a_ticket_after_leaving_is_one_too(store: Store) -> None:
    visit(store, "ann", "left", answered=False)
    visit(store, "ben", "left", answered=False)
    fields = {"email": "ann@a.example", "message": "m", "person": "ann", "idempotency_key": None}
    keep_ticket(store, TicketRow(ticket_id="T-1", created_at=LATER, **fields), ())
    settle(store, LATER)
    found = {row.person: row.sent for row in read_unhelped(store)}
    assert found == {"ann": True, "ben": False}


def test_a_question_knows_its_gap_and_is_single_no_more(store: Store) -> None:
    for name in ("ann", "ben", "cleo"):
        visit(store, name, "submitted")
    settle(store, LATER)
    keep_vectors(store, "mini", {f"q-{name}": b"12" for name in ("ann", "ben", "cleo")})
    keep_gaps(store, [GAP], {"q-ann": 1, "q-ben": 1}, newest=0)
    assert [row.person for row in gap_questions_of(store, 1)] == ["ann", "ben"]
    assert count_single(store) == 1


def test_a_gaps_questions_are_read_without_what_others_opened(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("ann", "ben", "cleo"):
        visit(store, name, "submitted", opened=True)
    settle(store, LATER)
    keep_vectors(store, "mini", {f"q-{name}": b"12" for name in ("ann", "ben", "cleo")})
    keep_gaps(store, [GAP], {"q-ann": 1}, newest=0)
    made: list[str] = []

    def opened(**row: Any) -> OpenedRow:
        made.append(row["slug"])
        return OpenedRow(**row)

    monkeypatch.setattr("kb.store.unhelped.OpenedRow", opened)
    (ann,) = gap_questions_of(store, 1)
    assert [one.slug for one in ann.opened] == made == ["refund"]


def test_vectors_are_known_by_the_encoder_that_made_them(store: Store) -> None:
    keep_vectors(store, "mini", {"q-ann": b"12", "q-ben": b"34"})
    keep_vectors(store, "large", {"q-ben": b"56"})
    assert read_vectors(store, "mini") == {"q-ann": b"12"}
    assert read_vectors(store, "large") == {"q-ben": b"56"}
