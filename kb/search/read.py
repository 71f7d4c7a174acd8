"""From what somebody typed, or pasted, to what is searched for."""

from __future__ import annotations

from dataclasses import replace

from kb.index.encoder import QuestionEncoder
from kb.index.index import Index
from kb.search.gist import gist
from kb.search.spelling import Spelling
from kb.search.spoken import Spoken
from kb.search.typed import Typed, plain, read_typed
from kb.search.views import Views


class Reader:
    """Reads questions in the light of one index's articles, and of what its encoder knows."""

    def __init__(self, index: Index, encoder: QuestionEncoder, views: Views) -> None:
        self._index = index
        self._encoder = encoder
        self._views = views
        self._spelling = Spelling(index.words.vocabulary, encoder.whole)
        self._spoken = Spoken(index)
        self._main = index.main_locale

    def read(self, text: str, locale: str | None) -> Typed:
        """Takes apart what was asked on a page of this locale, in the language it is written in; on a page of
        none that the index has, as on one of its main locale.

        A question is in another language than the page's only where the articles in it use enough of its
        words: one that no articles are in is not taken for the one that it shares a word with.
        """
        told = plain(gist(text, self._encoder, self._index))
        page = locale if locale and locale in self._views else self._main
        typed = self._typed(told, page)
        spoken = self._spoken.likeliest(typed.words, typed.prefix, page)
        if spoken == page:
            return typed
        foreign = self._typed(told, spoken)
        return foreign if foreign.known == 1 else typed

    def _typed(self, text: str, locale: str | None) -> Typed:
        terms = self._views.of(locale).words
        spellings = self._index.spellings
        spelt = self._spelling.corrected(spellings.with_umlauts(text, locale), terms)
        typed = read_typed(spelt, terms, self._index.phrases, self._index.synonyms, locale)
        return replace(typed, meaning=spellings.put(typed.meaning, locale))
