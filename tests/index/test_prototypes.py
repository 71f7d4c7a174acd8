"""Articles told apart, on vectors small enough to work out on paper."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from kb.index.encoding import Encoding
from kb.index.prototypes import AXES, NAMES, Prototypes, Told, find_prototypes, groups_of

Floats = npt.NDArray[np.float32]


def told(vectors: Floats, article: list[int], named: bool | list[bool] = True) -> Told:
    """As many named passages as begun ones, which are at the same places."""
    flags = np.full(len(vectors), named) if isinstance(named, bool) else np.array(named)
    return Told(
        vectors=vectors, begun=vectors[flags], named=flags, article=np.array(article),
        group=np.zeros(max(article) + 1, np.int64), subject=np.arange(max(article) + 1),
    )  # fmt: skip


def drawn(articles: int, passages: int, seed: int = 1) -> tuple[Floats, list[int]]:
    """Articles differ along the first axis, their passages along the second."""
    chance = np.random.default_rng(seed)
    centres = np.stack([np.linspace(-5, 5, articles), np.zeros(articles), np.zeros(articles)], axis=1)
    article = [number for number in range(articles) for _ in range(passages)]
    rows = centres[article] + chance.normal(size=(len(article), 3)) * [0.1, 1, 0.1]
    return rows.astype(np.float32), article


def near(found: Prototypes, question: list[float], article: list[int]) -> Floats:
    there, starts = np.unique(article, return_index=True)
    assert len(there)
    placed = found.place(np.array(question, dtype=np.float32))
    return found.nearness(placed, np.arange(len(article)), starts)


def test_an_article_is_told_by_what_articles_differ_in() -> None:
    """The questions are far along the axis in which passages vary, and at an article along the other."""
    rows, article = drawn(5, 4)
    found = find_prototypes(told(rows, article))
    assert near(found, [0, 3, 0], article).argmax() == 2
    assert near(found, [5, -3, 0], article).argmax() == 4


def test_the_first_axis_is_the_most_telling() -> None:
    rows, article = drawn(5, 40)
    axes = find_prototypes(told(rows, article)).axes
    assert abs(axes[0]).argmax() == 0


def test_unrelated_articles_are_at_nought_on_average() -> None:
    chance = np.random.default_rng(2)
    article = [number for number in range(40) for _ in range(3)]
    rows = (chance.normal(size=(40, 20))[article] + chance.normal(size=(120, 20))).astype(np.float32)
    found = find_prototypes(told(rows, article))
    values = [
        np.delete(near(found, row.tolist(), article), own) for row, own in zip(rows, article, strict=True)
    ]
    assert np.concatenate(values).mean() == pytest.approx(0, abs=0.02)


def test_a_question_unlike_all_articles_is_farther_from_each() -> None:
    """Articles differ along the first axes, the question lies off along one in which none does."""
    chance = np.random.default_rng(3)
    dimension = AXES + 6
    centres = np.zeros((100, dimension))
    centres[:, :AXES] = chance.normal(size=(100, AXES)) * 3
    article = [number for number in range(100) for _ in range(4)]
    rows = (centres[article] + chance.normal(size=(400, dimension)) * 0.1).astype(np.float32)
    found = find_prototypes(told(rows, article))
    on = rows[0].tolist()
    off = [*on[:AXES], *(value + 5 for value in on[AXES:])]
    usual, strange = near(found, on, article), near(found, off, article)
    assert strange.argmax() == usual.argmax() == 0
    assert (strange < usual).all()


def test_names_are_moved_towards_what_their_article_is_asked_for_and_text_is_not() -> None:
    rows, article = drawn(2, 3)
    named = [True, True, False] * 2
    found = find_prototypes(told(rows, article, named))
    placed = np.stack([found.place(row) for row in rows])
    share = 2 / (2 + NAMES)
    middle = placed[:2].mean(axis=0)
    assert found.rows[0] == pytest.approx(share * placed[0] + (1 - share) * middle, abs=1e-3)
    assert found.rows[2] == pytest.approx(placed[2], abs=1e-3)


def test_what_languages_differ_in_does_not_tell_articles_apart() -> None:
    """Three articles in two languages, which are far apart along the last axis."""
    centres = np.array([[x, 0, z] for z in (-9, 9) for x in (-1, 0, 1)])
    article = [number for number in range(6) for _ in range(20)]
    noise = np.random.default_rng(4).normal(size=(120, 3)) * 0.1
    rows = (centres[article] + noise).astype(np.float32)
    apart = Told(
        vectors=rows, begun=rows, named=np.ones(120, bool), article=np.array(article),
        group=groups_of(["en"] * 3 + ["es"] * 3), subject=np.array([0, 1, 2, 0, 1, 2]),
    )  # fmt: skip
    assert abs(find_prototypes(apart).axes[0]).argmax() == 0
    assert abs(find_prototypes(told(rows, article)).axes[0]).argmax() == 2


@pytest.mark.parametrize(
    ("article", "named"),
    [
        ([0], True),
        ([0], False),
        ([0, 0], True),
        ([0, 1], True),
        ([0, 2], False),
        ([0, 1, 1], [True, False, True]),
    ],
)
def test_few_passages_break_nothing(article: list[int], named: bool | list[bool]) -> None:
    rows = np.eye(3, dtype=np.float32)[: len(article)]
    found = near(find_prototypes(told(rows, article, named)), [1, 0, 0], article)
    assert np.isfinite(found).all()


def test_one_article_alone_differs_from_none() -> None:
    rows, article = drawn(1, 4)
    found = find_prototypes(told(rows, article))
    assert near(found, [3, 9, -9], article).tolist() == [0]


def test_what_was_saved_is_the_same(tmp_path: Path) -> None:
    rows, article = drawn(3, 4)
    found = find_prototypes(told(rows, article))
    found.save(tmp_path / "prototypes.npz")
    again = Prototypes.load(tmp_path / "prototypes.npz")
    assert near(again, [1, 2, 3], article) == pytest.approx(near(found, [1, 2, 3], article))


def test_one_article_is_told_from_unrelated_texts_beside_it() -> None:
    """It lies east, they lie west; what it is asked for is nearer than what they are about."""
    rows = np.array([[1, 0, 0], [1, 0.2, 0]], dtype=np.float32)
    others = [
        Encoding(vector=row, tokens=np.zeros((0, 0), np.int8), begun=row)
        for row in np.array([[-1, 0, 0.2], [-0.8, 0, 0.5], [-1, 0.1, 0]], dtype=np.float32)
    ]
    found = find_prototypes(told(rows, [0, 0]), others)
    assert near(found, [1, 0.1, 0], [0, 0]) > near(found, [-1, 0.1, 0], [0, 0]) + 0.1
    assert len(found.rows) == 2


def test_translations_say_nothing_of_what_unrelated_articles_come_to() -> None:
    """Two articles in two languages each, at the same places: all that differ are far apart."""
    rows, article = drawn(2, 3)
    twice = np.concatenate([rows, rows])
    apart = told(twice, [*article, *(number + 2 for number in article)])
    translated = replace(apart, subject=np.array([0, 1, 0, 1]))
    assert find_prototypes(translated).scale.usual < find_prototypes(apart).scale.usual
