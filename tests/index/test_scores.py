"""Scores and probabilities by hand."""

from __future__ import annotations

import json
from math import exp

import numpy as np
import pytest

from kb.index.ranking import STRANGE, Calibration, Cues, Noise, Ranking, Weights


def cues(standing: float, typed: float, share: float, words: float = 0.0) -> Cues:
    return Cues(standing=standing, typed=typed, words=words, share=share)


def test_a_score_is_the_weighted_sum_of_the_signals() -> None:
    weights = Weights(topic=2, words=0.5)
    signals = {"topic": np.array([0.5, 1], dtype=np.float32), "words": np.array([1, 0], dtype=np.float32)}
    assert weights.score(signals) == pytest.approx([1.5, 2])


def test_a_score_stands_above_what_no_answer_reaches_in_spreads_of_that() -> None:
    noise = Noise(base=1, typed=2, known=3, spread=4, strange=2)
    assert noise.standing(16, 2, 1) == 2
    assert noise.standing(8, 2, 1) == 0
    assert noise.standing(9, 2, 0) == 2


def test_less_is_asked_of_what_is_in_another_language_than_of_what_shares_few_words() -> None:
    noise = Noise(base=1, typed=2, known=3, spread=2, strange=2, foreign=-4)
    level = [5 - 2 * noise.standing(5, 0, known) for known in (0, 0.5, 1)]
    assert level == pytest.approx([1 - 4, 1 + 1.5 - 1, 1 + 3])


def test_a_chance_is_logistic_in_its_cues() -> None:
    calibration = Calibration(intercept=-1, standing=2, typed=0.5, words=-0.25, share=1)
    assert calibration.chance(cues(0, 0, 0)) == pytest.approx(1 / (1 + exp(1)))
    assert calibration.chance(cues(1, 2, 0.5)) == pytest.approx(1 / (1 + exp(-2.5)))
    assert calibration.chance(cues(1, 2, 0.5, words=4)) == pytest.approx(1 / (1 + exp(-1.5)))


@pytest.mark.parametrize("standing", [-1e4, 1e4])
def test_no_score_is_too_far_off_for_a_chance(standing: float) -> None:
    assert Calibration().chance(cues(standing, 3, 0.5)) == pytest.approx(float(standing > 0))


def test_a_ranking_survives_its_file() -> None:
    ranking = Ranking(weights=Weights(words=7), noise=Noise(base=2), passages=10, stale=3)
    assert Ranking.from_json(json.loads(json.dumps(ranking.to_json()))) == ranking


def test_what_was_learned_holds_as_far_as_the_words_are_known() -> None:
    learned = Weights(topic=Weights().topic + 4, words=0)
    assert learned.for_known(1) == learned
    assert learned.for_known(0) == STRANGE
    assert learned.for_known(0.25).topic == pytest.approx(0.25 * learned.topic + 0.75 * STRANGE.topic)
