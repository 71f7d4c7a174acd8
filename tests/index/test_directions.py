"""What passages have in common, on vectors small enough to work out on paper."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from kb.index.directions import DIRECTIONS, Common, find_common

HALF = 0.5**0.5
# Two passages at a right angle.
CORNER = np.eye(2, dtype=np.float32)


def test_the_mean_is_common_and_what_is_left_of_two_passages_points_apart() -> None:
    common = find_common(CORNER)
    assert common.mean.tolist() == [0.5, 0.5]
    assert common.norms == pytest.approx([HALF, HALF])
    assert common.rare(CORNER[0]) == pytest.approx([HALF, -HALF])
    assert common.directions.shape == (0, 2)


def test_many_passages_lose_the_directions_most_of_them_vary_in() -> None:
    """Along the first axis they vary most: what is left of a question has nothing of it."""
    rows = np.random.default_rng(1).normal(size=(400, 6)) * [30, 20, 10, 1, 1, 1]
    common = find_common(rows.astype(np.float32))
    assert common.directions.shape == (DIRECTIONS, 6)
    assert np.abs(common.directions[0]) == pytest.approx([1, 0, 0, 0, 0, 0], abs=0.1)
    left = common.rare(np.ones(6, dtype=np.float32))
    assert np.abs(left[:3]).max() < 0.15
    assert np.linalg.norm(left) == pytest.approx(1, abs=1e-5)


def test_unrelated_passages_are_at_nought_whatever_the_encoder_makes_of_them() -> None:
    """The usual cosine becomes 0, and the spread of cosines the unit."""
    rows = np.random.default_rng(1).normal(size=(500, 50)) + 3
    rows = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
    common = find_common(rows)
    cosines = (rows @ rows.T)[np.triu_indices(500, 1)]
    assert common.scaled(cosines).mean() == pytest.approx(0, abs=1e-3)
    assert common.scaled(np.array([common.usual], dtype=np.float32)) == pytest.approx([0], abs=1e-6)


def test_one_passage_alone_breaks_nothing() -> None:
    common = find_common(CORNER[:1])
    assert np.isfinite(common.rare(CORNER[0])).all()
    assert np.isfinite(common.scaled(np.ones(1, dtype=np.float32))).all()


def test_what_was_saved_is_the_same(tmp_path: Path) -> None:
    common = find_common(CORNER)
    common.save(tmp_path / "common.npz")
    again = Common.load(tmp_path / "common.npz")
    assert np.array_equal(again.mean, common.mean)
    assert np.array_equal(again.directions, common.directions)
    assert np.array_equal(again.norms, common.norms)
    assert (again.usual, again.spread) == pytest.approx((common.usual, common.spread))
