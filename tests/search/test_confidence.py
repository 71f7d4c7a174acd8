"""What confidence rests on, by hand."""

from __future__ import annotations

from dataclasses import replace
from math import e

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.index.ranking import Calibration, Noise, Ranking, Weights
from kb.index.words import build_terms
from kb.search.confidence import amount, confidences
from kb.search.rank import NOTHING, Ranked
from kb.search.typed import read_typed

TYPED = read_typed("refund", build_terms([]))
# The first article answers with a chance of a half, whatever is asked.
EVEN = Ranking(calibration=Calibration(intercept=0, standing=0, typed=0, words=0, share=0))


def ranked(*scores: float) -> Ranked:
    return Ranked(
        articles=np.arange(len(scores)),
        scores=np.array(scores, dtype=np.float32),
        signals={},
        weights=Weights(),
    )


def test_confidence_goes_down_the_list_in_the_proportion_of_the_softmax() -> None:
    assert confidences(TYPED, ranked(5, 4, 3), 3, EVEN) == pytest.approx([0.5, 0.5 / e, 0.5 / e**2])


def test_no_more_are_given_than_asked_for_or_found() -> None:
    assert len(confidences(TYPED, ranked(5, 4, 3), 2, EVEN)) == 2
    assert len(confidences(TYPED, ranked(5), 3, EVEN)) == 1
    assert confidences(TYPED, NOTHING, 3, EVEN) == []


def test_a_score_no_higher_than_noise_is_worth_less_than_one_above_it() -> None:
    ranking = Ranking(noise=Noise(base=5, typed=0, known=0, spread=1, strange=1))
    low, high = (confidences(TYPED, ranked(score, 0), 1, ranking)[0] for score in (5, 8))
    assert low < 0.5 < high


def test_a_rival_as_good_makes_the_first_less_sure() -> None:
    alone = confidences(TYPED, ranked(5, -5), 1, Ranking())
    assert confidences(TYPED, ranked(5, 5), 1, Ranking()) < alone


def test_the_more_is_typed_the_more_there_is() -> None:
    amounts = [amount(read_typed("refund my card"[:n], build_terms([]))) for n in range(15)]
    assert amounts == sorted(amounts)
    assert amounts[0] == 0


def test_what_every_article_says_is_little_and_a_name_is_much() -> None:
    terms = build_terms([["how", "do", "i", "print"], ["how", "do", "i", "pay"], ["how", "do", "i", "scan"]])
    said, name = (amount(read_typed(text, terms)) for text in ("how do i ", "print "))
    assert 0 < said < name < amount(read_typed("how do i print ", terms))


def test_the_same_said_in_fewer_words_is_surer() -> None:
    """A search reaches lower scores than a sentence that tells as much."""
    search = read_typed("printer offline ", build_terms([["printer", "offline"]]))
    sentence = replace(search, words=("why", "is", "my", *search.words))
    fewer, more = (confidences(typed, ranked(5, 0), 1, Ranking())[0] for typed in (search, sentence))
    assert fewer > more


@given(st.lists(st.floats(-1e4, 1e4, width=32), max_size=20))
def test_whatever_the_scores_confidence_is_a_probability_and_falls(scores: list[float]) -> None:
    chances = confidences(TYPED, ranked(*sorted(scores, reverse=True)), 10, Ranking())
    assert chances == sorted(chances, reverse=True)
    assert all(0 <= chance <= 1 for chance in chances)
