"""Articles with their passages and vectors, in the order of a snapshot; and the index over them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from kb.content.article import Article, Passage
from kb.content.passages import passages_of
from kb.index.directions import find_common
from kb.index.encoder import Encoder, Progress
from kb.index.index import Index
from kb.index.synonyms import NO_SYNONYMS, Synonyms
from kb.index.text import fold, grams, words
from kb.index.vectors import FaissVectors
from kb.index.words import build_terms

Floats = npt.NDArray[np.float32]
Key = tuple[str, str]

# A passage from the middle of an article says little of what the article is about; mixed with so much
# of its title's vector it does. Between 0.3 and 0.6 makes no difference on the sets tried.
TITLE_SHARE = 0.3


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """Articles in the order of a snapshot (locale, slug), each with its passages."""

    articles: tuple[Article, ...]
    passages: tuple[tuple[Passage, ...], ...]
    synonyms: Synonyms = NO_SYNONYMS

    @property
    def flat(self) -> list[Passage]:
        return [passage for passages in self.passages for passage in passages]

    @property
    def bounds(self) -> npt.NDArray[np.int64]:
        """Passages [start, end) of each article, shape (articles, 2)."""
        ends = np.cumsum([0, *map(len, self.passages)])
        return np.stack([ends[:-1], ends[1:]], axis=1)


def content_of(articles: Sequence[Article], synonyms: Synonyms = NO_SYNONYMS) -> Content:
    ordered = tuple(sorted(articles, key=lambda article: (article.locale, article.slug)))
    passages = tuple(tuple(passages_of(article)) for article in ordered)
    return Content(articles=ordered, passages=passages, synonyms=synonyms)


def with_learned(content: Content, learned: Mapping[Key, Sequence[str]]) -> Content:
    """Each article with the questions learned for it, but those that its writer has taken up."""
    return replace(
        content,
        passages=tuple(
            (
                *passages,
                *_learned_passages(article, passages, learned.get((article.locale, article.slug), ())),
            )
            for article, passages in zip(content.articles, content.passages, strict=True)
        ),
    )


def _learned_passages(
    article: Article, passages: Sequence[Passage], questions: Sequence[str]
) -> list[Passage]:
    written = {fold(passage.text) for passage in passages if passage.kind != "body"}
    fresh = {fold(text): text for text in questions if fold(text) not in written}
    return [
        Passage(slug=article.slug, locale=article.locale, kind="learned", text=text)
        for text in fresh.values()
    ]


def counted_text(passage: Passage, synonyms: Synonyms) -> str:
    """What the word indexes count of a passage, folded: its heading, its text, other names of both."""
    text = f"{passage.heading} {passage.text}"
    return fold(f"{text} {synonyms.others(text, passage.locale)}")


def encode(
    content: Content, encoder: Encoder, known: Mapping[str, Floats], progress: Progress | None
) -> dict[str, Floats]:
    """Vectors of all passages by digest; only those not `known` are encoded."""
    texts = {passage.digest: _encoded_text(passage) for passage in content.flat}
    missing = [digest for digest in texts if digest not in known]
    fresh = encoder.encode_passages([texts[digest] for digest in missing], progress)
    return {digest: known[digest] for digest in texts if digest in known} | dict(
        zip(missing, fresh, strict=True)
    )


def index_of(content: Content, vectors: Mapping[str, Floats]) -> Index:
    """The index over these articles; `vectors` has at least those of their passages, by digest."""
    mixed = _with_titles(content, np.array([vectors[passage.digest] for passage in content.flat]))
    folded = [[counted_text(p, content.synonyms) for p in passages] for passages in content.passages]
    return Index(
        slugs=[article.slug for article in content.articles],
        locales=[article.locale for article in content.articles],
        suggestible=np.array([article.suggest for article in content.articles], dtype=bool),
        bounds=content.bounds,
        named=np.array([passage.kind != "body" for passage in content.flat], dtype=bool),
        vectors=FaissVectors.of(mixed),
        common=find_common(mixed),
        words=build_terms([word for text in texts for word in words(text)] for texts in folded),
        grams=build_terms([gram for text in texts for gram in grams(text)] for texts in folded),
        synonyms=content.synonyms,
    )


def _with_titles(content: Content, vectors: Floats) -> Floats:
    """Body passages moved towards their article's title, at unit length again."""
    mixed = vectors.copy()
    for passages, (start, _) in zip(content.passages, content.bounds.tolist(), strict=True):
        if passages[0].kind == "title":
            bodies = [start + place for place, passage in enumerate(passages) if passage.kind == "body"]
            mixed[bodies] += TITLE_SHARE * vectors[start]
    unit: Floats = mixed / np.maximum(np.linalg.norm(mixed, axis=1, keepdims=True), 1e-9)
    return unit


def _encoded_text(passage: Passage) -> str:
    return f"{passage.heading}. {passage.text}" if passage.heading else passage.text
