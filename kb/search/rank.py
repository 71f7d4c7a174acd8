"""From a question to articles in order: candidates, their signals, their scores."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kb.index.encoder import QuestionEncoder
from kb.index.encoding import Bytes, Encoding
from kb.index.index import Index
from kb.index.ranking import Weights
from kb.search.codes import chance_by_code
from kb.search.read import Reader
from kb.search.typed import Typed
from kb.search.views import View, Views

Floats = npt.NDArray[np.float32]
Ids = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

# Passages and articles looked at closely. Deeper ones never reached the first ten on any set tried.
NEAREST_PASSAGES = 200
WORDIEST_ARTICLES = 50
# Titles and questions of an article that count, the nearest ones. Where articles have six of them a mean of
# all is as good, and the nearest alone loses 2 points of success@1; where they have 46 a mean of all loses
# half a point of success@1 and @3. Between 4 and 8 makes no difference.
NAMES = 5
# Articles compared token by token, those that the other signals put first, and the nearest passages of each.
COMPARED_ARTICLES = 20
COMPARED_PASSAGES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranked:
    """Articles, best first: row numbers, scores, and each one's signals, all of one length; the weights that
    made the scores of the signals; and the chance that the first is meant `by_code`.
    """

    articles: Ids
    scores: Floats
    signals: dict[str, Floats]
    weights: Weights
    by_code: float = 0.0


NOTHING = Ranked(
    articles=np.zeros(0, np.int64), scores=np.zeros(0, np.float32), signals={}, weights=Weights()
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Passages:
    """Of all candidates, one's behind the other's: their `rows` in the index, where each candidate's begin,
    how `near` they are to the question, and how near when what is common is taken out (`apart`).
    """

    rows: Ids
    starts: Ids
    near: Floats
    apart: Floats


class Ranker:
    """Ranks the articles of one index for questions that it reads; holds what can be worked out once."""

    def __init__(self, index: Index, encoder: QuestionEncoder) -> None:
        self._index = index
        self._article_of = np.repeat(np.arange(len(index.slugs)), np.diff(index.bounds, axis=1)[:, 0])
        self._views = Views(index)
        self._reader = Reader(index, encoder, self._views)
        self._slugs = np.unique(index.slugs, return_inverse=True)[1]
        self._rows = {name: row for row, name in enumerate(zip(index.locales, index.slugs, strict=True))}

    def read(self, text: str, locale: str | None) -> Typed:
        """As `Reader.read`."""
        return self._reader.read(text, locale)

    def common_words(self, locale: str | None) -> frozenset[str]:
        """Those that many of the articles use that a question in this locale is compared with."""
        return self._views.of(locale).words.common()

    def rank(self, typed: Typed, encoded: Encoding, locale: str | None, weights: Weights) -> Ranked:
        """Articles of `locale`, and those that exist in others only; where it is None or unknown, of the one
        that the question was read in.

        A slug takes one place, whatever it is translated into. A question in another language that the index
        has is compared with the articles in it, whose words it shares, and answered with their translations.
        """
        weights = weights.for_known(typed.known)
        asked_in = typed.locale or locale
        read_in = locale if locale in self._views else asked_in
        candidates, signals = self.signals(typed, encoded, asked_in, weights)
        if not len(candidates):
            return NOTHING
        scores = weights.score(signals)
        order = self._one_a_slug(candidates, np.argsort(-scores, kind="stable"))
        articles = candidates[order]
        by_code = chance_by_code(typed, int(articles[0]), self._views.of(asked_in).words)
        if asked_in != read_in:
            articles = self._translated(articles, read_in)
            offered = self._views.of(read_in).allowed[articles]
            articles, order = articles[offered], order[offered]
        return Ranked(
            articles=articles,
            scores=scores[order],
            signals={name: values[order] for name, values in signals.items()},
            weights=weights,
            by_code=by_code,
        )

    def signals(
        self, typed: Typed, encoded: Encoding, locale: str | None, weights: Weights
    ) -> tuple[Ids, dict[str, Floats]]:
        """Candidates by number, ascending, and what each signal says of them.

        The weights choose those compared token by token.
        """
        view = self._views.of(locale)
        allowed = view.allowed
        words = view.words.coverage(typed.words, typed.prefix) * allowed
        grams = view.grams.coverage(typed.grams) * allowed
        candidates = self._candidates(encoded.vector, words + grams, view)
        if not len(candidates):
            return candidates, {}
        passages = self._passages(encoded.vector, candidates)
        signals = self._meaning(passages, encoded.vector)
        foreign = view.foreign[candidates]
        signals |= {
            "words": _covered(words[candidates], foreign),
            "grams": _covered(grams[candidates], foreign),
        }
        return candidates, signals | {"tokens": self._late(encoded.tokens, passages, weights.score(signals))}

    def _candidates(self, vector: Floats, lexical: Floats, view: View) -> Ids:
        """Numbers of the articles near in meaning or in words, ascending."""
        if not view.allowed.any():
            return np.zeros(0, dtype=np.int64)
        # Either by itself: an encoder finds what is in the question's own language nearer.
        kinds = (view.allowed & ~view.foreign, view.foreign)
        near = [self._nearest_of(vector, articles) for articles in kinds if articles.any()]
        count = min(WORDIEST_ARTICLES, len(lexical))
        wordy = np.argpartition(-lexical, count - 1)[:count]
        found = np.union1d(np.concatenate(near), wordy)
        return found[view.allowed[found]]

    def _nearest_of(self, vector: Floats, articles: Flags) -> Ids:
        """Numbers of those of these articles that the nearest passages belong to."""
        among = articles[self._article_of]
        nearest: Ids = self._article_of[self._index.vectors.nearest(vector, NEAREST_PASSAGES, among)[0]]
        return nearest

    def _passages(self, vector: Floats, candidates: Ids) -> _Passages:
        """Each candidate's passages compared with the question."""
        common = self._index.common
        bounds = self._index.bounds[candidates]
        counts = bounds[:, 1] - bounds[:, 0]
        starts = np.concatenate([[0], counts.cumsum()[:-1]])
        rows = np.arange(int(counts.sum())) + np.repeat(bounds[:, 0] - starts, counts)
        rare = common.rare(vector)
        cosines = self._index.vectors.cosines(np.stack([vector, rare]), rows)
        near = common.scale(cosines[0])
        apart = (cosines[1] - common.mean @ rare) / common.norms[rows]
        return _Passages(rows=rows, starts=starts, near=near, apart=apart)

    def _meaning(self, passages: _Passages, vector: Floats) -> dict[str, Floats]:
        """Signals of the question's meaning as a whole."""
        best = np.maximum.reduceat(passages.near, passages.starts)
        names = self._nearest_names(passages)
        # The nearest passage counts as one more name: else a title alone would count twice, its text once.
        there = np.isfinite(names)
        topic = (np.where(there, names, 0).sum(axis=1) + best) / (there.sum(axis=1) + 1)
        rare = np.maximum.reduceat(passages.apart, passages.starts)
        prototypes = self._index.prototypes
        likely = prototypes.nearness(prototypes.place(vector), passages.rows, passages.starts)
        return {"topic": topic.astype(np.float32), "rare": rare.astype(np.float32), "prototype": likely}

    def _nearest_names(self, passages: _Passages) -> Floats:
        """How near the NAMES nearest titles and questions of each candidate are, -inf where it has fewer."""
        counts = np.diff(passages.starts, append=len(passages.rows))
        candidate = np.repeat(np.arange(len(counts)), counts)
        place = np.arange(len(passages.rows)) - passages.starts[candidate]
        named = np.where(self._index.named[passages.rows], passages.near, -np.inf)
        near = np.full((len(counts), max(NAMES, int(counts.max()))), -np.inf, dtype=np.float32)
        near[candidate, place] = named
        nearest: Floats = -np.partition(-near, NAMES - 1, axis=1)[:, :NAMES]
        return nearest

    def _late(self, question: Bytes, passages: _Passages, scores: Floats) -> Floats:
        """The question's tokens compared with the first candidates' nearest passages; the others are taken to
        be as far as the farthest of these.
        """
        first = np.argsort(-scores, kind="stable")[:COMPARED_ARTICLES]
        ends = np.append(passages.starts[1:], len(passages.rows))
        chosen = [self._nearest(passages, passages.starts[one], ends[one]) for one in first.tolist()]
        starts = np.cumsum([0, *map(len, chosen[:-1])])
        found = self._index.tokens.nearness(question, np.concatenate(chosen))
        best = np.maximum.reduceat(found, starts)
        late = np.full(len(scores), best.min(), dtype=np.float32)
        late[first] = best
        return late

    @staticmethod
    def _nearest(passages: _Passages, start: int, end: int) -> Ids:
        rows = passages.rows[start:end]
        if len(rows) <= COMPARED_PASSAGES:
            return rows
        return rows[np.argpartition(-passages.near[start:end], COMPARED_PASSAGES)[:COMPARED_PASSAGES]]

    def _translated(self, articles: Ids, locale: str | None) -> Ids:
        """Each article in this locale, or as it is where it does not exist in it."""
        rows = [self._rows.get((locale or "", self._index.slugs[row]), row) for row in articles.tolist()]
        return np.array(rows, dtype=np.int64)

    def _one_a_slug(self, candidates: Ids, order: Ids) -> Ids:
        _, first = np.unique(self._slugs[candidates[order]], return_index=True)
        kept: Ids = order[np.sort(first)]
        return kept


def _covered(shares: Floats, foreign: Flags) -> Floats:
    """Whether an article in another language covers the question's words says nothing of it: it is taken to
    cover as much as the one in the question's own that covers most.
    """
    if not foreign.any() or foreign.all():
        return shares
    return np.where(foreign, np.maximum(shares, shares[~foreign].max()), shares)
