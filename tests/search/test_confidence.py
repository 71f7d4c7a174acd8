"""What confidence rests on, by hand."""

from __future__ import annotations

import numpy as np
import pytest

from kb.index.ranking import CUES, Calibration
from kb.index.words import build_terms
from kb.search.confidence import confidences, cues
from kb.search.rank import NOTHING, Ranked
from kb.search.typed import read_typed

SIGNALS = ("meaning", "title", "topic", "rare", "words", "grams")
TYPED = read_typed("refund", build_terms([]))


def ranked(*scores: float) -> Ranked:
    values = np.array(scores, dtype=np.float32)
    return Ranked(
        articles=np.arange(len(scores)), scores=values, signals=dict.fromkeys(SIGNALS, values / 10)
    )


def test_an_article_leads_by_what_it_is_above_the_best_other_one() -> None:
    found = cues(TYPED, ranked(5, 3, 2), 3)
    assert found[:, CUES.index("score")].tolist() == [5, 3, 2]
    assert found[:, CUES.index("lead")].tolist() == [2, -2, -3]
    assert found[:, CUES.index("meaning")] == pytest.approx([0.5, 0.3, 0.2])


def test_the_runner_up_counts_even_when_only_one_is_asked_for() -> None:
    assert cues(TYPED, ranked(5, 3), 1)[0, CUES.index("lead")] == 2
    assert cues(TYPED, ranked(5), 3)[0, CUES.index("lead")] == 5


def test_nothing_found_is_no_confidence() -> None:
    assert cues(TYPED, NOTHING, 3).shape == (0, len(CUES))
    assert confidences(TYPED, NOTHING, 3, Calibration()) == []


def test_no_suggestion_is_surer_than_the_one_before() -> None:
    """Even where a cue would say so: a later article covers more words here."""
    contrary = Calibration(intercept=0, weights=dict.fromkeys(CUES, 0.0) | {"score": -1.0})
    found = confidences(TYPED, ranked(5, 3, 2), 3, contrary)
    assert found == sorted(found, reverse=True)
    assert len(set(found)) == 1
