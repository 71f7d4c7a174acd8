"""What passages have in common, on vectors small enough to work out on paper."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from kb.index.directions import SHRINKAGE, Common, find_common

Ids = npt.NDArray[np.int64]

# Two passages at a right angle.
CORNER = np.eye(2, dtype=np.float32)


def alone(passages: int) -> Ids:
    """Each passage an article of its own."""
    return np.stack([np.arange(passages), np.arange(passages) + 1], axis=1)


def test_the_mean_is_common_and_what_is_left_of_two_passages_points_apart() -> None:
    common = find_common(CORNER, alone(2), np.arange(2))
    assert common.mean.tolist() == [0.5, 0.5]
    rare = common.rare(CORNER[0])
    cosines = (CORNER @ rare - common.mean @ rare) / common.norms
    assert cosines == pytest.approx([1, -1], abs=1e-5)


def test_what_passages_of_one_article_differ_in_counts_for_less() -> None:
    """Two of each article, apart along the first axis alone: it varies by 1, the other by nothing."""
    rows = np.array([[1, 5], [-1, 5], [1, -5], [-1, -5]], dtype=np.float32)
    common = find_common(rows, np.array([[0, 2], [2, 4]]), np.arange(2))
    first, second = np.diag(common.metric).tolist()
    assert second / first == pytest.approx((1 + SHRINKAGE * 0.5) / (SHRINKAGE * 0.5))
    assert common.metric[0, 1] == pytest.approx(0, abs=1e-6)


def test_where_no_article_has_several_what_all_vary_in_counts_for_less() -> None:
    rows = (np.random.default_rng(1).normal(size=(400, 3)) * [30, 1, 1]).astype(np.float32)
    scales = np.diag(find_common(rows, alone(400), np.arange(400)).metric)
    assert scales[1] / scales[0] == pytest.approx((1 + SHRINKAGE / 3) / (SHRINKAGE / 3), rel=0.05)


def test_an_article_without_passages_breaks_nothing() -> None:
    common = find_common(CORNER, np.array([[0, 0], [0, 2], [2, 2]]), np.arange(3))
    assert np.isfinite(common.rare(CORNER[0])).all()


def test_unrelated_passages_are_at_nought_whatever_the_encoder_makes_of_them() -> None:
    """The usual cosine becomes 0, and the spread of cosines the unit."""
    rows = np.random.default_rng(1).normal(size=(500, 50)) + 3
    rows = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
    common = find_common(rows, alone(500), np.arange(500))
    cosines = (rows @ rows.T)[np.triu_indices(500, 1)]
    assert common.scale(cosines).mean() == pytest.approx(0, abs=1e-3)
    assert common.scale(np.array([common.scale.usual], dtype=np.float32)) == pytest.approx([0], abs=1e-6)


def test_passages_of_one_article_say_nothing_of_what_unrelated_ones_come_to() -> None:
    """Two articles at a right angle, each of two passages that are the same."""
    common = find_common(CORNER.repeat(2, axis=0), np.array([[0, 2], [2, 4]]), np.arange(2))
    assert common.scale.usual == 0


def test_translations_say_nothing_of_what_unrelated_passages_come_to() -> None:
    """Of three articles, two of them one in two languages, which are the same."""
    common = find_common(CORNER[[0, 0, 1]], alone(3), np.array([5, 5, 2]))
    assert common.scale.usual == 0


def test_few_articles_are_measured_with_unrelated_texts_beside_them() -> None:
    """One article says nothing of what unrelated texts come to: 0 and 0.6 here, of which two to one."""
    alone_here = np.array([[1, 0, 0]], dtype=np.float32)
    others = np.array([[0, 1, 0], [0, 0.6, 0.8]], dtype=np.float32)
    common = find_common(alone_here, alone(1), np.arange(1), others)
    assert common.scale.usual == pytest.approx(0.2)
    assert common.scale.spread == pytest.approx(np.std([0, 0, 0.6]))
    assert len(common.norms) == 1
    assert common.mean == pytest.approx([1 / 3, 1.6 / 3, 0.8 / 3])


def test_one_passage_alone_breaks_nothing() -> None:
    common = find_common(CORNER[:1], alone(1), np.arange(1))
    assert np.isfinite(common.rare(CORNER[0])).all()
    assert np.isfinite(common.scale(np.ones(1, dtype=np.float32))).all()


def test_what_was_saved_is_the_same(tmp_path: Path) -> None:
    common = find_common(CORNER, alone(2), np.arange(2))
    common.save(tmp_path / "common.npz")
    again = Common.load(tmp_path / "common.npz")
    assert np.array_equal(again.mean, common.mean)
    assert np.array_equal(again.metric, common.metric)
    assert np.array_equal(again.norms, common.norms)
    assert (again.scale.usual, again.scale.spread) == pytest.approx((common.scale.usual, common.scale.spread))
