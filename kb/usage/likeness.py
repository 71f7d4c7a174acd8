"""How alike questions are: mostly by meaning, partly by words, without what all of them share.

Questions to one desk crowd into a cone of the encoder's space and use the same words; without their mean
what sets them apart is left. The mean is that of what is asked about, not of who asks most: a question
counts less the more are like it, and with few questions the mean leans to that of unrelated texts.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.feature_extraction.text import TfidfVectorizer

from kb.index.encoding import Encodings
from kb.index.text import fold, words
from kb.index.unrelated import UNRELATED

Floats = npt.NDArray[np.float32]
Ids = npt.NDArray[np.int64]
Encode = Callable[[Sequence[str]], Encodings]

# On insurance, banking and stackfaq 0.3 beat 0 by 2 to 4 points of accuracy, each at its best threshold.
WORDS = np.float32(0.3)
# Unrelated texts weigh as much as so many questions.
PRIOR = 20
DENSITY_SAMPLE = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """Questions to be compared: `texts`, their unit `vectors` (texts, dimension), and the `locales` they
    were asked in (None: not known). `usual` (dimension) is the mean vector of unrelated texts.
    """

    texts: Sequence[str]
    vectors: Floats
    locales: Sequence[str | None]
    usual: Floats


def asked_of(texts: Sequence[str], encode: Encode, locales: Sequence[str | None] | None = None) -> Compared:
    """Encodes the questions, each wording once."""
    wordings = list(dict.fromkeys(texts))
    place = {text: row for row, text in enumerate(wordings)}
    vectors = encode([*wordings, *UNRELATED]).vectors
    return Compared(
        texts=texts,
        vectors=vectors[[place[text] for text in texts]],
        locales=locales or [None] * len(texts),
        usual=vectors[len(wordings) :].mean(axis=0),
    )


class Likeness:
    """Compares some of the questions with others; -1 to 1, about 0 for unrelated ones."""

    def __init__(self, asked: Compared) -> None:
        languages = [(locale or "").split("-")[0].lower() for locale in asked.locales]
        self._language = np.unique(languages, return_inverse=True)[1]
        self._meaning = _centred(asked, self._language)
        self._words, self._word_mean = _words(asked.texts)
        self._along = np.asarray(self._words @ self._word_mean).ravel()
        squares = np.asarray(self._words.multiply(self._words).sum(axis=1)).ravel()
        squares = squares - 2 * self._along + self._word_mean @ self._word_mean
        self._lengths = np.sqrt(np.maximum(squares, 1e-6)).astype(np.float32)

    def __call__(self, some: Ids, others: Ids) -> Floats:
        """Shape (some, others). Between languages, which share few words, only meaning counts."""
        meaning: Floats = self._meaning[some] @ self._meaning[others].T
        both: Floats = meaning + WORDS * (self._by_words(some, others) - meaning)
        return np.where(self._language[some][:, None] == self._language[others], both, meaning)

    def _by_words(self, some: Ids, others: Ids) -> Floats:
        found: Floats = (self._words[some] @ self._words[others].T).toarray().astype(np.float32)
        found -= self._along[some][:, None] + self._along[others] - self._word_mean @ self._word_mean
        found /= self._lengths[some][:, None]
        found /= self._lengths[others]
        return found


def _words(texts: Sequence[str]) -> tuple[Any, Floats]:
    """TF-IDF rows (sparse, unit length) and their mean, leaning to zero when there are few."""
    counter = TfidfVectorizer(
        analyzer=lambda text: words(fold(text)) or [fold(text)], sublinear_tf=True, dtype=np.float32
    )
    rows = counter.fit_transform(texts)
    mean: Floats = np.asarray(rows.sum(axis=0), dtype=np.float32).ravel() / np.float32(len(texts) + PRIOR)
    return rows, mean


def _centred(asked: Compared, language: Ids) -> Floats:
    """Vectors without the mean of their language, at unit length."""
    vectors = asked.vectors
    weights = _rarity(_unit(vectors - asked.usual))
    mean = _mean(vectors, weights, asked.usual)
    centred = np.empty_like(vectors)
    for one in range(int(language.max(initial=0)) + 1):
        own = language == one
        centred[own] = vectors[own] - _mean(vectors[own], weights[own], mean)
    return _unit(centred)


def _mean(vectors: Floats, weights: Floats, prior: Floats) -> Floats:
    mean: Floats = (weights @ vectors + PRIOR * prior) / (weights.sum() + PRIOR)
    return mean.astype(np.float32)


def _rarity(vectors: Floats) -> Floats:
    """Smaller the more questions are like one: one over the root of their number, itself included.

    Halfway between counting questions and counting topics: with the former one topic of many questions
    would be taken for what all share, with the latter sets on a single subject would keep it.
    """
    step = max(1, len(vectors) // DENSITY_SAMPLE)
    sample = vectors[::step]
    like = [
        (np.maximum(vectors[start : start + DENSITY_SAMPLE] @ sample.T, 0) ** 4).sum(axis=1) * step
        for start in range(0, len(vectors), DENSITY_SAMPLE)
    ]
    rarity: Floats = (1 / np.sqrt(np.maximum(np.concatenate(like), 1))).astype(np.float32)
    return rarity


def _unit(vectors: Floats) -> Floats:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit: Floats = (vectors / np.maximum(lengths, 1e-6)).astype(np.float32)
    return unit
