"""Exact search finds what comparing with every row finds."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.errors import SnapshotBroken
from kb.index.vectors import FaissVectors

Floats = npt.NDArray[np.float32]
Flags = npt.NDArray[np.bool_]


def unit_rows(seed: int, count: int, dimension: int) -> Floats:
    rows = np.random.default_rng(seed).normal(size=(count, dimension))
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


@st.composite
def searches(draw: st.DrawFn) -> tuple[Floats, Floats, int, Flags]:
    """Rows, a question, how many to find, and which rows to look among."""
    count, dimension = draw(st.integers(1, 60)), draw(st.integers(1, 8))
    rows = unit_rows(draw(st.integers(0, 999)), count + 1, dimension)
    among = draw(st.lists(st.booleans(), min_size=count, max_size=count))
    return rows[:-1], rows[-1], draw(st.integers(1, 70)), np.array(among)


@given(searches())
def test_nearest_is_what_sorting_all_products_gives(search: tuple[Floats, Floats, int, Flags]) -> None:
    rows, question, count, among = search
    found, scores = FaissVectors.of(rows).nearest(question, count, among)
    products = rows @ question
    assert scores == pytest.approx(np.sort(products[among])[::-1][:count], abs=1e-5)
    assert scores == pytest.approx(products[found], abs=1e-5)
    assert len(set(found.tolist())) == len(found)
    assert among[found].all()


@given(searches())
def test_cosines_are_products_with_the_rows_named(search: tuple[Floats, Floats, int, Flags]) -> None:
    rows, question, count, among = search
    named = np.flatnonzero(among)[:count][::-1]
    questions = np.stack([question, -question])
    cosines = FaissVectors.of(rows).cosines(questions, named)
    assert cosines == pytest.approx(questions @ rows[named].T, abs=1e-5)


def test_what_was_saved_is_found_again(tmp_path: Path) -> None:
    rows = unit_rows(1, 20, 5)
    FaissVectors.of(rows).save(tmp_path / "vectors.faiss")
    again = FaissVectors.open(tmp_path / "vectors.faiss")
    assert again.nearest(rows[7], 1)[0].tolist() == [7]
    assert np.array_equal(again.cosines(rows, np.arange(20)), rows @ rows.T)


@pytest.mark.parametrize("content", [b"", b"IxFI", b"not vectors at all"])
def test_a_file_that_holds_no_vectors_is_named_with_its_remedy(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "vectors.faiss").write_bytes(content)
    with pytest.raises(SnapshotBroken, match=r"vectors\.faiss: FAISS cannot read it; run `selfhelp index`"):
        FaissVectors.open(tmp_path / "vectors.faiss")
