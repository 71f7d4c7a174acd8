"""What may be offered in each locale of an index."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kb.index.index import Index
from kb.index.words import Terms

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What may be offered in one locale: articles `allowed`, which of them are `foreign` (in another locale
    and not in this one), and terms as rare as they are among these articles: among those of six languages
    "how" is rare.
    """

    allowed: Flags
    foreign: Flags
    words: Terms
    grams: Terms


class Views:
    """A view for each locale, and one of everything for any other."""

    def __init__(self, index: Index) -> None:
        self._views = {locale: _view(index, locale) for locale in index.known_locales}
        self._whole = View(
            allowed=index.suggestible,
            foreign=np.zeros(len(index.slugs), dtype=bool),
            words=index.words,
            grams=index.grams,
        )

    def __contains__(self, locale: str | None) -> bool:
        return locale in self._views

    def of(self, locale: str | None) -> View:
        return self._views.get(locale or "", self._whole)


def _view(index: Index, locale: str) -> View:
    here = np.array([one == locale for one in index.locales], dtype=bool)
    slugs = {slug for slug, own in zip(index.slugs, here, strict=True) if own}
    foreign = index.suggestible & np.array([slug not in slugs for slug in index.slugs], dtype=bool)
    here_or_foreign = here | foreign
    return View(
        words=index.words.among(here_or_foreign),
        grams=index.grams.among(here_or_foreign),
        allowed=(index.suggestible & here) | foreign,
        foreign=foreign,
    )
