"""From a question to articles in order: candidates, their signals, their scores."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kb.index.index import Index
from kb.index.ranking import Weights
from kb.search.typed import Typed

Floats = npt.NDArray[np.float32]
Ids = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

# Passages and articles looked at closely. Deeper ones never reached the first ten on any set tried.
NEAREST_PASSAGES = 200
WORDIEST_ARTICLES = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranked:
    """Articles, best first: row numbers, scores, and each one's signals, all of one length."""

    articles: Ids
    scores: Floats
    signals: dict[str, Floats]


NOTHING = Ranked(articles=np.zeros(0, np.int64), scores=np.zeros(0, np.float32), signals={})


class Ranker:
    """Ranks the articles of one index; holds what can be worked out once."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self._article_of = np.repeat(np.arange(len(index.slugs)), np.diff(index.bounds, axis=1)[:, 0])
        self._known = index.known_locales
        self._locale_of = np.array([self._known.index(locale) for locale in index.locales], dtype=np.int64)

    def rank(self, typed: Typed, vector: Floats, locale: str | None, weights: Weights) -> Ranked:
        """Articles of `locale` when there are any in it, else of all; one place for each slug."""
        candidates, signals = self.signals(typed, vector, locale)
        if not len(candidates):
            return NOTHING
        scores = weights.score(signals)
        order = self._one_a_slug(candidates, np.argsort(-scores, kind="stable"))
        return Ranked(
            articles=candidates[order],
            scores=scores[order],
            signals={name: values[order] for name, values in signals.items()},
        )

    def signals(self, typed: Typed, vector: Floats, locale: str | None) -> tuple[Ids, dict[str, Floats]]:
        """Candidates by number, ascending, and what each signal says of them."""
        allowed = self._allowed(locale)
        words = self._index.words.coverage(typed.words, typed.prefix) * allowed
        grams = self._index.grams.coverage(typed.grams) * allowed
        candidates = self._candidates(vector, words + grams, allowed)
        if not len(candidates):
            return candidates, {}
        signals = self._meaning(vector, candidates)
        return candidates, signals | {"words": words[candidates], "grams": grams[candidates]}

    def _allowed(self, locale: str | None) -> Flags:
        if locale not in self._known:
            return self._index.suggestible
        here: Flags = self._index.suggestible & (self._locale_of == self._known.index(locale))
        return here

    def _candidates(self, vector: Floats, lexical: Floats, allowed: Flags) -> Ids:
        """Numbers of the articles near in meaning or in words, ascending."""
        bounds = self._index.bounds[allowed]
        if not len(bounds):
            return np.zeros(0, dtype=np.int64)
        start, end = int(bounds[:, 0].min()), int(bounds[:, 1].max())
        rows, _ = self._index.vectors.nearest(vector, NEAREST_PASSAGES, start, end)
        count = min(WORDIEST_ARTICLES, len(lexical))
        wordy = np.argpartition(-lexical, count - 1)[:count]
        found = np.union1d(self._article_of[rows], wordy)
        return found[allowed[found]]

    def _meaning(self, vector: Floats, candidates: Ids) -> dict[str, Floats]:
        """Signals of meaning: each candidate's passages compared with the question."""
        common = self._index.common
        bounds = self._index.bounds[candidates]
        counts = bounds[:, 1] - bounds[:, 0]
        starts = np.concatenate([[0], counts.cumsum()[:-1]])
        rows = np.arange(int(counts.sum())) + np.repeat(bounds[:, 0] - starts, counts)
        rare = common.rare(vector)
        cosines = self._index.vectors.cosines(np.stack([vector, rare]), rows)
        near = common.scaled(cosines[0])
        apart = (cosines[1] - common.mean @ rare) / common.norms[rows]
        named = self._index.named[rows]
        best = np.maximum.reduceat(near, starts)
        names = np.add.reduceat(named.astype(np.float32), starts)
        best_name = np.maximum.reduceat(np.where(named, near, -np.inf), starts)
        mean_name = np.add.reduceat(np.where(named, near, 0), starts) / np.maximum(names, 1)
        return {
            "meaning": best,
            "title": np.where(names > 0, best_name, best).astype(np.float32),
            "topic": np.where(names > 0, mean_name, best).astype(np.float32),
            "rare": np.maximum.reduceat(apart, starts).astype(np.float32),
        }

    def _one_a_slug(self, candidates: Ids, order: Ids) -> Ids:
        seen: set[str] = set()
        kept: list[int] = []
        for place in order.tolist():
            slug = self._index.slugs[int(candidates[place])]
            if slug not in seen:
                seen.add(slug)
                kept.append(place)
        return np.array(kept, dtype=np.int64)
