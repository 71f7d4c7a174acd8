"""Which words follow which in the articles: what a half-typed word is likely to become.

"How do I res" goes on with reset or with residence, whichever more articles use; after "proof of" it is
residence. Words of the text count under numbers of their own (CRC-32), so that what was counted of an
article stays what it is when others change. Two words in a few thousand millions share a number.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from zlib import crc32

import numpy as np
import numpy.typing as npt

from kb.index.text import fold, is_unspaced, running_words
from kb.index.words import Terms

Numbers = npt.NDArray[np.uint32]
Keys = npt.NDArray[np.uint64]
Ids = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

# Words before one that tell what it is. A third adds 0 to 0.6 points to the share of words guessed.
BEFORE = 2
# Stands before the first word of a passage, as often as words are looked back at.
START = 0
# Who stops at the end of a word is likelier to have typed it than one that it begins. Between 3 and 10 the
# typing score changes by 0.2 points at most.
WHOLE = 5.0
# A letter or two after other words may become anything, and whatever it is taken for changes what the
# question is about. 0.2 and 0.5 win less.
LIKELY = 0.3
# To mix two numbers into one (Knuth, The Art of Computer Programming, vol. 3, 6.4: 2^32 / golden ratio).
_MIX = np.uint32(2654435769)


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """Words of articles in their order: those of article i are `numbers`[ends[i - 1] : ends[i]], with START
    before each passage.
    """

    numbers: Numbers
    ends: Ids

    def of(self, article: int) -> Numbers:
        return self.numbers[self.ends[article - 1] if article else 0 : self.ends[article]]


NOT_RUNNING = Running(numbers=np.zeros(0, np.uint32), ends=np.zeros(0, np.int64))


def running(articles: Iterable[Numbers]) -> Running:
    """All articles', one behind the other."""
    found = list(articles)
    numbers = np.concatenate([np.zeros(0, np.uint32), *found])
    return Running(numbers=numbers, ends=np.cumsum([len(one) for one in found], dtype=np.int64))


def numbered(passages: Iterable[str]) -> Numbers:
    """Words of one article's passages in their order. Scripts without spaces have no words to complete."""
    found = [
        [START] * BEFORE + [_number(word) for word in running_words(fold(text)) if not is_unspaced(word)]
        for text in passages
    ]
    return np.array([number for one in found for number in one], dtype=np.uint32)


class Phrases:
    """How often each word follows one other, and two: `counts` of `keys`, which are ascending and made of the
    words before (upper half) and the word. `numbers` are those of the words of a vocabulary.
    """

    def __init__(self, keys: Keys, counts: Numbers, numbers: Numbers) -> None:
        self._keys = keys
        self._counts = counts
        self._numbers = numbers

    @classmethod
    def of(cls, told: Running, vocabulary: Iterable[str]) -> Phrases:
        """`vocabulary` is that of the terms which it is asked with."""
        words_of = told.numbers
        here = np.flatnonzero(words_of != START)
        keys = [_keys(_context([words_of[here - back] for back in range(far, 0, -1)]), words_of[here])
                for far in range(1, BEFORE + 1)]  # fmt: skip
        found, counts = np.unique(np.concatenate(keys), return_counts=True)
        return cls(found, counts.astype(np.uint32), np.array([_number(one) for one in vocabulary], np.uint32))

    def likeliest(self, before: Sequence[str], prefix: str, terms: Terms) -> str | None:
        """The word that `prefix` is likely to become after those `before` it, or is; None: there is none; an
        empty text: it may become so many that none is LIKELY.

        Each more of the words before counts what the articles have, and what fewer tell as one observation
        (a Dirichlet prior: MacKay and Peto 1995, A Hierarchical Dirichlet Language Model).
        """
        start, end = terms.stretch(prefix)
        chances = terms.frequencies[start:end].astype(np.float64)
        if not chances.any():
            return None
        chances /= chances.sum()
        past = [START] * BEFORE + [_number(word) for word in before[-BEFORE:]]
        for far in range(1, BEFORE + 1):
            followed = self._followed(past[-far:], start, end)
            if followed is not None:
                chances = (followed + chances) / (followed.sum() + 1)
        if terms.vocabulary[start] == prefix:
            chances[0] *= WHOLE
        best = int(chances.argmax())
        likely = not before or chances[best] >= LIKELY * chances.sum()
        return terms.vocabulary[start + best] if likely else ""

    def _followed(self, before: Sequence[int], start: int, end: int) -> Floats | None:
        """How often each word of a stretch of the vocabulary follows these; None if nothing does."""
        context = _context([np.array([one], np.uint32) for one in before])
        edges = _keys(context, np.array([0, 2**32 - 1], np.uint32))
        first, last = np.searchsorted(self._keys, edges).tolist()
        if first == last:
            return None
        keys = self._keys[first:last]
        wanted = _keys(context, self._numbers[start:end])
        places = np.minimum(np.searchsorted(keys, wanted), last - first - 1)
        return np.where(keys[places] == wanted, self._counts[first:last][places], 0).astype(np.float64)

    def save(self, path: Path) -> None:
        np.savez(path, allow_pickle=False, keys=self._keys, counts=self._counts, numbers=self._numbers)

    @classmethod
    def load(cls, path: Path) -> Phrases:
        with np.load(path, allow_pickle=False) as arrays:
            return cls(arrays["keys"], arrays["counts"], arrays["numbers"])


NO_PHRASES = Phrases(np.zeros(0, np.uint64), np.zeros(0, np.uint32), np.zeros(0, np.uint32))


def _number(word: str) -> int:
    return crc32(word.encode("utf-8", "surrogatepass")) or 1


def _context(before: Sequence[Numbers]) -> Numbers:
    """One number for the words before, another for as many others; of one word another than for two."""
    mixed: Numbers = before[0] * _MIX
    for one in before[1:]:
        mixed = (mixed ^ one) * _MIX + np.uint32(1)
    return mixed


def _keys(context: Numbers, numbers: Numbers) -> Keys:
    found: Keys = (context.astype(np.uint64) << np.uint64(32)) | numbers
    return found
