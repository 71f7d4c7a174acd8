from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import numpy as np
import numpy.typing as npt

from kb.store.asked import TypedRow
from kb.usage.asking import asking_report

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)


def typed(session: str, text: str, second: float = 0, *, answered: bool = False) -> TypedRow:
    at = NOON + timedelta(seconds=second)
    return TypedRow(session_id=session, person=session, text=text, locale="en", at=at, answered=answered)


def by_last_word(texts: Sequence[str]) -> npt.NDArray[np.float32]:
    """Alike if the last word is the same."""
    return np.array([[a.split()[-1] == b.split()[-1] for b in texts] for a in texts], dtype=np.float32)


def test_keystrokes_are_the_question_they_became() -> None:
    rows = [typed(who, text, n) for who in "ab" for n, text in enumerate(("my", "my refu", "my refund"))]
    (asked,) = asking_report(rows, by_last_word).asked
    assert (asked.text, asked.persons) == ("my refund", 2)


def test_what_is_alike_is_one_line_under_its_most_frequent_wording_most_people_first() -> None:
    rows = [
        typed("a", "get a refund"),
        typed("b", "get a Refund", answered=True),
        typed("c", "no refund", 60),
        typed("d", "lost card"),
        typed("e", "lost card", 30),
    ]
    first, second = asking_report(rows, by_last_word).asked
    assert (first.text, first.persons, round(first.answered, 2)) == ("get a refund", 3, 0.33)
    assert first.last_seen == NOON + timedelta(seconds=60)
    assert (second.text, second.persons) == ("lost card", 2)


def test_what_one_person_asks_however_often_is_only_a_number() -> None:
    rows = [
        typed("a", "my refund"),
        typed("a", "lost card", 100),
        typed("a", "my refund", 200),
        typed("b", "hello", 1),
    ]
    report = asking_report(rows, by_last_word)
    assert (report.asked, report.singles, report.persons) == ((), 4, 2)


def test_single_questions_are_shown_where_an_admin_wants_them() -> None:
    assert [one.text for one in asking_report([typed("a", "x")], by_last_word, 1).asked] == ["x"]


def test_when_nobody_asks_nothing_is_compared() -> None:
    assert asking_report([], lambda _: np.zeros((0, 0), dtype=np.float32)).asked == ()
