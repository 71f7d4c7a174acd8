"""Articles by the slugs, old ones too, that events and files of solved questions name them by."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Protocol

from kb.store.solved import SolvedRow, SubmittedRow
from kb.usage.learned import Key, Solve, Submission


class Named(Protocol):
    """An article as far as it is known by names."""

    @property
    def slug(self) -> str: ...
    @property
    def locale(self) -> str: ...
    @property
    def aliases(self) -> Sequence[str]: ...


class Shelf:
    """Finds the article, and with it what was solved or shown."""

    def __init__(self, articles: Iterable[Named], locale: str) -> None:
        self._locale = locale
        self._keys: dict[Key, Key] = {}
        self._locales: dict[str, list[str]] = defaultdict(list)
        for article in articles:
            for slug in (*article.aliases, article.slug):
                self._keys[article.locale, slug] = (article.locale, article.slug)
                self._locales[slug].append(article.locale)

    def named(self, slug: str, locale: str | None) -> Key | None:
        """In this locale; without one in the default locale, else in the first that has it."""
        known = self._locales.get(slug, [])
        if locale is None and known:
            locale = self._locale if self._locale in known else sorted(known)[0]
        return self._keys.get((locale or "", slug))

    def solve(self, row: SolvedRow) -> Solve | None:
        """None when its article is not there any more."""
        locale = next((locale for locale, slug in row.suggestions if slug == row.slug), None)
        key = self.named(row.slug, locale)
        if key is None:
            return None
        return Solve(person=row.person, question=row.question, article=key, at=row.at, stands=row.stands)

    def submission(self, row: SubmittedRow) -> Submission:
        shown = (self._keys.get(key) for key in row.suggestions)
        return Submission(
            person=row.person,
            question=row.question.strip(),
            shown=frozenset(key for key in shown if key),
        )
