"""Which of a help centre's locales a question is written in, by the words that the articles of each use."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from kb.index.index import Index

# Before a word is looked at: most customers write in the language of the page.
USUAL = 0.9


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
        if len(self._locales) == 1:
            return page
        counts = self._words.spread(words, prefix, self._locale_of, len(self._locales))
        rates = counts.sum(axis=1, keepdims=True) / self._sizes.sum()
        # As if each locale had one more article, which uses every word as often as articles do on the whole.
        told = np.log((counts / rates + 1) / (self._sizes + 1)).sum(axis=0)
        here = np.array([one == page for one in self._locales])
        prior = np.where(here, USUAL, (1 - USUAL) / (len(here) - 1))
        return self._locales[int((told + np.log(prior)).argmax())]
