"""The figures of an evaluation, by hand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.search.metrics import (
    ANSWERABLE,
    SHARES,
    Judged,
    calibration_error,
    quality,
    separation,
    typed_at,
)


@given(st.text(), st.sampled_from(range(len(SHARES))))
def test_a_question_cut_at_a_share_keeps_the_floor_of_it_and_at_least_three(text: str, share: int) -> None:
    fifths = share + 1
    assert typed_at(text, SHARES[share]) == text[: max(3, len(text) * fifths // 5)]


def test_four_questions_by_hand() -> None:
    found = quality([[None, None, 4, 2, 1], [1, 1, 1, 1, 3], [None, None, None, None, 10], [None] * 5])
    assert found.questions == 4
    assert found.success1 == 25
    assert found.success3 == 50
    assert found.mrr10 == pytest.approx((1 + 1 / 3 + 1 / 10) / 4)
    assert found.success3_at == (25, 25, 25, 50, 50)
    assert found.typing_score == 35
    assert found.thrown_out == 0


def test_an_eleventh_rank_counts_for_nothing() -> None:
    assert quality([[11] * 5]).mrr10 == 0


def test_a_right_article_that_leaves_the_first_three_was_thrown_out() -> None:
    assert quality([[None, 3, 4, 1, 1], [3, 2, 1, 1, 1]]).thrown_out == 50


def test_no_questions_give_noughts() -> None:
    found = quality([])
    assert (found.questions, found.success3, found.mrr10, found.typing_score) == (0, 0, 0, 0)


def judged(*rows: tuple[float, bool, str]) -> list[Judged]:
    return [Judged(confidence=confidence, right=right, kind=kind) for confidence, right, kind in rows]


def test_separation_counts_the_pairs_in_which_the_answerable_one_is_surer() -> None:
    """Of four pairs two are right, one is a tie and one is wrong."""
    rows = judged((0.9, True, ANSWERABLE), (0.4, False, ANSWERABLE), (0.4, False, "far"), (0.6, False, "far"))
    assert separation(rows, "far") == 100 * 2.5 / 4
    assert separation(rows, "near") == 0


def test_confidence_that_comes_true_has_no_calibration_error() -> None:
    right = judged((1, True, ANSWERABLE), (0.5, True, ANSWERABLE), (0.5, False, "far"), (0, False, "far"))
    assert calibration_error(right) == 0
    assert calibration_error([]) == 0


def test_calibration_error_is_the_gap_in_each_tenth_weighted_by_its_size() -> None:
    """0.95 that came true is 0.05 off; two of 0.32, none true, are 0.32 off each."""
    rows = judged((0.95, True, ANSWERABLE), (0.32, False, "far"), (0.32, False, "far"))
    assert calibration_error(rows) == pytest.approx((0.05 + 0.64) / 3)
