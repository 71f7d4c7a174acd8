from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

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
)
from kb.store.store import Store

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
LEARNED = LearnedRow(
    question="my money back 退款", slug="refund", locale="en", source=SOLVED, persons=2, at=NOON
)


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
