"""Scores and probabilities by hand."""

from __future__ import annotations

import json
from math import exp

import numpy as np
import pytest

from kb.index.ranking import CUES, Calibration, Ranking, Weights


def test_a_score_is_the_weighted_sum_of_the_signals() -> None:
    weights = Weights(meaning=2, words=0.5)
    signals = {"meaning": np.array([0.5, 1], dtype=np.float32), "words": np.array([1, 0], dtype=np.float32)}
    assert weights.score(signals) == pytest.approx([1.5, 2])


def test_a_chance_is_logistic_in_the_cues() -> None:
    calibration = Calibration(intercept=-1, weights=dict.fromkeys(CUES, 0.0) | {CUES[0]: 2.0})
    cues = np.zeros((2, len(CUES)), dtype=np.float32)
    cues[1, 0] = 1
    assert calibration.chances(cues) == pytest.approx([1 / (1 + exp(1)), 1 / (1 + exp(-1))])


def test_a_ranking_survives_its_file() -> None:
    ranking = Ranking(weights=Weights(words=7), passages=10, stale=3)
    assert Ranking.from_json(json.loads(json.dumps(ranking.to_json()))) == ranking
