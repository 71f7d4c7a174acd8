"""Articles found in a folder: what is known of all, and each one unpacked when it is looked at."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import overload

from indexer.kept import KeptFile, article_of, passages_from
from indexer.plan import Key
from kb.content.article import Article, Passage
from kb.content.synonyms import SynonymGroup
from kb.errors import ArticleError, QuestionsError


class Articles(Sequence[Article]):
    """In order of path. Thousands are unpacked in a fifth of a second: only if somebody needs them."""

    def __init__(self, kept: Sequence[KeptFile]) -> None:
        self._kept = kept
        self._unpacked: tuple[Article, ...] | None = None
        self._by_key: dict[Key, KeptFile] | None = None

    @property
    def digests(self) -> dict[Key, str]:
        """Of each article by locale and slug (see indexer/plan.py)."""
        return {(kept.page.locale, kept.page.slug): kept.digest for kept in self._kept}

    @property
    def locales(self) -> set[str]:
        return {kept.page.locale for kept in self._kept}

    @overload
    def __getitem__(self, at: int) -> Article: ...
    @overload
    def __getitem__(self, at: slice) -> tuple[Article, ...]: ...
    def __getitem__(self, at: int | slice) -> Article | tuple[Article, ...]:
        return self._all[at]

    def __len__(self) -> int:
        return len(self._kept)

    def __iter__(self) -> Iterator[Article]:
        return iter(self._all)

    def passages_of(self, article: Article) -> tuple[Passage, ...]:
        """One of these articles cut into passages, as kb/content/passages.py does."""
        if self._by_key is None:
            self._by_key = {(kept.page.locale, kept.page.slug): kept for kept in self._kept}
        return passages_from(self._by_key[article.locale, article.slug])

    @property
    def _all(self) -> tuple[Article, ...]:
        if self._unpacked is None:
            self._unpacked = tuple(article_of(kept.article) for kept in self._kept)
        return self._unpacked


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticlesFolder:
    """What a folder holds. Every Markdown file is in one of `articles`, `drafts` and `errors`.

    `synonyms` is None when their file has an error. The questions beside the articles are looked at only when
    everything is checked, or a snapshot made.
    """

    articles: Articles
    drafts: Articles
    errors: tuple[ArticleError | QuestionsError, ...]
    warnings: tuple[str, ...]
    synonyms: tuple[SynonymGroup, ...] | None = ()
