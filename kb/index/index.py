"""All that ranking needs of a set of articles, in memory: a snapshot's, or some to learn from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kb.index.directions import Common
from kb.index.late import TokenVectors
from kb.index.phrases import Phrases
from kb.index.prototypes import Prototypes
from kb.index.spellings import NO_SPELLINGS, Spellings
from kb.index.synonyms import NO_SYNONYMS, Synonyms
from kb.index.vectors import Vectors
from kb.index.words import Terms

Ids = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class Index:
    """Articles and passages by number; passages of one article, and articles of one locale, stand together.

    Of articles: `slugs`, `locales` (each one's), `suggestible` and `bounds` (its passages [start, end)),
    all of length A; `words` and `grams` have A documents. Of passages: `named` (a title or a question)
    `vectors`, `tokens` and `prototypes`, of length P, with what the vectors have in `common`. `phrases` tell
    how the `words` follow each other, `synonyms` are counted in `words` and `grams` already, `spellings` have
    the accents that these leave out.
    """

    slugs: Sequence[str]
    locales: Sequence[str]
    suggestible: Flags
    bounds: Ids
    named: Flags
    vectors: Vectors
    tokens: TokenVectors
    common: Common
    prototypes: Prototypes
    words: Terms
    grams: Terms
    phrases: Phrases
    synonyms: Synonyms = NO_SYNONYMS
    spellings: Spellings = NO_SPELLINGS

    @property
    def known_locales(self) -> tuple[str, ...]:
        return tuple(sorted(set(self.locales)))

    @property
    def main_locale(self) -> str:
        """The one of most articles, English where several have as many; none, an empty text."""
        counts = Counter(self.locales)
        return min(counts, key=lambda one: (-counts[one], one.split("-")[0] != "en", one), default="")
