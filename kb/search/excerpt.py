"""The stretch of an article's body that speaks to a question, and which of its words to mark."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import cast

from kb.index.text import LETTER, UNSPACED, fold, is_unspaced, words
from kb.search.typed import Typed

# Two lines in a narrow widget; long enough for a sentence, short enough to be read while typing.
LENGTH = 200
# Endings differ ("refund", "refunded"): a word is the same if it begins as the asked one does without
# its last letters, as long as so many remain.
STEM = 5
ENDING = 3

_SENTENCE = re.compile(r"(?:[^.!?。！？\n]|[.!?](?=\S))+[.!?。！？]*\s*")
_REST = re.compile(f"(?:(?![{UNSPACED}]){LETTER})*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Excerpt:
    """`highlights` are half-open ranges of `text`, ascending and disjoint."""

    text: str
    highlights: tuple[tuple[int, int], ...]


class Marker:
    """Finds a question's words in texts, whatever their case, accents and endings.

    `common` are words too frequent to mark or to choose a sentence by. In texts of another language than the
    question's (`foreign`) only the same word is: the French "passe" is no "passed".
    """

    def __init__(self, typed: Typed, common: Collection[str], *, foreign: bool = False) -> None:
        names = (word for group in typed.synonyms for name in group.names for word in words(fold(name)))
        asked = {word for word in (*typed.words, typed.prefix, *names) if word and word not in common}
        self._whole = {word for word in asked if foreign or len(word) < STEM or is_unspaced(word)}
        self._stems = {word[: max(STEM, len(word) - ENDING)] for word in asked - self._whole}
        self._asked = [*self._whole, *sorted(self._stems, key=len)]

    def excerpt(self, body: str, title: str = "") -> Excerpt:
        """At most LENGTH characters from the sentence that has most of the words; else from the start.

        A word of the title is what all of the article is about: it does not tell one sentence from another.
        """
        start = self._best_start(body, {word for _, _, word in self._find(title)})
        text = _trimmed(body[start:])
        return Excerpt(text=text, highlights=_merged([(start, end) for start, end, _ in self._find(text)]))

    def _find(self, text: str) -> list[tuple[int, int, str]]:
        """Start, end and asked word of all that is found, in order; of a word that several stems begin, the
        shortest.

        Looks for each asked word in turn rather than at each word of the text, which has many more.
        """
        plain = text.translate(_PLAIN)
        places = _places(text, plain)
        found: dict[int, tuple[int, str]] = {}
        for asked in self._asked:
            at = plain.find(asked)
            while at >= 0:
                end = self._end(plain, at, asked)
                if end:
                    found.setdefault(at, (end, asked))
                at = plain.find(asked, at + 1)
        return [(places[at], places[end - 1] + 1, word) for at, (end, word) in sorted(found.items())]

    def _end(self, plain: str, at: int, asked: str) -> int:
        """Where the word ends that the asked one stands at the beginning of; 0 if it is none."""
        end = at + len(asked)
        if is_unspaced(asked):
            beside = plain[max(0, at - 1) : at] + plain[end : end + 1]
            # A character that stands alone in a question is asked for where it stands alone.
            return 0 if len(asked) == 1 and is_unspaced(beside) else end
        if at and _REST.fullmatch(plain, at - 1, at):
            return 0
        rest = cast("re.Match[str]", _REST.match(plain, end))
        return rest.end() if asked in self._stems or not fold(rest.group()) else 0

    def _best_start(self, body: str, without: Collection[str]) -> int:
        found = [(at, word) for at, _, word in self._find(body) if word not in without]
        if not found:
            return 0
        best, most = 0, 0
        for sentence in _SENTENCE.finditer(body):
            words = {word for at, word in found if sentence.start() <= at < sentence.end()}
            if len(words) > most:
                best, most = sentence.start(), len(words)
        return best


class _Plain(dict[int, str]):
    """Each character as `fold` has it: mostly one, two for ß, none for an accent that stands by itself."""

    def __missing__(self, code: int) -> str:
        self[code] = fold(chr(code))
        return self[code]


_PLAIN = _Plain()


def _places(text: str, plain: str) -> Sequence[int]:
    """Where in a text each character of what it was translated to comes from."""
    if len(plain) == len(text):
        # As good as always: two such characters that even each other out are hardly ever in one passage.
        return range(len(text))
    return [place for place, sign in enumerate(text) for _ in _PLAIN[ord(sign)]]


def _trimmed(text: str) -> str:
    text = text.strip()
    if len(text) <= LENGTH:
        return text
    cut = text[: LENGTH - 1]
    space = cut.rfind(" ")
    return (cut[:space] if space > LENGTH // 2 else cut).rstrip(" ,;:–-") + "…"


def _merged(spans: list[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """Overlapping and touching spans as one; characters of one Chinese word come in pairs."""
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return tuple(merged)
