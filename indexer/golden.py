"""Golden questions: asked of every new snapshot before it is published.

They come from `questions.jsonl` beside the articles, from customers who said an article solved it, and from
gaps that are verified as closed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import numpy as np

from kb.content.question_files import QUESTIONS, read_questions
from kb.index.content import Content
from kb.index.encoder import Encoder
from kb.index.encoding import Encoding, Encodings
from kb.index.text import fold, words

FILE = "golden.npz"
RANKS = "golden.json"
WRITTEN, CONFIRMED, CLOSED_GAP = QUESTIONS, "confirmed solve", "verified gap"
# More of them would hold up every publishing and hardly change the share that is found.
MOST = 500
# Kinds of passages that were questions.
ASKED = ("question", "learned")


@dataclass(frozen=True, slots=True, kw_only=True)
class Golden:
    """A question, the slugs of the articles any of which answers it, and where it is known from."""

    text: str
    slugs: frozenset[str]
    locale: str | None
    source: str

    @property
    def key(self) -> str:
        told = "\n".join((self.text, self.locale or "", *sorted(self.slugs)))
        return sha256(told.encode()).hexdigest()[:16]


def written_questions(folder: Path) -> list[Golden]:
    """Those of `questions.jsonl` in the articles folder that an article answers. Raises QuestionsError."""
    file = folder / QUESTIONS
    if not file.is_file():
        return []
    return [
        Golden(text=question.text, slugs=question.articles, locale=question.locale, source=WRITTEN)
        for question in read_questions(file)
        if question.articles
    ]


def chosen(golden: Iterable[Golden]) -> list[Golden]:
    """At most MOST, none twice; the first ones given stay."""
    return list({one.key: one for one in golden}.values())[:MOST]


def normal(text: str) -> str:
    """What makes two questions one: their words, however they are written."""
    return " ".join(words(fold(text)))


Shelved = tuple[str, Sequence[str], Sequence[str]]
"""An article's slug, its old slugs, and the questions that are passages of it."""


def shelf_of(content: Content) -> Shelf:
    return Shelf(
        (article.slug, article.aliases, [one.text for one in passages if one.kind in ASKED])
        for article, passages in zip(content.articles, content.passages, strict=True)
    )


class Shelf:
    """Articles by their slugs and old slugs, with the questions that are passages of them."""

    def __init__(self, articles: Iterable[Shelved]) -> None:
        self._names: dict[str, set[str]] = {}
        self._asked: dict[str, set[str]] = {}
        for slug, aliases, asked in articles:
            for name in (slug, *aliases):
                self._names.setdefault(name, set()).add(slug)
            self._asked.setdefault(slug, set()).update(map(normal, asked))

    def right(self, golden: Golden) -> frozenset[str]:
        """Slugs under which its articles are there now; empty when none is."""
        return frozenset(slug for name in golden.slugs for slug in self._names.get(name, ()))

    def became(self, golden: Golden) -> bool:
        """Whether it is itself a passage of an article that answers it."""
        text = normal(golden.text)
        return any(text in self._asked[slug] for slug in self.right(golden))


class GoldenEncoder:
    """Encodes questions, each once, and keeps them from snapshot to snapshot."""

    def __init__(self, encoder: Encoder, model: str, known: Mapping[str, Encoding]) -> None:
        self._encoder = encoder
        self._model = model
        self._known = known
        self.used: dict[str, Encoding] = {}

    def speaks(self, model: str) -> bool:
        """Whether a snapshot made with this model can be asked with what this one makes."""
        return model == self._model

    def of(self, texts: Sequence[str]) -> list[Encoding]:
        keys = [sha256(text.encode()).hexdigest()[:32] for text in texts]
        missing = {
            key: text
            for key, text in zip(keys, texts, strict=True)
            if key not in self._known and key not in self.used
        }
        fresh = self._encoder.encode_questions(list(missing.values()))
        self.used |= dict(zip(missing, fresh, strict=True))
        self.used |= {key: self._known[key] for key in keys if key not in self.used}
        return [self.used[key] for key in keys]

    def encode_questions(self, texts: Sequence[str]) -> Encodings:
        """As `of`: the sentences of a long question are kept, too."""
        found = self.of(texts)
        return Encodings(np.array([one.vector for one in found]), [one.tokens for one in found])

    def whole(self, word: str) -> bool:
        return self._encoder.whole(word)


def save_encoded(encoded: Mapping[str, Encoding], folder: Path) -> None:
    vectors = np.array([one.vector for one in encoded.values()], dtype=np.float32)
    tokens = [one.tokens for one in encoded.values()]
    np.savez(
        folder / FILE,
        keys=np.array(list(encoded), dtype="S32"),
        vectors=vectors,
        tokens=np.concatenate(tokens) if tokens else np.zeros((0, 0), np.int8),
        ends=np.cumsum([len(one) for one in tokens]),
    )


def load_encoded(folder: Path) -> dict[str, Encoding]:
    """Of a snapshot that has been checked; none of one that has none."""
    if not (folder / FILE).is_file():
        return {}
    with np.load(folder / FILE, allow_pickle=False) as kept:
        keys = [key.decode() for key in kept["keys"].tolist()]
        tokens = np.split(kept["tokens"], kept["ends"][:-1]) if keys else []
        return {
            key: Encoding(vector, own) for key, vector, own in zip(keys, kept["vectors"], tokens, strict=True)
        }
