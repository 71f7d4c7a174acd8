"""Articles with their passages, in the order of a snapshot; what an index counts and encodes of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from kb.content.article import Article, Passage
from kb.content.passages import passages_of
from kb.index.beginnings import encode_begun
from kb.index.encoder import Encoder, Progress
from kb.index.encoding import Encoding
from kb.index.late import TokenVectors
from kb.index.phrases import Numbers, numbered
from kb.index.synonyms import NO_SYNONYMS, Synonyms
from kb.index.text import fold, grams, words
from kb.index.unrelated import beside

Floats = npt.NDArray[np.float32]
Key = tuple[str, str]


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
    def subjects(self) -> npt.NDArray[np.int64]:
        """A number for each article, the same for its translations; shape (articles,)."""
        return np.unique([article.slug for article in self.articles], return_inverse=True)[1].astype(np.int64)

    @property
    def beside(self) -> tuple[Passage, ...]:
        """The unrelated texts that stand beside these articles, if they are few."""
        return beside(len({article.slug for article in self.articles}))

    @property
    def bounds(self) -> npt.NDArray[np.int64]:
        """Passages [start, end) of each article, shape (articles, 2)."""
        ends = np.cumsum([0, *map(len, self.passages)])
        return np.stack([ends[:-1], ends[1:]], axis=1)


Cut = Callable[[Article], Sequence[Passage]]
"""An article to its passages."""


def content_of(
    articles: Sequence[Article], synonyms: Synonyms = NO_SYNONYMS, cut: Cut = passages_of
) -> Content:
    ordered = tuple(sorted(articles, key=lambda article: (article.locale, article.slug)))
    passages = tuple(tuple(cut(article)) for article in ordered)
    return Content(articles=ordered, passages=passages, synonyms=synonyms)


def counted_text(passage: Passage, synonyms: Synonyms) -> str:
    """What the word indexes count of a passage, folded: its heading, its text, other names of both."""
    text = f"{passage.heading} {passage.text}"
    return fold(f"{text} {synonyms.others(text, passage.locale)}")


def words_in(content: Content, number: int) -> list[str]:
    """What the index over words counts of an article."""
    texts = (counted_text(passage, content.synonyms) for passage in content.passages[number])
    return [word for text in texts for word in words(text)]


def grams_in(content: Content, number: int) -> list[str]:
    """What the index over character n-grams counts of an article."""
    texts = (counted_text(passage, content.synonyms) for passage in content.passages[number])
    return [gram for text in texts for gram in grams(text)]


def numbers_in(content: Content, number: int) -> Numbers:
    """The words of an article in their order."""
    return numbered(passage.text for passage in content.passages[number])


def encode(
    content: Content, encoder: Encoder, known: Mapping[str, Encoding], progress: Progress | None
) -> dict[str, Encoding]:
    """All passages by digest, and what stands beside few articles; only those not `known` are encoded."""
    own = _encode(content.flat, encoder, known, progress)
    return own | _encode(content.beside, encoder, known, None)


def _encode(
    passages: Sequence[Passage], encoder: Encoder, known: Mapping[str, Encoding], progress: Progress | None
) -> dict[str, Encoding]:
    texts = {passage.digest: _encoded_text(passage) for passage in passages}
    missing = [digest for digest in texts if digest not in known]
    fresh = encoder.encode_passages([texts[digest] for digest in missing], progress)
    encoded = {digest: known[digest] for digest in texts if digest in known}
    encoded |= dict(zip(missing, fresh, strict=True))
    names = {passage.digest: passage.text for passage in passages if passage.named}
    unbegun = [digest for digest in names if encoded[digest].begun is None]
    begun = encode_begun([names[digest] for digest in unbegun], encoder)
    return encoded | {
        digest: replace(encoded[digest], begun=mean) for digest, mean in zip(unbegun, begun, strict=True)
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptEncodings:
    """What a snapshot keeps of its passages' encodings: `vectors` and `tokens` of all, `begun` of those that
    are `named`.
    """

    vectors: Floats
    tokens: TokenVectors
    named: npt.NDArray[np.bool_]
    begun: Floats

    @classmethod
    def open(cls, folder: Path, tokens: TokenVectors, named: npt.NDArray[np.bool_]) -> KeptEncodings:
        """A snapshot's, with what is read of it already. Raises OSError and ValueError."""
        vectors, begun = (np.load(folder / name, allow_pickle=False) for name in ("vectors.npy", "begun.npy"))
        return cls(vectors=vectors, tokens=tokens, named=named, begun=begun)

    def by_digest(self, digests: Iterable[str]) -> dict[str, Encoding]:
        """Of the passages, in the snapshot's order."""
        begun = iter(self.begun)
        encoded: dict[str, Encoding] = {}
        for place, (digest, named) in enumerate(zip(digests, self.named.tolist(), strict=True)):
            own = next(begun) if named else None
            if own is not None or digest not in encoded:
                encoded[digest] = Encoding(self.vectors[place], self.tokens[place], own)
        return encoded


def begun_of(content: Content, encoded: Mapping[str, Encoding]) -> Floats:
    """Of titles and questions in their order, the vectors of their beginnings, shape (named, dimension)."""
    found = [encoded[passage.digest].begun for passage in content.flat if passage.named]
    dimension = len(next(iter(encoded.values())).vector)
    begun: Floats = np.array(found, dtype=np.float32).reshape(len(found), dimension)
    return begun


def _encoded_text(passage: Passage) -> str:
    return f"{passage.heading}. {passage.text}" if passage.heading else passage.text
