"""Questions asked again, of articles as they are or as they would be."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from kb.index.encoded import Encoded
from kb.index.encoding import Encoding
from kb.index.index import Index
from kb.index.ranking import Ranking
from kb.search.confidence import confidences
from kb.search.locales import nearest_locale
from kb.search.metrics import SHOWN
from kb.search.rank import Ranker
from kb.search.typed import Typed
from kb.store.unhelped import UnhelpedRow
from kb.usage.twins import words_of

Floats = npt.NDArray[np.float32]
Key = tuple[str, str]

MOST: Final = 300
"""Of more wordings than this the newest are asked again; each takes some 3 ms."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """A question as it was worded in one language, and how often it was asked so."""

    text: str
    locale: str | None
    count: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """An article (locale, slug) that a question finds, and the chance that it answers."""

    article: Key
    confidence: float


def wordings_of(asked: Iterable[UnhelpedRow]) -> list[Wording]:
    """The newest MOST wordings of a gap's questions, which are given oldest first."""
    alike: dict[tuple[frozenset[str], str | None], list[UnhelpedRow]] = {}
    for one in asked:
        alike.setdefault((words_of(one.text), one.locale), []).append(one)
    newest = sorted(alike.values(), key=lambda rows: rows[-1].at)[-MOST:]
    return [Wording(text=rows[-1].text, locale=rows[-1].locale, count=len(rows)) for rows in newest]


class Asker:
    """Asks an index questions as customers do, with what its snapshot has learned about ranking."""

    def __init__(self, index: Index, ranking: Ranking, encoded: Encoded) -> None:
        self._index = index
        self._ranking = ranking
        self._encoded = encoded
        self._ranker = Ranker(index, encoded.encoder)

    def ask(self, questions: Sequence[Wording], depth: int = SHOWN) -> list[list[Found]]:
        """The first `depth` articles of each question, best first, those under the floor too."""
        locales = [nearest_locale(one.locale, self._index.known_locales) for one in questions]
        typed = [self._ranker.read(one.text, locale) for one, locale in zip(questions, locales, strict=True)]
        encoded = self._encoded.of([one.meaning for one in typed])
        return [
            [] if read.empty else self._found(read, asked, locale, depth)
            for read, asked, locale in zip(typed, encoded, locales, strict=True)
        ]

    def _found(self, typed: Typed, encoded: Encoding, locale: str | None, depth: int) -> list[Found]:
        ranked = self._ranker.rank(typed, encoded, locale, self._ranking.weights)
        chances = confidences(typed, ranked, depth, self._ranking)
        rows = ranked.articles[: len(chances)].tolist()
        return [
            Found(article=(self._index.locales[row], self._index.slugs[row]), confidence=chance)
            for row, chance in zip(rows, chances, strict=True)
        ]
