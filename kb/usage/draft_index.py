"""The published articles with a draft among them, as an index run would publish it; nothing is written."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import cast

import numpy as np
import numpy.typing as npt

from kb.content.article import Article, Passage, PassageKind
from kb.content.passages import passages_of
from kb.errors import ArticleError, SnapshotBroken
from kb.index.build_index import index_of
from kb.index.content import Content, KeptEncodings, encode
from kb.index.counting import count, load_counts
from kb.index.encoder import Encoder
from kb.index.index import Index
from kb.index.snapshot import Entry, PassageRow, Snapshot
from kb.usage.twins import Words, has_twin, words_of

Floats = npt.NDArray[np.float32]
Key = tuple[str, str]


class DraftIndex:
    """Makes the index with a draft in it, in place of the article of its address if there is one.

    Raises ArticleError when its address belongs to another file, SnapshotBroken when the snapshot is gone.
    """

    def __init__(self, snapshot: Snapshot, draft: Article, encoder: Encoder) -> None:
        self.key: Key = (draft.locale, draft.slug)
        self._refuse_double(snapshot, draft)
        try:
            kept = KeptEncodings.open(snapshot.folder, snapshot.index.tokens, snapshot.index.named)
            counted = load_counts(snapshot.folder)
        except (OSError, ValueError) as error:
            raise SnapshotBroken(f"{snapshot.folder}: it is there no more; try again") from error
        self.content = _with_draft(snapshot, draft)
        known = kept.by_digest(row.digest for row in snapshot.passages)
        self.encoded = encode(self.content, encoder, known, None)
        self._counted = count(self.content, counted, snapshot.index.bounds)

    @property
    def own(self) -> tuple[Passage, ...]:
        """The draft's passages."""
        return self.content.passages[self._place]

    @property
    def own_vectors(self) -> Floats:
        """As encoded, shape (passages, dimension)."""
        return np.stack([self.encoded[passage.digest].vector for passage in self.own])

    def index(self, without: Collection[Words] = ()) -> Index | None:
        """Without the draft's title and questions in these words; None when nothing of it is left then."""
        if not without:
            return index_of(self.content, self.encoded, self._counted)
        kept = tuple(one for one in self.own if not one.named or not has_twin(words_of(one.text), without))
        if not kept:
            return None
        place, passages = self._place, self.content.passages
        part = replace(self.content, passages=(*passages[:place], kept, *passages[place + 1 :]))
        return index_of(part, self.encoded, count(part, self._counted, self.content.bounds))

    @property
    def _place(self) -> int:
        keys = [(article.locale, article.slug) for article in self.content.articles]
        return keys.index(self.key)

    @staticmethod
    def _refuse_double(snapshot: Snapshot, draft: Article) -> None:
        for entry in snapshot.articles:
            if (entry.locale, entry.slug) == (draft.locale, draft.slug) and entry.path != draft.path:
                problem = f"`{draft.slug}` is already the address of {entry.path}: rename one of them"
                raise ArticleError(draft.path, 1, problem)


def _with_draft(snapshot: Snapshot, draft: Article) -> Content:
    replaced = {(draft.locale, name) for name in (draft.slug, *draft.aliases)}
    learned: list[Passage] = []
    kept: list[tuple[Article, tuple[Passage, ...]]] = []
    for entry in snapshot.articles:
        passages = tuple(_passage(entry, row) for row in snapshot.passages[slice(*entry.passages)])
        if (entry.locale, entry.slug) in replaced:
            learned += [replace(one, slug=draft.slug) for one in passages if one.kind == "learned"]
        else:
            kept.append((_article(entry), passages))
    kept.append((draft, (*passages_of(draft), *learned)))
    kept.sort(key=lambda one: (one[0].locale, one[0].slug))
    return Content(
        articles=tuple(article for article, _ in kept),
        passages=tuple(passages for _, passages in kept),
        synonyms=snapshot.index.synonyms,
    )


def _article(entry: Entry) -> Article:
    """As much of a published article as an index needs."""
    return Article(
        slug=entry.slug, locale=entry.locale, title=entry.title, path=entry.path, html="", sections=(),
        suggest=entry.suggest, aliases=entry.aliases,
    )  # fmt: skip


def _passage(entry: Entry, row: PassageRow) -> Passage:
    return Passage(
        slug=entry.slug, locale=entry.locale, kind=cast(PassageKind, row.kind), text=row.text,
        heading=row.heading, anchor=row.anchor,
    )  # fmt: skip
