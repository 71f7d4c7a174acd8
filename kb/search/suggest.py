"""A question answered from one snapshot."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from urllib.parse import quote

import numpy as np
import numpy.typing as npt

from kb.index.encoder import Encoder
from kb.index.snapshot import Snapshot
from kb.search.confidence import confidences
from kb.search.excerpt import Excerpt, Marker
from kb.search.locales import nearest_locale
from kb.search.query import Answer, Query, Suggestion
from kb.search.rank import NOTHING, Ranked, Ranker
from kb.search.steady import steady
from kb.search.typed import Typed
from kb.stages import stage

Floats = npt.NDArray[np.float32]

# In choosing a passage to show, words the reader will see marked count more than nearness in meaning,
# which decides where no word is shared: between languages, for instance.
NEARNESS = 0.5


class Searcher:
    """Answers queries from one snapshot with the encoder it was made with; has no state of its own."""

    def __init__(self, snapshot: Snapshot, encoder: Encoder, *, floor: float) -> None:
        self.snapshot = snapshot
        self.encoder = encoder
        self._floor = floor
        self._ranker = Ranker(snapshot.index, encoder)
        self._weights = snapshot.ranking.weights

    def suggest(self, query: Query) -> Answer:
        """The most likely articles above the floor; none when nothing is likely to help."""
        typed, vector, ranked = self._rank(query.text, query.locale)
        ranked = self.steadied(ranked, query.shown, query.limit)
        floor = self._floor if query.min_confidence is None else query.min_confidence
        chances = confidences(typed, ranked, query.limit, self.snapshot.ranking)
        shown = [chance for chance in chances if chance >= floor]
        with stage("excerpt"):
            excerpts = self._excerpts(typed, vector, ranked.articles[: len(shown)].tolist())
        suggestions = tuple(
            _explained(self._suggestion(ranked, place, chance, excerpts[place]), typed)
            for place, chance in enumerate(shown)
        )
        top = chances[0] if chances else 0.0
        return Answer(
            snapshot_id=self.snapshot.id,
            answered=bool(chances) and top >= self._floor,
            confidence=top,
            suggestions=suggestions,
        )

    def rank(self, text: str, locale: str | None) -> tuple[Typed, Ranked]:
        """All candidates in order, without the floor."""
        typed, _, ranked = self._rank(text, locale)
        return typed, ranked

    def _rank(self, text: str, locale: str | None) -> tuple[Typed, Floats, Ranked]:
        typed = self._read(text, locale)
        if typed.empty:
            return typed, np.zeros(self.encoder.dimension, dtype=np.float32), NOTHING
        with stage("encode"):
            asked = self.encoder.encode_questions([typed.meaning])[0]
        with stage("rank"):
            ranked = self._ranker.rank(typed, asked, self.match_locale(locale), self._weights)
            return typed, asked.vector, ranked

    def rank_many(self, asked: Sequence[tuple[str, str | None]]) -> list[tuple[Typed, Ranked]]:
        """As `rank`, for many questions with their locales."""
        typed = [self._read(text, locale) for text, locale in asked]
        encoded = self.encoder.encode_questions([one.meaning for one in typed])
        return [
            (one, NOTHING)
            if one.empty
            else (one, self._ranker.rank(one, own, self.match_locale(locale), self._weights))
            for one, own, (_, locale) in zip(typed, encoded, asked, strict=True)
        ]

    def steadied(self, ranked: Ranked, shown: Collection[str], count: int) -> Ranked:
        """As `steady`, by the slugs of what is shown."""
        slugs = self.snapshot.index.slugs
        rows = ranked.articles.tolist() if shown else []
        return steady(ranked, [place for place, row in enumerate(rows) if slugs[row] in shown], count)

    def match_locale(self, asked: str | None) -> str | None:
        """The snapshot's locale for what a page or browser calls its language; None if it has none."""
        return nearest_locale(asked, self.snapshot.locales)

    def _read(self, text: str, locale: str | None) -> Typed:
        return self._ranker.read(text, self.match_locale(locale))

    def _suggestion(
        self, ranked: Ranked, place: int, confidence: float, found: tuple[int | None, Excerpt]
    ) -> Suggestion:
        entry = self.snapshot.articles[int(ranked.articles[place])]
        passage, excerpt = found
        return Suggestion(
            slug=entry.slug,
            locale=entry.locale,
            title=entry.title,
            url=entry.url or f"/help/{entry.locale}/{quote(entry.slug)}",
            anchor="" if passage is None else self.snapshot.passages[passage].anchor,
            excerpt=excerpt.text,
            highlights=excerpt.highlights,
            confidence=confidence,
            rank=place + 1,
            explanation=self._explanation(ranked, place, passage),
        )

    def _excerpts(
        self, typed: Typed, vector: Floats, articles: list[int]
    ) -> list[tuple[int | None, Excerpt]]:
        """For each article its body passage that says most of what is asked, and the excerpt from it."""
        if not articles:
            return []

        def abroad(number: int) -> bool:
            return typed.known < 1 or self.snapshot.articles[number].locale != typed.locale

        chosen = {foreign: self._chosen_by(typed, foreign=foreign) for foreign in {*map(abroad, articles)}}
        return [self._excerpt(number, vector, *chosen[abroad(number)]) for number in articles]

    def _chosen_by(self, typed: Typed, *, foreign: bool) -> tuple[Floats, Marker]:
        """How much of the question's words each passage covers, and what marks them. In articles in another
        language than the question's a word that is typed only in part is no word of theirs.
        """
        words, prefix = typed.words, typed.prefix
        if foreign:
            words, prefix = (*words, prefix) if prefix else words, ""
        covered = self.snapshot.passage_words.coverage(words, prefix)
        # Words that most articles in the question's language use are not marked, and choose no excerpt.
        return covered, Marker(typed, self._ranker.common_words(typed.locale), foreign=foreign)

    def _excerpt(
        self, number: int, vector: Floats, covered: Floats, marker: Marker
    ) -> tuple[int | None, Excerpt]:
        article = self.snapshot.articles[number]
        start, end = article.passages
        bodies = [row for row in range(start, end) if not self.snapshot.index.named[row]]
        if not bodies:
            return None, Excerpt(text="", highlights=())
        index = self.snapshot.index
        near = index.common.scale(index.vectors.cosines(vector[None, :], np.array(bodies))[0])
        best = bodies[int((covered[bodies] + NEARNESS * near).argmax())]
        return best, marker.excerpt(self.snapshot.passages[best].text, article.title)

    def _explanation(self, ranked: Ranked, place: int, passage: int | None) -> dict[str, object]:
        return {
            "score": round(float(ranked.scores[place]), 4),
            "signals": {
                name: {
                    "value": round(float(values[place]), 4),
                    "weight": round(getattr(ranked.weights, name), 4),
                }
                for name, values in ranked.signals.items()
            },
            "passage": None
            if passage is None
            else {
                "heading": self.snapshot.passages[passage].heading,
                "text": self.snapshot.passages[passage].text[:200],
            },
        }


def _explained(suggestion: Suggestion, typed: Typed) -> Suggestion:
    """With how the question was read: what the encoder was asked, and names that count as one."""
    names = [list(group.names) for group in typed.synonyms]
    read = {"asked_as": typed.meaning, "asked_in": typed.locale, "synonyms": names}
    return replace(suggestion, explanation={**suggestion.explanation, **read})
