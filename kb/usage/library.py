"""What a diagnosis asks of the published articles."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kb.index.snapshot import Snapshot
from kb.index.text import fold, words
from kb.search.engine import Engine
from kb.search.query import Answer, Query

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Library:
    """`ask` answers a question; by locale and slug `words_of` gives an article's folded words, `title_of` its
    title, or its slug when it is gone. Under the `floor` nothing is suggested.
    """

    ask: Callable[[Query], Answer]
    words_of: Callable[[str, str], frozenset[str]]
    title_of: Callable[[str, str], str]
    floor: float


def library_of(engine: Engine) -> Library:
    """The articles that are published now."""
    snapshot = engine.searcher().snapshot
    return Library(
        ask=engine.suggest,
        words_of=lambda locale, slug: _words(snapshot, locale, slug),
        title_of=lambda locale, slug: _title(snapshot, locale, slug),
        floor=engine.floor,
    )


def nearness(snapshot: Snapshot, vectors: Floats) -> float:
    """How near questions come to their nearest passages on average.

    On the scale of kb/index/directions.py: 0 as near as unrelated passages are, about 1 for an answer.
    """
    index = snapshot.index
    best = [index.vectors.nearest(vector, 1)[1] for vector in vectors]
    return float(index.common.scale(np.concatenate(best)).mean())


def _title(snapshot: Snapshot, locale: str, slug: str) -> str:
    found = snapshot.article(locale, slug)
    return found.title if found else slug


def _words(snapshot: Snapshot, locale: str, slug: str) -> frozenset[str]:
    entry = next((one for one in snapshot.articles if (one.locale, one.slug) == (locale, slug)), None)
    passages = snapshot.passages[slice(*entry.passages)] if entry else []
    return frozenset(word for passage in passages for word in words(fold(passage.text)))
