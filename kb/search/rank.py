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


# A question in one language is about this much likelier to mean an article in it: one unit of score is
# a factor of e in the odds.
FOREIGN = np.float32(1)

NOTHING = Ranked(articles=np.zeros(0, np.int64), scores=np.zeros(0, np.float32), signals={})


@dataclass(frozen=True, slots=True, kw_only=True)
class _View:
    """What may be offered in one locale: articles `allowed`, which of them are `foreign` (in another locale
    and not in this one), and the stretch of passages that the locale's own articles lie in.
    """

    allowed: Flags
    foreign: Flags
    reach: tuple[int, int]


class Ranker:
    """Ranks the articles of one index; holds what can be worked out once."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self._article_of = np.repeat(np.arange(len(index.slugs)), np.diff(index.bounds, axis=1)[:, 0])
        self._views = {locale: _view(index, locale) for locale in index.known_locales}
        nothing_foreign = np.zeros(len(index.slugs), dtype=bool)
        self._whole = _View(allowed=index.suggestible, foreign=nothing_foreign, reach=(0, len(index.named)))

    def rank(self, typed: Typed, vector: Floats, locale: str | None, weights: Weights) -> Ranked:
        """Articles of `locale`, and those that exist in others only; of all when it is None or unknown.

        A slug takes one place, whatever it is translated into.
        """
        candidates, signals = self.signals(typed, vector, locale)
        if not len(candidates):
            return NOTHING
        foreign = self._views.get(locale or "", self._whole).foreign[candidates]
        scores = weights.score(signals) - np.where(foreign, FOREIGN, np.float32(0))
        order = self._one_a_slug(candidates, np.argsort(-scores, kind="stable"))
        return Ranked(
            articles=candidates[order],
            scores=scores[order],
            signals={name: values[order] for name, values in signals.items()},
        )

    def signals(self, typed: Typed, vector: Floats, locale: str | None) -> tuple[Ids, dict[str, Floats]]:
        """Candidates by number, ascending, and what each signal says of them."""
        view = self._views.get(locale or "", self._whole)
        allowed = view.allowed
        words = self._index.words.coverage(typed.words, typed.prefix) * allowed
        grams = self._index.grams.coverage(typed.grams) * allowed
        candidates = self._candidates(vector, words + grams, view)
        if not len(candidates):
            return candidates, {}
        signals = self._meaning(vector, candidates)
        return candidates, signals | {"words": words[candidates], "grams": grams[candidates]}

    def _candidates(self, vector: Floats, lexical: Floats, view: _View) -> Ids:
        """Numbers of the articles near in meaning or in words, ascending."""
        if not view.allowed.any():
            return np.zeros(0, dtype=np.int64)
        near, _ = self._index.vectors.nearest(vector, NEAREST_PASSAGES, *view.reach)
        if view.foreign.any():
            abroad, _ = self._index.vectors.nearest(vector, NEAREST_PASSAGES, 0, len(self._index.named))
            near = np.concatenate([near, abroad])
        count = min(WORDIEST_ARTICLES, len(lexical))
        wordy = np.argpartition(-lexical, count - 1)[:count]
        found = np.union1d(self._article_of[near], wordy)
        return found[view.allowed[found]]

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
        # The nearest passage counts as one more name: else a title alone would count twice, its text once.
        topic = (np.add.reduceat(np.where(named, near, 0), starts) + best) / (names + 1)
        return {
            "meaning": best,
            "title": np.where(names > 0, best_name, best).astype(np.float32),
            "topic": topic.astype(np.float32),
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


def _view(index: Index, locale: str) -> _View:
    here = np.array([one == locale for one in index.locales], dtype=bool)
    slugs = {slug for slug, own in zip(index.slugs, here, strict=True) if own}
    foreign = index.suggestible & np.array([slug not in slugs for slug in index.slugs], dtype=bool)
    bounds = index.bounds[here]
    return _View(
        allowed=(index.suggestible & here) | foreign,
        foreign=foreign,
        reach=(int(bounds[:, 0].min()), int(bounds[:, 1].max())),
    )
