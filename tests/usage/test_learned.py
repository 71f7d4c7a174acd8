"""Which questions are learned: worked out on paper, with one axis a topic."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.index.topic_encoder import TopicEncoder
from kb.usage.learned import (
    LONGEST,
    NEAR_ALONE,
    Agreed,
    Solve,
    Submission,
    agreements,
    learnable,
    led_to_tickets,
    most_telling,
    nearness,
)

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
REFUND, SCREEN = ("en", "refund"), ("en", "screen")
NEAR = 0.6


def solved(
    person: str, question: str, article: tuple[str, str] = REFUND, hours: float = 0, *, stands: bool = True
) -> Solve:
    at = NOON + timedelta(hours=hours)
    return Solve(person=person, question=question, article=article, at=at, stands=stands)


def sent(person: str, question: str = "", shown: tuple[str, str] = REFUND) -> Submission:
    return Submission(person=person, question=question, shown=frozenset([shown]))


def vectors(texts: Iterable[str]) -> dict[str, npt.NDArray[np.float32]]:
    given = list(texts)
    return dict(zip(given, TopicEncoder().encode_questions(given).vectors, strict=True))


def agreed(*solves: Solve) -> list[tuple[str, int]]:
    found = agreements(solves, vectors(solve.question for solve in solves), NEAR)
    return [(one.question, one.persons) for one in found]


def test_what_two_people_ask_in_their_own_words_is_learned_in_both() -> None:
    found = agreed(solved("ann", "refund please"), solved("ben", "how do refunds work"))
    assert found == [("refund please", 2), ("how do refunds work", 2)]


def test_one_person_however_often_is_not_enough() -> None:
    assert agreed(solved("ann", "refund please"), solved("ann", "my refund", hours=1)) == []


def test_two_people_who_ask_different_things_agree_on_nothing() -> None:
    assert agreed(solved("ann", "refund please"), solved("ben", "the screen is dark")) == []


def test_two_people_helped_by_different_articles_agree_on_nothing() -> None:
    assert agreed(solved("ann", "refund please"), solved("ben", "refund please", SCREEN)) == []


def test_the_same_wording_in_another_case_is_learned_once() -> None:
    assert agreed(solved("ann", "Refund?"), solved("ben", "refund?")) == [("refund?", 2)]


@pytest.mark.parametrize("stands", [True, False])
def test_only_what_stands_is_learned(stands: bool) -> None:
    assert bool(learnable([solved("ann", "refund", stands=stands)])) == stands


@pytest.mark.parametrize("question", ["", "  ", "x" * (LONGEST + 1)])
def test_what_is_empty_or_a_whole_story_is_not_learned(question: str) -> None:
    assert learnable([solved("ann", question)]) == []


def test_near_is_six_tenths_of_the_way_from_unrelated_to_identical() -> None:
    titles = TopicEncoder().encode_questions(["refund", "screen", "card"]).vectors
    assert nearness(titles) == pytest.approx(0.6)
    assert nearness(titles[:1]) == NEAR_ALONE


@pytest.mark.parametrize(
    ("tickets", "persons", "goes"), [(1, 0, False), (2, 2, False), (3, 2, True), (2, 1, True)]
)
def test_what_leads_more_people_to_tickets_than_it_helped_is_dropped(
    tickets: int, persons: int, goes: bool
) -> None:
    one = Agreed(question="refund please", article=REFUND, persons=persons)
    against = [sent(f"person {n}", "where is my refund") for n in range(tickets)]
    known = vectors(["refund please", "where is my refund"])
    assert bool(led_to_tickets([one], against, known, NEAR)) == goes


def test_tickets_about_something_else_or_without_the_article_count_nothing() -> None:
    one = Agreed(question="refund please", article=REFUND, persons=0)
    other = [sent(name, "screen") for name in "abc"] + [sent(name, "refund", shown=SCREEN) for name in "def"]
    assert led_to_tickets([one], other, vectors(["refund please", "screen", "refund"]), NEAR) == []


def test_a_cap_keeps_the_middle_and_what_is_unlike_it() -> None:
    texts = ["refund", "refund again", "refund soon", "screen"]
    assert most_telling(texts, vectors(texts), 2) == ["refund", "screen"]


@given(
    st.lists(st.sampled_from(["refund", "screen", "card", "refund card", "hm"]), unique=True),
    st.integers(0, 6),
)
def test_a_cap_never_keeps_more_nor_anything_else(texts: list[str], limit: int) -> None:
    kept = most_telling(texts, vectors(texts), limit)
    assert len(kept) == min(limit, len(texts))
    assert set(kept) <= set(texts)
