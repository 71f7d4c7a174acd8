"""From text to the terms that the word indexes count: the same for passages and for questions."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from unicodedata import category

_ACCENTS = re.compile("[\u0300-\u036f]")  # Latin, Greek, Cyrillic; not the marks of kana or Thai
# Vowel signs of Hindi or Thai are marks, which \w leaves out; they belong to the word all the same.
_MARKS = "".join(chr(code) for code in range(0x300, 0x10000) if category(chr(code)) in ("Mn", "Mc"))
LETTER = f"(?:[^\\W_]|[{_MARKS}])"
WORD = f"[^\\W_]{LETTER}*"
_WORD = re.compile(WORD)
# What joins the words of a compound.
_JOINTS = frozenset("-._/'’")
# Scripts written without spaces between words: Thai, Lao, Burmese, Khmer, kana, Han.
UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
    "\U00020000-\U0003ffff"
)
_RUN = re.compile(f"[{UNSPACED}]+|[^{UNSPACED}]+")
_IS_UNSPACED = re.compile(f"[{UNSPACED}]")

GRAMS = (3, 4, 5)
GRAMS_UNSPACED = (1, 2, 3)


def fold(text: str) -> str:
    """Text without case, accents and width: `Ärger ＤＦ` -> `arger df`."""
    # Some capitals are capitals only once decomposed (𝐇, ℡).
    plain = unicodedata.normalize("NFKD", text).casefold()
    decomposed = unicodedata.normalize("NFKD", plain)
    return unicodedata.normalize("NFC", _ACCENTS.sub("", decomposed))


@dataclass(frozen=True, slots=True)
class Unit:
    """A folded word, or a character of a script without spaces, and where it stands: [start, end)."""

    text: str
    start: int
    end: int


def units(text: str) -> list[Unit]:
    """Words of a text, and single characters of scripts without spaces, in their order.

    >>> [unit.text for unit in units("Ärger mit 密碼")]
    ['arger', 'mit', '密', '碼']
    """
    found: list[Unit] = []
    for match in _WORD.finditer(text):
        for run in _RUN.finditer(match.group()):
            start = match.start() + run.start()
            if _IS_UNSPACED.match(run.group()):
                found += [Unit(fold(sign), start + n, start + n + 1) for n, sign in enumerate(run.group())]
            else:
                found.append(Unit(fold(run.group()), start, start + len(run.group())))
    return found


def is_unspaced(text: str) -> bool:
    """Whether any of it is in a script that puts no spaces between words."""
    return _IS_UNSPACED.search(text) is not None


def words(folded: str) -> list[str]:
    """Words of folded text; runs of unspaced scripts as overlapping pairs of characters.

    Compounds count whole beside their parts, so that `DF-3001` is found to the letter.

    >>> words("error df-3001 重設密碼")
    ['error', 'df', '3001', '重設', '設密', '密碼', 'df3001']
    """
    return running_words(folded) + _compounds(folded)


def running_words(folded: str) -> list[str]:
    """As `words`, without the compounds: each stands behind the one that it follows in the text."""
    found: list[str] = []
    for match in _WORD.finditer(folded):
        for run in _RUN.findall(match.group()):
            if _IS_UNSPACED.match(run):
                found.extend(run[i : i + 2] for i in range(max(1, len(run) - 1)))
            else:
                found.append(run)
    return found


def _compounds(folded: str) -> list[str]:
    """Words with one joint between them, as one.

    Not one pattern: of a long word without a joint it would be tried from every letter on.
    """
    found: list[list[str]] = []
    end = -2
    for match in _WORD.finditer(folded):
        if match.start() == end + 1 and folded[end] in _JOINTS:
            found[-1].append(match.group())
        else:
            found.append([match.group()])
        end = match.end()
    return ["".join(parts) for parts in found if len(parts) > 1]


def grams(folded: str, *, open_end: bool = False) -> Iterator[str]:
    """Character n-grams inside words, with a space marking where a word begins and ends.

    `open_end` leaves the end of the last word unmarked, since it may be half typed.
    """
    matches = list(_WORD.finditer(folded))
    for match in matches:
        unfinished = open_end and match is matches[-1] and match.end() == len(folded)
        for run in _RUN.findall(match.group()):
            if _IS_UNSPACED.match(run):
                padded, sizes = run, GRAMS_UNSPACED
            else:
                padded, sizes = f" {run}" if unfinished else f" {run} ", GRAMS
            for size in sizes:
                for start in range(len(padded) - size + 1):
                    yield padded[start : start + size]
