"""Words as the articles write them, where looking them up leaves something out: accents, ß, the й of Russian.

Words are counted without accents, since people leave them out, and so a completed or corrected word has none.
To an encoder that knows them "kundigen" is no "kündigen".
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from itertools import accumulate

from kb.content.article import Passage
from kb.index.text import Unit, fold, is_unspaced, units

_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})
_UMLAUT = frozenset("äöü")
_LETTERS = re.compile(r"[^\W\d_]+")


class Spellings:
    """Of each locale the words that nobody writes as `fold` leaves them: folded, and as they are."""

    def __init__(self, written: Mapping[str, Mapping[str, str]]) -> None:
        self.written = written
        self._spelt_out = {locale: _spelt_out(forms.values()) for locale, forms in written.items()}

    @classmethod
    def of(cls, passages: Iterable[Passage]) -> Spellings:
        """By what writers wrote. Passages in plain letters say nothing: they may be in a hurry."""
        found: dict[str, Counter[str]] = {}
        for passage in passages:
            if passage.kind != "learned" and not passage.text.isascii():
                words = _LETTERS.findall(unicodedata.normalize("NFC", passage.text).lower())
                found.setdefault(passage.locale, Counter()).update(words)
        return cls({locale: _always(counts) for locale, counts in sorted(found.items())})

    def put(self, text: str, locale: str | None) -> str:
        """A question in this locale with those words as its articles write them."""
        written = self.written.get(locale or "")
        if not written:
            return text

        def accented(unit: Unit) -> str | None:
            form = written.get(unit.text)
            return None if text[unit.start : unit.end].lower() == form else form

        return _replaced(text, accented)

    def with_umlauts(self, text: str, locale: str | None) -> str:
        """A question with the umlauts for which ae, oe or ue was typed, as where a keyboard has none.

        The last word may be half of one.
        """
        spelt_out = self._spelt_out.get(locale or "")
        if not spelt_out:
            return text

        def with_umlaut(unit: Unit) -> str | None:
            at = bisect_left(spelt_out, (unit.text,))
            long, form = spelt_out[at] if at < len(spelt_out) else ("", "")
            meant = long == unit.text or (unit.end == len(text) and long.startswith(unit.text))
            return _beginning(form, len(unit.text)) if meant else None

        return _replaced(text, with_umlaut)


NO_SPELLINGS = Spellings({})


def _replaced(text: str, form_of: Callable[[Unit], str | None]) -> str:
    """Each word in the form that there is for it, from the last on, so that places stay true."""
    for unit in reversed(units(text)):
        form = form_of(unit)
        if form:
            text = f"{text[: unit.start]}{form}{text[unit.end :]}"
    return text


def _spelt_out(forms: Iterable[str]) -> list[tuple[str, str]]:
    """Words with umlauts without them, folded, and as they are; sorted."""
    return sorted((fold(form.translate(_UMLAUTS)), form) for form in forms if not _UMLAUT.isdisjoint(form))


def _beginning(form: str, length: int) -> str:
    """As much of a word as is so long once its umlauts are spelt out."""
    ends = accumulate(len(fold(sign.translate(_UMLAUTS))) for sign in form)
    return form[: next((place for place, end in enumerate(ends, start=1) if end >= length), len(form))]


def _always(counts: Counter[str]) -> dict[str, str]:
    """Folded words that never stand so, each with its commonest form."""
    forms: dict[str, str] = {}
    for word, _ in sorted(counts.items(), key=lambda one: (-one[1], one[0])):
        folded = word if word.isascii() or is_unspaced(word) else fold(word)
        if folded not in counts:
            forms.setdefault(folded, word)
    return forms
