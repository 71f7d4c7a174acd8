"""Which of a help centre's locales a question is written in, by the words that the articles of each use."""

from __future__ import annotations

from collections.abc import Sequence
from math import log

import numpy as np

from kb.index.index import Index
from kb.index.text import is_unspaced
from kb.search.typed import ENOUGH, ENOUGH_PAIRS

# Before a word is looked at, the page's language is so many times as likely as any other one.
USUAL = 3


class Spoken:
    """The locales of one index, told apart by their articles' words (naive Bayes)."""

    def __init__(self, index: Index) -> None:
        self._words = index.words
        self._locales = index.known_locales
        self._locale_of = np.array([self._locales.index(one) for one in index.locales], dtype=np.int64)
        self._sizes = np.bincount(self._locale_of, minlength=len(self._locales))

    def likeliest(self, words: Sequence[str], prefix: str, page: str) -> str:
        """The locale that a question asked on a page of locale `page`, one of the index, is likeliest in: the
        page's own where the articles in no other use enough of the words, as with a question in a language
        that the index has not.

        Words that no article uses tell nothing. `prefix` is a last word that may be half typed.
        """
        if len(self._locales) < 2:
            return page
        counts = self._words.spread(words, prefix, self._locale_of, len(self._locales))
        rates = counts.sum(axis=1, keepdims=True) / self._sizes.sum()
        # As if each locale had one more article, which uses every word as often as articles do on the whole.
        told = np.log((counts / rates + 1) / (self._sizes + 1)).sum(axis=0)
        told[self._locales.index(page)] += log(USUAL)
        likeliest = int(told.argmax())
        used = int((counts[:, likeliest] > 0).sum())
        return self._locales[likeliest] if used >= _enough(words, prefix) else page


def _enough(words: Sequence[str], prefix: str) -> float:
    """How many of the words articles in the question's language use at least."""
    return sum(ENOUGH_PAIRS if is_unspaced(word) else ENOUGH for word in words) + ENOUGH * bool(prefix)
