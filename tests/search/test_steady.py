"""What keeps its place as a question is typed on."""

from __future__ import annotations

import numpy as np
import pytest

from kb.index.ranking import Weights
from kb.search.rank import NOTHING, Ranked
from kb.search.steady import MARGIN, steady

NEARLY, CLEARLY = MARGIN / 2, MARGIN * 2


def ranked(*scores: float) -> Ranked:
    values = np.array(scores, dtype=np.float32)
    return Ranked(
        articles=np.arange(len(scores)) * 10, scores=values, signals={"words": values / 2}, weights=Weights()
    )


def places(found: Ranked) -> list[int]:
    return [row // 10 for row in found.articles.tolist()]


def test_one_that_is_nearly_as_likely_does_not_take_the_place_of_what_is_shown() -> None:
    assert places(steady(ranked(3, 2, 2 - NEARLY, 0), [0, 2], 2)) == [0, 2, 1, 3]


def test_one_that_is_clearly_likelier_does() -> None:
    assert places(steady(ranked(3, 2, 2 - CLEARLY, 0), [0, 2], 2)) == [0, 1, 2, 3]


@pytest.mark.parametrize("shown", [[], [0, 1], [3]])
def test_without_a_near_one_all_is_in_order(shown: list[int]) -> None:
    assert places(steady(ranked(3, 2, 1, 0), shown, 2)) == [0, 1, 2, 3]


def test_those_shown_stand_in_order_too() -> None:
    found = steady(ranked(3, 2.95, 2.9, 2.85), [2, 3], 3)
    assert places(found) == [0, 2, 3, 1]
    assert found.scores[:3].tolist() == sorted(found.scores[:3].tolist(), reverse=True)


def test_the_likeliest_always_has_a_place() -> None:
    assert places(steady(ranked(3, 3, 3), [1, 2], 2)) == [0, 1, 2]


def test_signals_and_scores_go_with_their_article() -> None:
    found = steady(ranked(3, 2, 2 - NEARLY), [0, 2], 2)
    assert found.scores.tolist() == pytest.approx([3, 2 - NEARLY, 2])
    assert found.signals["words"].tolist() == pytest.approx([1.5, 1 - NEARLY / 2, 1])


def test_fewer_than_there_are_places_for_stand_as_they_are() -> None:
    assert places(steady(ranked(1, 0.9), [1], 3)) == [0, 1]
    assert steady(NOTHING, [], 3) is NOTHING
