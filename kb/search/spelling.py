"""Misspelt words put right, by the words that the articles use.

To an encoder "scren" is nothing like "screen", and words are counted to the letter. A slip of the finger in
each question (`benchmarks/quality.py --misspelt`) cost banking 6.2 points of success@1 and vira 5.0; read so,
it costs 1.8 and 1.7.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from rapidfuzz import process
from rapidfuzz.distance import OSA

from kb.index.text import Unit, fold, is_unspaced, units, words
from kb.index.words import Terms
from kb.search.typed import ENOUGH

# Shorter words are one letter from many others.
SHORTEST = 4
# Most slips are one letter, left out, put in, changed, or changed with its neighbour.
SLIPS = 1
# A question with more unknown words than these is in another language.
MOST = 10


class Spelling:
    """The words that may have been meant: those of a vocabulary.

    `whole` tells of a word whether the encoder knows it as one. Whatever it does is no slip, though the
    articles may not use it: "bought" is not "brought".
    """

    def __init__(self, vocabulary: Sequence[str], whole: Callable[[str], bool]) -> None:
        self._whole = whole
        self._of_length: dict[int, list[str]] = {}
        for word in vocabulary:
            if _may_be_misspelt(word):
                self._of_length.setdefault(len(word), []).append(word)

    def corrected(self, text: str, terms: Terms) -> str:
        """The text with misspelt words as the articles spell them, folded, the likeliest by `terms`.

        As it is where too few of its words would be known then, as in another language than the articles'.
        """
        if all(word in terms for word in words(fold(text))):
            return text
        found = [unit for unit in units(text) if not is_unspaced(unit.text)]
        unknown = [unit for unit in found if not _known(unit, unit.end == len(text), terms)]
        if not unknown or len(unknown) > MOST:
            return text
        meant = [(unit, word) for unit in unknown if (word := self._meant(unit, text, terms))]
        if len(unknown) - len(meant) > (1 - ENOUGH) * len(found):
            return text
        for unit, word in reversed(meant):
            text = f"{text[: unit.start]}{word}{text[unit.end :]}"
        return text

    def _meant(self, unit: Unit, text: str, terms: Terms) -> str | None:
        if not _may_be_misspelt(unit.text):
            return None
        near = [word for size in range(-SLIPS, SLIPS + 1) for word in self._near(unit.text, size)]
        # The first letter of a word is seldom wrong.
        alike = [word for word in near if word[0] == unit.text[0]]
        word = terms.commonest(alike or near)
        written = text[unit.start : unit.end]
        return None if word is None or self._whole(written) or self._whole(written.lower()) else word

    def _near(self, word: str, longer: int) -> list[str]:
        others = self._of_length.get(len(word) + longer, ())
        found = process.extract(word, others, scorer=OSA.distance, score_cutoff=SLIPS, limit=None)
        return [other for other, _, _ in found]


def _known(unit: Unit, last: bool, terms: Terms) -> bool:
    return unit.text in terms or (last and terms.begins(unit.text))


def _may_be_misspelt(word: str) -> bool:
    """Codes and names with digits are meant to the letter; where words are not spaced apart, none is one."""
    return len(word) >= SHORTEST and word.isalpha() and not is_unspaced(word)
