"""The codes that articles speak of: in a question they say what is asked and are nobody's secret."""

from __future__ import annotations

import re
from html import unescape

from kb.errors import NoSnapshot
from kb.search.engine import Engine
from kb.usage.redaction import codes_in

_TAG = re.compile(r"<[^>]*>")


class ArticleCodes:
    """Gives the codes in the articles of the published snapshot, reading each snapshot once."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._snapshot: str | None = None
        self._codes: frozenset[str] = frozenset()

    def __call__(self) -> frozenset[str]:
        snapshot = self._engine.snapshot_id
        if snapshot != self._snapshot:
            self._codes = frozenset(code for text in self._texts() for code in codes_in(text))
            self._snapshot = snapshot
        return self._codes

    def _texts(self) -> list[str]:
        try:
            listed = [one for locale in self._engine.locales() for one in self._engine.articles(locale)]
        except NoSnapshot:
            return []
        articles = (self._engine.article(one.locale, one.slug) for one in listed)
        return [f"{one.title} {unescape(_TAG.sub(' ', one.html))}" for one in articles if one]
