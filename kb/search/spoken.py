"""Which of a help centre's locales a question is written in, by the words that the articles of each use."""

from __future__ import annotations

from collections.abc import Sequence
from math import log

import numpy as np

from kb.index.index import Index

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
        """The locale that a question asked on a page of locale `page`, one of the index, is likeliest in.

        Words that no article uses tell nothing. `prefix` is a last word that may be half typed.
        """
        if len(self._locales) < 2:
            return page
        counts = self._words.spread(words, prefix, self._locale_of, len(self._locales))
        rates = counts.sum(axis=1, keepdims=True) / self._sizes.sum()
        # As if each locale had one more article, which uses every word as often as articles do on the whole.
        told = np.log((counts / rates + 1) / (self._sizes + 1)).sum(axis=0)
        told[self._locales.index(page)] += log(USUAL)
        return self._locales[int(told.argmax())]
