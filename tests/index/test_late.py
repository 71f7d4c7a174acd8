"""A question's tokens compared with those of passages, worked out by hand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from kb.errors import SnapshotBroken
from kb.index.encoding import Bytes, rounded
from kb.index.late import TokenVectors
from kb.index.scale import AS_IT_IS, SPREADS

EAST, NORTH = np.array([1.0, 0.0]), np.array([0.0, 1.0])
BETWEEN = (EAST + NORTH) / 2**0.5
NONE = np.zeros((0, 0), np.int8)


def tokens(*vectors: np.ndarray) -> Bytes:  # type: ignore[type-arg]
    return rounded(np.stack(vectors).astype(np.float32))


ALL_EAST = [tokens(EAST, NORTH), tokens(EAST, EAST)]
PASSAGES = [tokens(EAST), tokens(NORTH, EAST), tokens(BETWEEN, -EAST), tokens(-NORTH)]


@pytest.fixture
def kept() -> TokenVectors:
    return TokenVectors.of(PASSAGES, np.arange(4))


def test_each_token_of_a_question_counts_with_the_nearest_of_the_passage(kept: TokenVectors) -> None:
    """By how far the best passage stands out: 1 over the mean of 1, 1, 0.71 and 0 in the one, over that of
    0, 1, 0.71 and -1 in the other.
    """
    found = kept.nearness(tokens(EAST, NORTH), np.array([0, 1, 2, 3]))
    east, north = (1 - 0.68 + 0.02) ** 2, (1 - 0.18 + 0.02) ** 2
    plain = np.array([east, east + north, 0.71 * (east + north), -north]) / (east + north)
    assert found == pytest.approx((plain - kept.scale.usual) / (SPREADS * kept.scale.spread), abs=0.02)


def test_a_token_that_all_passages_have_does_not_tell_them_apart() -> None:
    apart = TokenVectors(rows=np.concatenate(ALL_EAST), bounds=np.array([0, 2, 4]), scale=AS_IT_IS)
    near, far = apart.nearness(tokens(EAST, NORTH), np.array([0, 1])).tolist()
    assert (near, far) == pytest.approx((1, 0), abs=0.02)


def test_passages_are_told_in_the_order_they_are_asked_for(kept: TokenVectors) -> None:
    question = tokens(NORTH)
    forwards, backwards = (kept.nearness(question, np.array(rows)) for rows in ([1, 3, 0], [0, 3, 1]))
    assert forwards.tolist() == backwards.tolist()[::-1]


def test_the_usual_is_what_passages_of_different_articles_come_to() -> None:
    """East and north, an article each: nothing in common. In one article they are not compared."""
    apart = TokenVectors.of([tokens(EAST), tokens(NORTH)], np.array([0, 1]))
    assert apart.scale.usual == pytest.approx(0, abs=0.01)
    alike = TokenVectors.of([tokens(EAST), tokens(EAST)], np.array([0, 1]))
    assert alike.scale.usual == pytest.approx(1, abs=0.01)
    assert TokenVectors.of([tokens(EAST), tokens(EAST)], np.array([0, 0])).scale.usual == 0
    translated = TokenVectors.of([tokens(EAST), tokens(NORTH), tokens(EAST)], np.array([3, 1, 3]))
    assert translated.scale.usual == pytest.approx(0, abs=0.01)


def test_few_articles_are_measured_with_unrelated_texts_beside_them() -> None:
    """East alone says nothing of what unrelated texts come to; what is beside it is kept nowhere."""
    kept = TokenVectors.of([tokens(EAST)], np.array([0]), [tokens(NORTH), tokens(-EAST)])
    assert kept.scale.usual == pytest.approx(np.mean([0, -1, 0] * 2), abs=0.01)
    assert len(kept.rows) == 1
    assert kept.bounds.tolist() == [0, 1]


def test_a_passage_without_tokens_is_as_near_as_any() -> None:
    kept = TokenVectors.of([tokens(EAST), NONE.reshape(0, 2), tokens(NORTH)], np.arange(3))
    assert kept.nearness(tokens(EAST), np.array([1])) == pytest.approx(0)
    assert len(kept[1]) == 0


def test_without_tokens_nothing_is_said(kept: TokenVectors) -> None:
    assert kept.nearness(NONE, np.array([0, 1])).tolist() == [0, 0]
    none = TokenVectors.of([NONE] * 3, np.arange(3))
    assert none.nearness(tokens(EAST), np.array([0, 2])).tolist() == [0, 0]
    assert TokenVectors.of([], np.zeros(0, np.int64)).nearness(NONE, np.zeros(0, np.int64)).shape == (0,)


def test_what_is_saved_is_read_again(kept: TokenVectors, tmp_path: Path) -> None:
    kept.save(tmp_path)
    again = TokenVectors.open(tmp_path, 4)
    question, passages = tokens(BETWEEN), np.arange(4)
    assert again.nearness(question, passages) == pytest.approx(kept.nearness(question, passages))
    assert [again[row].tolist() for row in range(4)] == [one.tolist() for one in PASSAGES]


@pytest.mark.parametrize("name", ["tokens.npy", "token_bounds.npz"])
def test_a_file_that_cannot_be_read_is_named(kept: TokenVectors, tmp_path: Path, name: str) -> None:
    kept.save(tmp_path)
    (tmp_path / name).write_bytes(b"nonsense")
    with pytest.raises(SnapshotBroken, match=r"tokens.npy: cannot be read; run `selfhelp index`"):
        TokenVectors.open(tmp_path, 4)
